import type { ContainerStats } from '../../../shared/contract/index.ts';
import { Signal } from '../base/signal.ts';
import type { Engine } from '../engine/engine.ts';
import type { Container } from '../store/deployments.ts';
import { iso } from '../store/time.ts';

/** The engine's first sample has none before it: what a CPU does is known with the second. */
const samplesForOne = 2;

/** What containers use: one sample each, or with `follow` one a second until all have ended. Those that do not run have none. */
export async function* containerStats(
  engine: Engine,
  containers: readonly Container[],
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<ContainerStats> {
  const stop = new AbortController();
  const over = AbortSignal.any([signal, stop.signal]);
  const waiting: ContainerStats[] = [];
  const came = new Signal<void>();
  let failure: unknown;
  let open = 0;
  for (const { id, alias, engine_id } of containers) {
    if (engine_id === null) continue;
    open += 1;
    const measure = async () => {
      let samples = 0;
      for await (const usage of engine.containerUsage(engine_id, over)) {
        samples += 1;
        if (!follow && samples < samplesForOne) continue;
        waiting.push({
          container_id: id,
          alias,
          at: iso(usage.atMs),
          cpu_percent: usage.cpuPercent,
          memory_bytes: usage.memoryBytes,
          memory_limit_bytes: usage.memoryLimitBytes,
          pids: usage.pids,
          received_bytes: usage.receivedBytes,
          sent_bytes: usage.sentBytes,
        });
        came.emit();
        if (!follow) return;
      }
    };
    void measure()
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => {
        open -= 1;
        came.emit();
      });
  }
  try {
    while (open > 0 || waiting.length > 0) {
      yield* waiting.splice(0);
      if (signal.aborted) return;
      if (failure !== undefined) throw failure;
      if (open > 0 && waiting.length === 0) await came.next({ signal });
    }
    if (failure !== undefined) throw failure;
  } finally {
    stop.abort();
  }
}
