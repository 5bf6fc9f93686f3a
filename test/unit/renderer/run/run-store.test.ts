import { describe, expect, it } from 'vitest';
import { createRunStore, type RunStore } from '../../../../renderer/run/run-store.ts';
import type { RunEvent } from '../../../../shared/events.ts';
import { caseAtMs, eventsAt, setUp, startMs } from './runs.ts';

/** A run that is over: `dog` ended at 7632, `eagle` and `horses` in the same millisecond. */
const events = eventsAt(...setUp, caseAtMs(7632, 'dog'), caseAtMs(7943, 'eagle'), caseAtMs(7943, 'horses'));

function runOf(known: readonly RunEvent[] = events): RunStore {
  const store = createRunStore('run_1');
  store.getState().append(known);
  return store;
}

describe('the events of a run', () => {
  it('are taken in as they come, and found by time', () => {
    const store = createRunStore('run_1');
    for (const event of events) store.getState().append([event]);
    const state = store.getState();
    expect(state).toMatchObject({ events, startMs, index: runOf().getState().index });
    expect(state.index.count).toBe(events.length);
  });

  it('are told once, also when another host tells them again', () => {
    const store = runOf(events.slice(0, 5));
    const { index } = store.getState();
    store.getState().append(events.slice(0, 5));
    expect(store.getState().index).toBe(index);
    store.getState().append(events);
    expect(store.getState().events).toEqual(events);
    expect(store.getState().index.count).toBe(events.length);
  });

  it('show the newest case while the run is followed', () => {
    const store = runOf(events.slice(0, -2));
    expect(store.getState().selectedCase).toBe('dog');
    store.getState().append(events.slice(-2, -1));
    expect(store.getState()).toMatchObject({ selectedCase: 'eagle', playheadMs: null });
  });

  it('leave the playhead and the chosen case where they are', () => {
    const store = runOf(events.slice(0, -1));
    store.getState().selectCase('dog');
    store.getState().append(events);
    expect(store.getState()).toMatchObject({ selectedCase: 'dog', playheadMs: 7632 });
  });

  it('leave a case that is awaited, until it ended', () => {
    const store = runOf(events.slice(0, -2));
    store.getState().selectCase('horses');
    store.getState().append(events.slice(-2, -1));
    expect(store.getState().selectedCase).toBe('horses');
    store.getState().append(events.slice(-1));
    store.getState().append([...eventsAt(caseAtMs(9000, 'owl'))].map(event => ({ ...event, seq: 99 })));
    expect(store.getState().selectedCase).toBe('owl');
  });

  it('show the case at the playhead, also when it was put there before they came', () => {
    const store = runOf(events.slice(0, -2));
    store.getState().seek(7700);
    expect(store.getState().selectedCase).toBe('dog');
    store.getState().append(events.slice(-2));
    expect(store.getState().selectedCase).toBe('eagle');
  });
});

describe('the playhead', () => {
  it('shows the case it stands on', () => {
    const store = runOf();
    const caseAt = (ms: number) => {
      store.getState().seek(ms);
      return store.getState().selectedCase;
    };
    expect([7000, 7632, 7633, 99_999].map(caseAt)).toEqual(['dog', 'dog', 'eagle', 'horses']);
  });

  it('keeps the case that is shown when it goes to before the first', () => {
    const store = runOf();
    store.getState().selectCase('dog');
    store.getState().seek(-5);
    expect(store.getState()).toMatchObject({ playheadMs: 0, selectedCase: 'dog' });
  });

  it('keeps the chosen one of two cases that ended at once', () => {
    const store = runOf();
    store.getState().selectCase('horses');
    store.getState().seek(7943);
    expect(store.getState().selectedCase).toBe('horses');
  });

  it('goes back to the end, and to the newest case', () => {
    const store = runOf();
    store.getState().seek(7000);
    store.getState().goLive();
    expect(store.getState()).toMatchObject({ playheadMs: null, selectedCase: 'horses' });
  });

  it('steps over all that happened in one millisecond at once, and loses none of it', () => {
    const store = runOf();
    const steps = (direction: 1 | -1) => {
      const found: (number | null)[] = [];
      for (let before: number | null | undefined; store.getState().playheadMs !== before; ) {
        before = store.getState().playheadMs;
        store.getState().step(direction);
        if (store.getState().playheadMs !== before) found.push(store.getState().playheadMs);
      }
      return found;
    };
    const times = [...new Set(runOf().getState().index.times)];
    store.getState().step(1);
    expect(store.getState().playheadMs).toBeNull();
    store.getState().step(-1);
    expect(store.getState()).toMatchObject({ playheadMs: 7632, selectedCase: 'dog' });
    store.getState().seek(0);
    expect(steps(1)).toEqual(times.slice(1));
    expect(store.getState().selectedCase).toBe('eagle');
    expect(steps(-1)).toEqual(times.slice(0, -1).reverse());
  });

  it('steps from between two events to the one before or after', () => {
    const store = runOf();
    store.getState().seek(7000);
    store.getState().step(-1);
    expect(store.getState().playheadMs).toBe(6910);
    store.getState().seek(7000);
    store.getState().step(1);
    expect(store.getState().playheadMs).toBe(7632);
    store.getState().seek(99_999);
    store.getState().step(-1);
    expect(store.getState().playheadMs).toBe(7943);
  });

  it('stays where it is while a run has no events', () => {
    const store = createRunStore('run_1');
    store.getState().step(1);
    store.getState().step(-1);
    expect(store.getState().playheadMs).toBeNull();
  });

  it('goes to the end of a chosen case, if it has one', () => {
    const store = runOf();
    store.getState().selectCase('dog');
    expect(store.getState().playheadMs).toBe(7632);
    store.getState().selectCase('owl');
    expect(store.getState()).toMatchObject({ playheadMs: 7632, selectedCase: 'owl' });
  });

  it('moves a thousand times over 10,000 cases', () => {
    const names = Array.from({ length: 10_000 }, (_, position) => `case ${position}`);
    const store = runOf(eventsAt(...setUp, ...names.map((name, position) => caseAtMs(7000 + position, name))));
    for (let move = 0; move < 1000; move++) {
      store.getState().seek(7000 + move * 10);
      store.getState().step(1);
    }
    expect(store.getState().playheadMs).toBe(7000 + 999 * 10 + 1);
  });
});
