import { AppError } from '../../../shared/errors.ts';
import type { RunEvent, RunEventBody } from '../../../shared/events.ts';
import { Signal } from '../base/signal.ts';
import type { Run } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import { iso } from '../store/time.ts';

/** The events of runs: durable before anyone hears of them, so a listener can go on at any seq with any host. */
export class RunLog {
  readonly #store: Store;
  readonly #changed = new Signal<string>();
  /** Runs whose work is not over yet in this host. */
  readonly #active = new Set<string>();
  /** Why the end of some of these is not written down yet. */
  readonly #stalled = new Map<string, AppError>();

  constructor(store: Store) {
    this.#store = store;
  }

  begin(runId: string): void {
    this.#active.add(runId);
  }

  append(run: Pick<Run, 'id' | 'lease_id'>, body: RunEventBody): void {
    const { type, ...rest } = body;
    const event = {
      type,
      seq: this.#store.runs.lastSeq(run.id) + 1,
      at: iso(Date.now()),
      lease_id: run.lease_id,
      ...rest,
    } as RunEvent;
    this.#store.transaction(() => this.#store.runs.append(run.id, event));
    this.#changed.emit(run.id);
  }

  /** The run's end cannot be written down for now: watchers hear why. */
  stall(runId: string, error: AppError): void {
    this.#stalled.set(runId, error);
    this.#changed.emit(runId);
  }

  /** The run's work is over, clean-up included: watchers end. */
  end(runId: string): void {
    this.#active.delete(runId);
    this.#stalled.delete(runId);
    this.#changed.emit(runId);
  }

  events(runId: string): RunEvent[] {
    const all: RunEvent[] = [];
    for (let page = this.#store.runs.eventsAfter(runId, 0); page.length > 0; ) {
      all.push(...page);
      page = this.#store.runs.eventsAfter(runId, all.at(-1)?.seq ?? 0);
    }
    return all;
  }

  /**
   * Events after `afterSeq`: what was told already, then live, until the run's work is over.
   * @throws AppError `disk_full` when there is no room for the next.
   */
  async *watch(runId: string, afterSeq: number, signal: AbortSignal): AsyncGenerator<RunEvent> {
    if (this.#store.runs.get(runId) === undefined) throw new AppError('not_found', `There is no run ${runId}.`);
    let seq = afterSeq;
    while (!signal.aborted) {
      const over = !this.#active.has(runId);
      const stalled = this.#stalled.get(runId);
      const events = this.#store.runs.eventsAfter(runId, seq);
      for (const event of events) {
        yield event;
        seq = event.seq;
      }
      if (events.length > 0) continue;
      if (over) return;
      if (stalled !== undefined) throw stalled;
      await this.#changed.next({ signal, ms: 1000 });
    }
  }
}
