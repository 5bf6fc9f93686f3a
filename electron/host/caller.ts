import { setTimeout as sleep } from 'node:timers/promises';
import type { Input, Output, StreamEvent, StreamName, UnaryName } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import type { RunEvent } from '../../shared/events.ts';
import { connectHost } from './background.ts';
import { type CallOptions, type HostClient, newSession } from './client.ts';

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
  #client: HostClient | undefined;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  async call<N extends UnaryName>(name: N, input: Input<N>, options: CallOptions = {}): Promise<Output<N>> {
    return (await this.#connected(options.signal)).call(name, input, options);
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
        if (!(error instanceof AppError) || error.code !== 'host_lost' || ++failures > 5) throw error;
        await sleep(100);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client?.[Symbol.asyncDispose]();
  }

  async #connected(signal?: AbortSignal): Promise<HostClient> {
    if (this.#client === undefined || !this.#client.isOpen) {
      this.#client = await connectHost({
        ...this.#options,
        session: this.#session,
        ...(signal === undefined ? {} : { signal }),
      });
    }
    return this.#client;
  }
}
