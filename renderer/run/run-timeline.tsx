import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import type { RunPlan } from '../../shared/contract/index.ts';
import { useRun } from './run-store.ts';
import { type StderrTimes, type Waterfall, waterfall } from './waterfall.ts';

/** The run as lanes over time, laid out once for all panes. */
export interface Timeline {
  readonly waterfall: Waterfall;
  /** Tells when containers wrote to stderr, as the logs become known. */
  readonly onStderr: (times: StderrTimes) => void;
}

const TimelineContext = createContext<Timeline | null>(null);
const noStderr: StderrTimes = new Map();

/** Lays the run's events out as lanes, with what the logs tell of stderr. */
export function TimelineProvider({ plan, children }: { plan: RunPlan; children: ReactNode }) {
  const index = useRun(state => state.index);
  const startMs = useRun(state => state.startMs);
  const [stderr, setStderr] = useState(noStderr);
  const lanes = useMemo(() => waterfall(index, plan, startMs, stderr), [index, plan, startMs, stderr]);
  const value = useMemo(() => ({ waterfall: lanes, onStderr: setStderr }), [lanes]);
  return <TimelineContext value={value}>{children}</TimelineContext>;
}

/** The run's timeline; only below a `TimelineProvider`. */
export function useTimeline(): Timeline {
  const timeline = useContext(TimelineContext);
  if (timeline === null) throw new Error('useTimeline is used outside of a TimelineProvider');
  return timeline;
}
