import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { type RunState, useRun, useRunStore } from '../run/run-store.ts';
import type { StderrTimes } from '../run/waterfall.ts';
import { Button, ErrorText, Pane, PaneMessage, useHotkeys } from '../ui/index.ts';
import type { LogFeed } from './log-feed.ts';
import { readPattern, showAll } from './log-filter.ts';
import { LogHead } from './log-head.tsx';
import { LogList, type LogListProps } from './log-list.tsx';
import type { LogModel } from './log-model.ts';
import { LogNotices, LogSummary } from './log-notices.tsx';
import { lineCount } from './log-text.ts';
import type { Anchor } from './use-anchor.ts';
import { useLogs } from './use-logs.ts';
import { useSelection } from './use-selection.ts';

/** The logs of the run on screen, with its playhead. `onStderr` is told of new lines on stderr, in ms since the start. */
export function LogPane({ onStderr }: { onStderr?: (times: StderrTimes) => void } = {}) {
  const { model, feed, version } = useLogs();
  const store = useRunStore();
  const startMs = useRun(state => state.startMs);
  const seek = useRun(state => state.seek);
  const selectedVertex = useRun(state => state.selectedVertex);
  const selection = useSelection(model);
  const [filter, setFilter] = useState(showAll);
  const [typed, setTyped] = useState('');
  const [anchor, setAnchor] = useState<Anchor>('end');
  const [hasTime, setTime] = useState(true);
  const [isWrapped, setWrapped] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const { problem } = useMemo(() => readPattern(typed), [typed]);

  useEffect(() => {
    model.filter = filter;
  }, [model, filter]);
  useEffect(() => {
    const follow = ({ playheadMs }: RunState) => setAnchor(playheadMs === null ? 'end' : 'playhead');
    follow(store.getState());
    return store.subscribe((state, before) => state.playheadMs !== before.playheadMs && follow(state));
  }, [store]);
  useStderr(model, startMs, onStderr);

  const type = (text: string) => {
    setTyped(text);
    const read = readPattern(text);
    // While it is no pattern, the former one goes on.
    if (read.problem === null) setFilter({ ...filter, pattern: read.pattern });
  };
  const clear = () => {
    setTyped('');
    setFilter(showAll);
  };
  const follow = () => setAnchor(anchor === 'end' ? 'free' : 'end');
  const time = () => setTime(!hasTime);
  const wrap = () => setWrapped(!isWrapped);
  useHotkeys({ '/': () => input.current?.focus(), f: follow, t: time, w: wrap });

  return (
    <Pane className="flex-1">
      <LogHead
        model={model}
        filter={filter}
        onFilter={setFilter}
        typed={typed}
        problem={problem}
        onType={type}
        inputRef={input}
        selectedVertex={selectedVertex}
        chosen={selection.range}
        isFollowing={anchor === 'end'}
        hasTime={hasTime}
        isWrapped={isWrapped}
        onFollow={follow}
        onTime={time}
        onWrap={wrap}
      />
      <LogNotices model={model} feed={feed} />
      {model.rows === 0 ? (
        <Nothing model={model} feed={feed} onClear={clear} />
      ) : (
        <LogListAtPlayhead
          model={model}
          version={version}
          selection={selection}
          anchor={anchor}
          onAnchor={setAnchor}
          isWrapped={isWrapped}
          hasTime={hasTime}
          onSeek={atMs => startMs > 0 && seek(atMs - startMs)}
        />
      )}
      <LogSummary model={model} />
    </Pane>
  );
}

/** The one part of the pane that is drawn again when the playhead moves. */
function LogListAtPlayhead(props: Omit<LogListProps, 'playheadAtMs'>) {
  const playheadAtMs = useRun(({ playheadMs, startMs }) =>
    playheadMs === null || startMs === 0 ? null : startMs + playheadMs,
  );
  return <LogList {...props} playheadAtMs={playheadAtMs} />;
}

/** Why there are no lines to be seen. */
function Nothing({ model, feed, onClear }: { model: LogModel; feed: LogFeed | undefined; onClear: () => void }) {
  const detail = useRun(state => state.detail);
  const error = useRun(state => state.error);
  const isLive = useRun(state => state.isLive);
  const kinds = model.containers.map(({ id }) => feed?.state(id)?.kind);
  const isReading = kinds.some(kind => kind === undefined || kind === 'reading' || kind === 'lost');
  let message: ReactNode;
  if (model.isScanning) message = <PaneMessage status="running" title="Filtering" />;
  else if (model.total > 0) {
    message = (
      <PaneMessage title="No line is shown" action={<Button onPress={onClear}>Show all</Button>}>
        {lineCount(model.total)} {model.total === 1 ? 'is' : 'are'} left out by the filter.
      </PaneMessage>
    );
  } else if (detail === undefined && error !== undefined) {
    message = (
      <div className="m-4">
        <ErrorText error={error} />
      </div>
    );
  } else if (detail === undefined) message = <PaneMessage status="running" title="Reading the run" />;
  else if (model.containers.length === 0) {
    message = isLive ? (
      <PaneMessage status="idle" title="No containers yet">
        Their output appears here from its first byte.
      </PaneMessage>
    ) : (
      <PaneMessage status="idle" title="No containers">
        The run ended before it made one.
      </PaneMessage>
    );
  } else if (isReading) {
    message = isLive ? (
      <PaneMessage status="running" title="No output yet">
        The containers have written nothing so far.
      </PaneMessage>
    ) : (
      <PaneMessage status="running" title="Reading the logs" />
    );
  } else if (kinds.every(kind => kind === 'failed')) message = null;
  else {
    message = (
      <PaneMessage title="No output">
        {kinds.length === 1 ? 'The container wrote' : `The ${kinds.length} containers wrote`} nothing to stdout or
        stderr.
      </PaneMessage>
    );
  }
  return <div className="flex min-h-0 flex-1 flex-col bg-sunken">{message}</div>;
}

function useStderr(model: LogModel, startMs: number, onStderr: ((times: StderrTimes) => void) | undefined): void {
  const latest = useRef(onStderr);
  latest.current = onStderr;
  const count = model.containers.reduce((sum, { stderrAtMs }) => sum + stderrAtMs.length, 0);
  useEffect(() => {
    if (count === 0 || startMs === 0) return;
    const times = model.containers.map(({ alias, stderrAtMs }) => [alias, stderrAtMs.map(at => at - startMs)] as const);
    latest.current?.(new Map(times));
  }, [model, startMs, count]);
}
