import { setTimeout as sleep } from 'node:timers/promises';
import type { Input, Output, StreamEvent, StreamName, UnaryName } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import type { RunEvent } from '../../shared/events.ts';
import { connectHost } from './background.ts';
import { type CallOptions, type HostClient, newSession } from './client.ts';

/** Asking these twice changes nothing, so they are asked again when a host ends under them. */
const reads: ReadonlySet<UnaryName> = new Set([
  'host.info',
  'doctor.run',
  'runtime.list',
  'runtime.show',
  'component.list',
  'component.versions',
  'file.list',
  'backend.list',
  'backend.show',
  'backend.operations',
  'backend.graph',
  'backend.diff',
  'backend.verify',
  'backend.forward',
  'deployment.list',
  'deployment.show',
  'container.list',
  'lease.list',
  'lease.show',
  'run.list',
  'run.show',
  'manifest.check',
  'example.list',
  'evidence.list',
  'evidence.show',
  'evidence.verify',
  'engine.check',
]);

export interface CallerOptions {
  home: string;
  command: readonly string[];
  env: NodeJS.ProcessEnv;
}

/**
 * A caller of a workspace: connects when it first needs to, and to the next host when the one it spoke to has ended. Its
 * session token stays, so what is tied to it is not taken for abandoned.
 */
export class Caller implements AsyncDisposable {
  readonly #options: CallerOptions;
  readonly #session = newSession();
  #client: Promise<HostClient> | undefined;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /** A question is put once more to the next host. Anything else that loses its host fails, for it may have happened. */
  async call<N extends UnaryName>(name: N, input: Input<N>, options: CallOptions = {}): Promise<Output<N>> {
    try {
      return await (await this.#connected(options.signal)).call(name, input, options);
    } catch (error) {
      if (!reads.has(name) || !isHostLost(error)) throw error;
      return (await this.#connected(options.signal)).call(name, input, options);
    }
  }

  async *stream<N extends StreamName>(
    name: N,
    input: Input<N>,
    options: CallOptions = {},
  ): AsyncGenerator<StreamEvent<N>> {
    yield* (await this.#connected(options.signal)).stream(name, input, options);
  }

  /** A run's events to its end, whatever hosts come and go: each is read on from the last seq that was seen. */
  async *watch(run: string, options: CallOptions = {}): AsyncGenerator<RunEvent> {
    let seq = 0;
    for (let failures = 0; ; ) {
      try {
        for await (const event of this.stream('run.watch', { run, after_seq: seq }, options)) {
          seq = event.seq;
          failures = 0;
          yield event;
        }
        return;
      } catch (error) {
        if (!isHostLost(error) || ++failures > 5) throw error;
        await sleep(100);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    await client?.[Symbol.asyncDispose]();
  }

  /** Who finds the host gone at the same time shares one connection to the next: a second would never be closed. */
  async #connected(signal?: AbortSignal): Promise<HostClient> {
    const current = this.#client;
    const client = await current?.catch(() => undefined);
    if (client?.isOpen) return client;
    if (this.#client === current) this.#client = connectHost({ ...this.#options, session: this.#session });
    const next = this.#client as Promise<HostClient>;
    return signal === undefined ? next : unlessAborted(next, signal);
  }
}

/** Only this caller's wait ends: others may share what is waited for. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new AppError('cancelled', 'Cancelled.'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function isHostLost(error: unknown): boolean {
  return error instanceof AppError && error.code === 'host_lost';
}
