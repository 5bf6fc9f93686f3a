/**
 * `AsyncDisposableStack` for an Electron whose JavaScript has it not yet (before 36; ECMAScript Explicit Resource Management). Import it
 * before anything that uses one.
 */
class Stack implements AsyncDisposable {
  #disposers: (() => unknown)[] = [];
  disposed = false;

  use<T extends AsyncDisposable | Disposable | null | undefined>(value: T): T {
    if (value != null)
      this.defer(() => (Symbol.asyncDispose in value ? value[Symbol.asyncDispose]() : value[Symbol.dispose]()));
    return value;
  }

  adopt<T>(value: T, dispose: (value: T) => unknown): T {
    this.defer(() => dispose(value));
    return value;
  }

  defer(dispose: () => unknown): void {
    this.#disposers.push(dispose);
  }

  move(): Stack {
    const moved = new Stack();
    moved.#disposers = this.#disposers;
    this.#disposers = [];
    this.disposed = true;
    return moved;
  }

  async disposeAsync(): Promise<void> {
    this.disposed = true;
    const errors: unknown[] = [];
    for (const dispose of this.#disposers.splice(0).reverse()) {
      try {
        await dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 1) throw new AggregateError(errors, 'Several things could not be disposed of.');
    if (errors.length === 1) throw errors[0];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disposeAsync();
  }
}

if (!('AsyncDisposableStack' in globalThis)) Object.assign(globalThis, { AsyncDisposableStack: Stack });
