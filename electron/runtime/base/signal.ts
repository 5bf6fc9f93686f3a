/** Tells those who listen that something happened. Listeners are called in order; one that throws does not stop the rest. */
export class Signal<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Listens until the returned function is called. */
  on(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Resolves at the next value, or when `signal` aborts or `ms` have passed, whichever is first. */
  next(options: { signal?: AbortSignal; ms?: number } = {}): Promise<void> {
    return new Promise(resolve => {
      const finish = () => {
        off();
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', finish);
        resolve();
      };
      const off = this.on(finish);
      const timer = options.ms === undefined ? undefined : setTimeout(finish, options.ms);
      if (options.signal?.aborted) finish();
      else options.signal?.addEventListener('abort', finish);
    });
  }
}
