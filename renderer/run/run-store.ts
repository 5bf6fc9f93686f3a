import { createContext, useContext } from 'react';
import { createStore, type StoreApi, useStore } from 'zustand';
import type { RunDetail } from '../../shared/contract/index.ts';
import type { AppError } from '../../shared/errors.ts';
import type { RunEvent } from '../../shared/events.ts';

/** What a run's panes share: the run as it is known, and the one playhead that moves them all. */
export interface RunState {
  readonly runId: string;
  detail: RunDetail | undefined;
  /** In order of `seq`. */
  events: readonly RunEvent[];
  /** Time of the first event, epoch ms; 0 before there is one. */
  startMs: number;
  error: AppError | undefined;
  /** Events may still come. */
  isLive: boolean;
  /** Milliseconds since the start; null follows what comes. */
  playheadMs: number | null;
  selectedCase: string | null;
  selectedVertex: string | null;
  seek(ms: number): void;
  goLive(): void;
  /** Moves the playhead to the event before or after it. */
  step(direction: 1 | -1): void;
  /** Selects a case and moves the playhead to its end, if it has one. */
  selectCase(name: string): void;
  selectVertex(alias: string | null): void;
}

export type RunStore = StoreApi<RunState>;

/** Milliseconds from a run's start to an event. */
export function eventMs(event: Pick<RunEvent, 'at'>, startMs: number): number {
  return Date.parse(event.at) - startMs;
}

/** Whether something lies after the playhead, and is therefore dimmed. */
export function isAfter(playheadMs: number | null, ms: number): boolean {
  return playheadMs !== null && ms > playheadMs;
}

export function createRunStore(runId: string): RunStore {
  return createStore<RunState>()((set, get) => ({
    runId,
    detail: undefined,
    events: [],
    startMs: 0,
    error: undefined,
    isLive: true,
    playheadMs: null,
    selectedCase: null,
    selectedVertex: null,
    seek: ms => set({ playheadMs: Math.max(0, ms) }),
    goLive: () => set({ playheadMs: null }),
    step: direction => {
      const { events, startMs, playheadMs } = get();
      const times = events.map(event => eventMs(event, startMs));
      const now = playheadMs ?? times.at(-1) ?? 0;
      const next = direction === 1 ? times.find(ms => ms > now) : times.findLast(ms => ms < now);
      if (next !== undefined) set({ playheadMs: next });
    },
    selectCase: name => {
      const { events, startMs } = get();
      const end = events.find(event => event.type === 'case' && event.name === name);
      set({ selectedCase: name, ...(end === undefined ? {} : { playheadMs: eventMs(end, startMs) }) });
    },
    selectVertex: alias => set({ selectedVertex: alias }),
  }));
}

export const RunContext = createContext<RunStore | null>(null);

/** A part of the run that is on screen; only below a `RunProvider`. */
export function useRun<T>(selector: (state: RunState) => T): T {
  const store = useContext(RunContext);
  if (store === null) throw new Error('useRun is used outside of a RunProvider');
  return useStore(store, selector);
}
