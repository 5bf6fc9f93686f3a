import { createContext, useContext } from 'react';
import { createStore, type StoreApi, useStore } from 'zustand';
import type { RunDetail } from '../../shared/contract/index.ts';
import type { AppError } from '../../shared/errors.ts';
import type { RunEvent } from '../../shared/events.ts';
import { caseAt, countBefore, countUpTo, type RunIndex, RunIndexer } from './run-index.ts';

/** What a run's panes share: the run as it is known, and the one playhead that moves them all. */
export interface RunState {
  readonly runId: string;
  detail: RunDetail | undefined;
  /** In order of `seq`. */
  events: readonly RunEvent[];
  /** The same events, found by time and by what they are about. */
  index: RunIndex;
  /** Time of the first event, epoch ms; 0 before there is one. */
  startMs: number;
  error: AppError | undefined;
  /** Events may still come. */
  isLive: boolean;
  /** Milliseconds since the start; null follows what comes. */
  playheadMs: number | null;
  selectedCase: string | null;
  selectedVertex: string | null;
  /** Takes in events as they come; those that are known already are left out. The selected case stays the one at the playhead. */
  append(events: readonly RunEvent[]): void;
  /** Moves the playhead, and selects the case it stands on. */
  seek(ms: number): void;
  goLive(): void;
  /** Moves the playhead to the event before or after it. Events of the same millisecond are one step. */
  step(direction: 1 | -1): void;
  /** Selects a case and moves the playhead to its end, if it has one. */
  selectCase(name: string): void;
  selectVertex(alias: string | null): void;
}

export type RunStore = StoreApi<RunState>;

export function createRunStore(runId: string): RunStore {
  const indexer = new RunIndexer();
  return createStore<RunState>()((set, get) => ({
    runId,
    detail: undefined,
    events: [],
    index: indexer.index,
    startMs: 0,
    error: undefined,
    isLive: true,
    playheadMs: null,
    selectedCase: null,
    selectedVertex: null,
    append: batch => {
      const { events, index: known, playheadMs, selectedCase } = get();
      const lastSeq = events.at(-1)?.seq ?? 0;
      const added = batch.filter(({ seq }) => seq > lastSeq);
      const first = events[0] ?? added[0];
      if (first === undefined || added.length === 0) return;
      // A case that was chosen and is not the one at the playhead is what somebody looks at.
      const isShown = selectedCase === null || selectedCase === caseToShow(known, playheadMs);
      const startMs = Date.parse(first.at);
      const index = indexer.append(added, startMs);
      const shown = isShown ? (caseToShow(index, playheadMs) ?? newestCase(index)) : null;
      set({ events: [...events, ...added], startMs, index, selectedCase: shown ?? selectedCase });
    },
    seek: ms => {
      const { index, selectedCase } = get();
      const playheadMs = Math.max(0, ms);
      // Of two cases that ended in the same millisecond the chosen one stays.
      const isChosen = selectedCase !== null && index.caseOf.get(selectedCase)?.atMs === playheadMs;
      const shown = isChosen ? null : caseToShow(index, playheadMs);
      set({ playheadMs, selectedCase: shown ?? selectedCase });
    },
    goLive: () => {
      const { index, selectedCase } = get();
      set({ playheadMs: null, selectedCase: newestCase(index) ?? selectedCase });
    },
    step: direction => {
      const { index, playheadMs, seek } = get();
      const { times, count, endMs } = index;
      const now = playheadMs ?? endMs;
      const to = direction === 1 ? countUpTo(times, now, count) : countBefore(times, now, count) - 1;
      if (to >= 0 && to < count) seek(times[to] as number);
    },
    selectCase: name => {
      const end = get().index.caseOf.get(name);
      set({ selectedCase: name, ...(end === undefined ? {} : { playheadMs: end.atMs }) });
    },
    selectVertex: alias => set({ selectedVertex: alias }),
  }));
}

/** The case that the playhead stands on; the newest while what comes is followed. */
function caseToShow(index: RunIndex, playheadMs: number | null): string | null {
  return playheadMs === null ? newestCase(index) : (caseAt(index, playheadMs)?.name ?? null);
}

function newestCase(index: RunIndex): string | null {
  return index.cases.at(-1)?.name ?? null;
}

export const RunContext = createContext<RunStore | null>(null);

/** A part of the run that is on screen; only below a `RunProvider`. */
export function useRun<T>(selector: (state: RunState) => T): T {
  return useStore(useRunStore(), selector);
}

/** The run that is on screen, for what acts on it without being drawn again; only below a `RunProvider`. */
export function useRunStore(): RunStore {
  const store = useContext(RunContext);
  if (store === null) throw new Error('The run is used outside of a RunProvider');
  return store;
}
