import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { RunPlan } from '../../shared/contract/index.ts';
import { caseAt, type RunIndex, RunIndexer } from './run-index.ts';
import { RunContext, useRun } from './run-store.ts';
import { type StderrTimes, type Waterfall, waterfall } from './waterfall.ts';

/** What the panes of a run know of time: its events found by time, and its lanes. */
export interface Timeline {
  readonly index: RunIndex;
  readonly waterfall: Waterfall;
  /** Tells when containers wrote to stderr, as the logs become known. */
  readonly onStderr: (times: StderrTimes) => void;
}

const TimelineContext = createContext<Timeline | null>(null);
const noStderr: StderrTimes = new Map();
/** Each case shown has its output read; ten a second can be looked at. */
const leastShownMs = 100;

/** Reads the run's events once for all panes, and keeps the shown case at the playhead. */
export function TimelineProvider({ plan, children }: { plan: RunPlan; children: ReactNode }) {
  const events = useRun(state => state.events);
  const startMs = useRun(state => state.startMs);
  const [indexer] = useState(() => new RunIndexer());
  const [stderr, setStderr] = useState(noStderr);
  const index = indexer.read(events, startMs);
  const lanes = useMemo(() => waterfall(index, plan, startMs, stderr), [index, plan, startMs, stderr]);
  const value = useMemo(() => ({ index, waterfall: lanes, onStderr: setStderr }), [index, lanes]);
  useCaseAtPlayhead(index);
  return <TimelineContext value={value}>{children}</TimelineContext>;
}

/** The run's timeline; only below a `TimelineProvider`. */
export function useTimeline(): Timeline {
  const timeline = useContext(TimelineContext);
  if (timeline === null) throw new Error('useTimeline is used outside of a TimelineProvider');
  return timeline;
}

/** Moving the playhead shows the case it stands on; while it races over many, some of them. */
function useCaseAtPlayhead(index: RunIndex): void {
  const store = useContext(RunContext);
  const latest = useRef(index);
  latest.current = index;
  useEffect(() => {
    if (store === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let shownAt = 0;
    const show = () => {
      timer = undefined;
      const { playheadMs, selectedCase } = store.getState();
      const { cases, caseOf } = latest.current;
      const shown = playheadMs === null ? cases.at(-1) : caseAt(latest.current, playheadMs);
      if (shown == null || shown.name === selectedCase) return;
      // Of two cases that ended in the same millisecond the chosen one stays.
      if (selectedCase !== null && caseOf.get(selectedCase)?.atMs === playheadMs) return;
      shownAt = performance.now();
      store.setState({ selectedCase: shown.name });
    };
    const off = store.subscribe(({ playheadMs }, before) => {
      if (playheadMs === before.playheadMs || timer !== undefined) return;
      const waitMs = leastShownMs - (performance.now() - shownAt);
      if (waitMs <= 0) show();
      else timer = setTimeout(show, waitMs);
    });
    return () => {
      clearTimeout(timer);
      off();
    };
  }, [store]);
}
