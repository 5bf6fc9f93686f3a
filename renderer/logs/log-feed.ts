import type { Input, StreamEvent } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import type { LogModel } from './log-model.ts';

/** What the feed needs of the host's port. */
export interface LogHost {
  batches(
    name: 'container.logs',
    input: Input<'container.logs'>,
    options: { signal: AbortSignal },
  ): AsyncIterable<StreamEvent<'container.logs'>[]>;
  onHost(listener: () => void): () => void;
}

export interface Followed {
  readonly containerId: string;
  /** What it is in; a log that had ended is read on when this becomes another. */
  readonly status: string;
}

export type FeedState =
  | { readonly kind: 'reading' | 'ended' | 'lost' }
  | { readonly kind: 'failed'; readonly error: AppError };

interface Reading {
  readonly begunIn: string;
  status: string;
  stop: AbortController;
  state: FeedState;
  /** When it was gone on with under another host, epoch ms. */
  recoveredAtMs: number | undefined;
}

/** Reads containers' logs into a model for as long as they are written, whatever hosts come and go. `close` it. */
export class LogFeed {
  readonly #host: LogHost;
  readonly #model: LogModel;
  readonly #onChange: () => void;
  readonly #readings = new Map<string, Reading>();
  readonly #off: () => void;

  constructor(host: LogHost, model: LogModel, onChange: () => void = () => undefined) {
    this.#host = host;
    this.#model = model;
    this.#onChange = onChange;
    this.#off = host.onHost(() => this.#goOn());
  }

  /** Begins with those that are new; none is let go. */
  follow(containers: readonly Followed[]): void {
    for (const { containerId, status } of containers) {
      const known = this.#readings.get(containerId);
      if (known === undefined) this.#begin(containerId, status);
      else {
        known.status = status;
        if (known.state.kind === 'ended' && mayHaveMore(known)) this.#begin(containerId, status);
      }
    }
  }

  state(containerId: string): FeedState | undefined {
    return this.#readings.get(containerId)?.state;
  }

  recoveredAtMs(containerId: string): number | undefined {
    return this.#readings.get(containerId)?.recoveredAtMs;
  }

  /** Reads one that failed again, from where it stopped. */
  retry(containerId: string): void {
    const known = this.#readings.get(containerId);
    if (known !== undefined) this.#begin(containerId, known.status);
  }

  close(): void {
    this.#off();
    for (const { stop } of this.#readings.values()) stop.abort();
    this.#readings.clear();
  }

  #goOn(): void {
    for (const [containerId, { state, status }] of [...this.#readings]) {
      if (state.kind === 'ended' || state.kind === 'failed') continue;
      const { stdout, stderr } = this.#received(containerId);
      this.#begin(containerId, status, stdout + stderr > 0 ? Date.now() : undefined);
    }
  }

  #begin(containerId: string, status: string, recoveredAtMs?: number): void {
    const former = this.#readings.get(containerId);
    former?.stop.abort();
    const reading: Reading = {
      begunIn: status,
      status,
      stop: new AbortController(),
      state: { kind: 'reading' },
      recoveredAtMs: recoveredAtMs ?? former?.recoveredAtMs,
    };
    this.#readings.set(containerId, reading);
    this.#onChange();
    void this.#read(containerId, reading);
  }

  async #read(containerId: string, reading: Reading): Promise<void> {
    const { signal } = reading.stop;
    // A log is always told from its first byte.
    const skip = this.#received(containerId);
    try {
      for await (const batch of this.#host.batches(
        'container.logs',
        { container: containerId, follow: true },
        { signal },
      )) {
        if (signal.aborted) return;
        for (const { stream, at, base64 } of batch) {
          const bytes = fromBase64(base64);
          const skipped = Math.min(skip[stream], bytes.length);
          skip[stream] -= skipped;
          this.#model.append(containerId, stream, Date.parse(at), bytes.subarray(skipped));
        }
      }
      this.#become(reading, { kind: 'ended' });
      if (!signal.aborted && mayHaveMore(reading)) this.#begin(containerId, reading.status);
    } catch (thrown) {
      const error = AppError.from(thrown);
      this.#become(reading, error.code === 'host_lost' ? { kind: 'lost' } : { kind: 'failed', error });
    }
  }

  #become(reading: Reading, state: FeedState): void {
    if (reading.stop.signal.aborted) return;
    reading.state = state;
    this.#onChange();
  }

  #received(containerId: string): { stdout: number; stderr: number } {
    const of = (stream: 'stdout' | 'stderr') => this.#model.received(containerId, stream);
    return { stdout: of('stdout'), stderr: of('stderr') };
  }
}

/** A log ends when its container does, but also at once when it was asked for before anything was captured. */
function mayHaveMore({ begunIn, status }: Reading): boolean {
  if (begunIn === status) return false;
  return begunIn !== 'running' || !(status === 'exited' || status === 'failed');
}

function fromBase64(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
