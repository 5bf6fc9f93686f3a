import type {
  FromHost,
  Input,
  Output,
  Progress,
  StreamEvent,
  StreamName,
  ToHost,
  UnaryName,
} from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';

export interface CallOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((step: Progress) => void) | undefined;
}

interface Pending {
  receive(message: FromHost): void;
  lost(): void;
}

/** The contract over the port that the app gives the window; goes over to the next port when the host was started again. */
export class HostPort {
  readonly #pending = new Map<number, Pending>();
  readonly #ready = Promise.withResolvers<void>();
  #port: MessagePort | undefined;
  #nextId = 1;
  /** Counts the hosts that were spoken to: what depends on a host's memory is asked again when it changes. */
  #generation = 0;
  readonly #listeners = new Set<() => void>();

  /** Takes a new port. Calls that wait for the former one fail with `host_lost`. */
  attach(port: MessagePort): void {
    this.#port?.close();
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    this.#port = port;
    this.#generation++;
    port.onmessage = ({ data }: MessageEvent<FromHost>) => this.#pending.get(data.id)?.receive(data);
    this.#ready.resolve();
    for (const each of lost) each.lost();
    for (const listener of this.#listeners) listener();
  }

  get generation(): number {
    return this.#generation;
  }

  /** Calls back when another host is spoken to; returns how to stop. */
  onHost(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Throws the handler's AppError; `host_lost` when the host ended before it answered. */
  async call<N extends UnaryName>(name: N, input: Input<N>, options: CallOptions = {}): Promise<Output<N>> {
    await this.#ready.promise;
    throwIfAborted(options.signal);
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<Output<N>>();
    const cancel = () => this.#send({ kind: 'cancel', id });
    options.signal?.addEventListener('abort', cancel);
    this.#pending.set(id, {
      receive(message) {
        if (message.kind === 'answer') resolve(message.output as Output<N>);
        else if (message.kind === 'failed') reject(AppError.fromData(message.error));
        else if (message.kind === 'progress') options.onProgress?.(message.step);
      },
      lost: () => reject(hostLost()),
    });
    this.#send({ kind: 'call', id, name, input });
    try {
      return await promise;
    } finally {
      options.signal?.removeEventListener('abort', cancel);
      this.#pending.delete(id);
    }
  }

  /** Events in the batches they came in; the next batch is asked for when this one has been worked on. */
  async *batches<N extends StreamName>(
    name: N,
    input: Input<N>,
    options: CallOptions = {},
  ): AsyncGenerator<StreamEvent<N>[]> {
    await this.#ready.promise;
    throwIfAborted(options.signal);
    const id = this.#nextId++;
    const arrived: FromHost[] = [];
    let wake = () => {};
    const put = (message: FromHost) => {
      arrived.push(message);
      wake();
    };
    const abort = () => put({ kind: 'end', id });
    options.signal?.addEventListener('abort', abort);
    this.#pending.set(id, {
      receive: put,
      lost: () => put({ kind: 'failed', id, error: hostLost().toData() }),
    });
    this.#send({ kind: 'stream', id, name, input });
    let isOver = false;
    try {
      while (options.signal?.aborted !== true) {
        const message = arrived.shift();
        if (message === undefined) {
          await new Promise<void>(resolve => {
            wake = resolve;
          });
        } else if (message.kind === 'events') {
          yield message.events as StreamEvent<N>[];
          this.#send({ kind: 'taken', id });
        } else if (message.kind === 'end') {
          isOver = true;
          return;
        } else if (message.kind === 'failed') {
          isOver = true;
          throw AppError.fromData(message.error);
        }
      }
    } finally {
      options.signal?.removeEventListener('abort', abort);
      this.#pending.delete(id);
      if (!isOver || options.signal?.aborted === true) this.#send({ kind: 'cancel', id });
    }
  }

  /** The same, one by one. */
  async *stream<N extends StreamName>(
    name: N,
    input: Input<N>,
    options: CallOptions = {},
  ): AsyncGenerator<StreamEvent<N>> {
    for await (const batch of this.batches(name, input, options)) yield* batch;
  }

  #send(message: ToHost): void {
    this.#port?.postMessage(message);
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('cancelled', 'Cancelled.');
}

function hostLost(): AppError {
  return new AppError('host_lost', 'The part of Proofbench that runs your containers ended and is started again.', {
    hint: 'Look at what is there before you repeat it; what was acknowledged is kept.',
  });
}
