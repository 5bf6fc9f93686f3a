import { memo } from 'react';
import type { RunEvent } from '../../shared/events.ts';
import { Kbd, Pane, PaneHead, PaneMessage, StatusMark, seconds, VirtualList } from '../ui/index.ts';
import { eventSummary, eventVerdict } from './event-summary.ts';
import { countBefore, eventsUpTo, type RunIndex } from './run-index.ts';
import { useRun } from './run-store.ts';

const rowHeight = 20;
const lastWord = { pass: 'Pass', mismatch: 'Mismatch', fail: 'Fail' };

/** Every event of the run. What lies after the playhead is dimmed; choosing one moves the playhead there. */
export function EventsPane() {
  const index = useRun(state => state.index);
  const events = useRun(state => state.events);
  const isLive = useRun(state => state.isLive);
  const isFollowing = useRun(state => state.playheadMs === null);
  const upTo = useRun(state => eventsUpTo(state.index, state.playheadMs));
  return (
    <Pane className="h-full">
      <PaneHead title="Events" count={<Count upTo={upTo} count={index.count} />}>
        <span className="flex-1" />
        <span className="flex gap-1" aria-hidden>
          <Kbd>[</Kbd>
          <Kbd>]</Kbd>
        </span>
      </PaneHead>
      {index.count === 0 ? (
        isLive ? (
          <PaneMessage status="running" title="Waiting for the first event" />
        ) : (
          <PaneMessage status="idle" title="No events">
            The run ended before it wrote one.
          </PaneMessage>
        )
      ) : (
        <EventList index={index} events={events} upTo={upTo} isFollowing={isFollowing} />
      )}
    </Pane>
  );
}

const EventList = memo(function EventList(props: {
  index: RunIndex;
  events: readonly RunEvent[];
  upTo: number;
  isFollowing: boolean;
}) {
  const { index, events, upTo, isFollowing } = props;
  const seek = useRun(state => state.seek);
  return (
    <VirtualList
      count={index.count}
      rowHeight={rowHeight}
      label="Events"
      activeIndex={Math.min(upTo, index.count) - 1}
      onActivate={to => seek(timeToGoTo(index, upTo - 1, to))}
      padding={4}
      render={position => (
        <EventRow
          event={events[position] as RunEvent}
          time={index.times[position] as number}
          aliasOf={index.aliasOf}
          isAt={!isFollowing && position === upTo - 1}
          isLater={position >= upTo}
        />
      )}
    />
  );
});

function Count({ upTo, count }: { upTo: number; count: number }) {
  return <span className="text-11 text-fg-3">{upTo === count ? count : `${upTo} of ${count}`}</span>;
}

const EventRow = memo(function EventRow(props: {
  event: RunEvent;
  time: number;
  aliasOf: ReadonlyMap<string, string>;
  isAt: boolean;
  isLater: boolean;
}) {
  const { event, time, aliasOf, isAt, isLater } = props;
  const verdict = eventVerdict(event);
  const summary = eventSummary(event, aliasOf);
  const ground = isAt ? 'bg-accent-bg shadow-[inset_2px_0_var(--accent-fg)]' : 'hover:bg-hover';
  return (
    <div className={`flex h-full items-center gap-2 whitespace-nowrap pr-3 pl-4 text-12 ${ground}`}>
      <span className="min-w-10 flex-none text-right font-mono text-11 text-fg-3">{seconds(time)}</span>
      <span className={`w-[142px] flex-none font-mono text-11 ${isLater ? 'text-fg-3' : 'text-fg'}`}>{event.type}</span>
      <span className={`min-w-0 flex-1 truncate ${isLater ? 'text-fg-3' : 'text-fg-2'}`} title={summary}>
        {summary}
      </span>
      <span className="w-3.5 flex-none">
        {verdict !== null && <StatusMark status={verdict} size={12} label={lastWord[verdict]} />}
      </span>
    </div>
  );
});

/** Events may share a millisecond; going back from the last of them goes to the one before the first. */
function timeToGoTo(index: RunIndex, from: number, to: number): number {
  const time = index.times[to] ?? 0;
  if (to !== from - 1 || time !== index.times[from]) return time;
  const before = countBefore(index.times, time, index.count);
  return index.times[Math.max(0, before - 1)] ?? 0;
}
