import { AppError } from '../../../shared/errors.ts';

interface Flight {
  result: Promise<unknown>;
  waiting: number;
  abort: AbortController;
}

/** Callers who want the same thing at the same time share one piece of work; it is aborted once none of them is left. */
export class SingleFlight {
  readonly #flights = new Map<string, Flight>();

  async run<T>(key: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (signal?.aborted) throw new AppError('cancelled', 'Cancelled.');
    const flight = this.#flights.get(key) ?? this.#start(key, work);
    flight.waiting++;
    let onAbort: (() => void) | undefined;
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(new AppError('cancelled', 'Cancelled.'));
      signal?.addEventListener('abort', onAbort);
    });
    try {
      return (await Promise.race([flight.result, aborted])) as T;
    } finally {
      if (onAbort) signal?.removeEventListener('abort', onAbort);
      if (--flight.waiting === 0) {
        // One that is being aborted must not be joined by the next caller.
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        flight.abort.abort();
      }
    }
  }

  #start<T>(key: string, work: (signal: AbortSignal) => Promise<T>): Flight {
    const abort = new AbortController();
    const flight: Flight = { result: work(abort.signal), waiting: 0, abort };
    flight.result.catch(() => undefined);
    this.#flights.set(key, flight);
    return flight;
  }
}
