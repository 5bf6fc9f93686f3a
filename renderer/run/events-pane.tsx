import { memo, useDeferredValue } from 'react';
import type { RunEvent } from '../../shared/events.ts';
import { Kbd, Pane, PaneHead, PaneMessage, StatusMark, seconds, VirtualList } from '../ui/index.ts';
import { eventSummary, eventVerdict } from './event-summary.ts';
import { countUpTo, eventsUpTo, type RunIndex } from './run-index.ts';
import { useRun } from './run-store.ts';
import { useTimeline } from './run-timeline.tsx';

const rowHeight = 20;
const lastWord = { pass: 'Pass', mismatch: 'Mismatch', fail: 'Fail' };

/** Every event of the run. What lies after the playhead is dimmed; choosing one moves the playhead there. */
export function EventsPane() {
  const { index } = useTimeline();
  const events = useRun(state => state.events);
  const isLive = useRun(state => state.isLive);
  const isFollowing = useRun(state => state.playheadMs === null);
  const upTo = useRun(state => eventsUpTo(index, state.playheadMs));
  // The playhead goes first; the list follows when there is time.
  const deferred = useDeferredValue(upTo);
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
        <EventList index={index} events={events} upTo={deferred} isFollowing={isFollowing} />
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
      className="py-1"
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
    <div
      className={`grid h-5 grid-cols-[minmax(40px,max-content)_142px_1fr_14px] items-center gap-2 pr-3 pl-4 text-12 ${ground}`}
    >
      <span className="text-right font-mono text-11 text-fg-3">{seconds(time)}</span>
      <span className={`truncate font-mono text-11 ${isLater ? 'text-fg-3' : 'text-fg'}`}>{event.type}</span>
      <span className={`truncate ${isLater ? 'text-fg-3' : 'text-fg-2'}`} title={summary}>
        {summary}
      </span>
      {verdict !== null && <StatusMark status={verdict} size={12} label={lastWord[verdict]} />}
    </div>
  );
});

/** Events may share a millisecond; going back from the last of them goes to the one before the first. */
function timeToGoTo(index: RunIndex, from: number, to: number): number {
  const time = index.times[to] ?? 0;
  if (to !== from - 1 || time !== index.times[from]) return time;
  const before = countUpTo(index.times, time - 0.5, index.count);
  return index.times[Math.max(0, before - 1)] ?? 0;
}
