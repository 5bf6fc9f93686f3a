/**
 * Parameters that change while the component runs: between two invocations, never within one. Until `open` they are held
 * back, so that a module that reads a parameter and then subscribes misses nothing in between.
 */
export class LiveConfig {
  #values;
  #onError;
  /** What was last received of each, as text: a component may have written on the value itself. */
  #known = new Map();
  /** @type {{name: string, value: unknown, applied?: () => void}[]} */
  #changes = [];
  #subscribers = new Set();
  #open = false;
  #invoking = false;
  #applying = false;
  #done = Promise.resolve();

  /**
   * @param {Record<string, unknown>} values
   * @param {(error: unknown) => void} onError
   */
  constructor(values, onError) {
    this.#values = values;
    this.#onError = onError;
  }

  /** The values of a welcome: the first are there at once, of later ones what differs. */
  welcome(values, isFirst) {
    for (const [name, value] of Object.entries(values)) {
      if (this.#known.get(name) === JSON.stringify(value)) continue;
      if (isFirst) {
        this.#values[name] = value;
        this.#known.set(name, JSON.stringify(value));
      } else this.receive(name, value);
    }
  }

  /** @param {() => void} [applied] called when the value is in place and every subscriber has returned */
  receive(name, value, applied) {
    this.#known.set(name, JSON.stringify(value));
    this.#changes.push({ name, value, applied });
    this.#next();
  }

  subscribe(callback) {
    this.#subscribers.add(callback);
    return () => this.#subscribers.delete(callback);
  }

  open() {
    this.#open = true;
    // Not at once: the module that calls run() may subscribe on its next line.
    queueMicrotask(() => this.#next());
  }

  /** An asynchronous subscriber has yet to finish: no invocation may begin. */
  get unsettled() {
    return this.#applying;
  }

  async settled() {
    while (this.#applying) await this.#done;
  }

  /** Nothing changes until `invocation` is over. One that is not asynchronous needs no such care. */
  async during(invocation) {
    this.#invoking = true;
    try {
      return await invocation;
    } finally {
      this.#invoking = false;
      this.#next();
    }
  }

  #next() {
    if (!this.#open || this.#invoking || this.#applying || this.#changes.length === 0) return;
    this.#applying = true;
    this.#done = this.#apply().catch(this.#onError);
  }

  async #apply() {
    for (let change = this.#changes.shift(); change; change = this.#changes.shift()) {
      this.#values[change.name] = change.value;
      for (const callback of this.#subscribers) {
        const pending = callback(change.name, change.value);
        if (typeof pending?.then === 'function') await pending;
      }
      change.applied?.();
    }
    this.#applying = false;
  }
}
