interface Entry {
  users: number;
  made: Promise<string>;
  url?: string;
}

/** Object URLs of blobs, made once each; those nobody shows are let go, the longest unused first, when there are too many. */
export class ObjectUrls {
  readonly #limit: number;
  readonly #entries = new Map<string, Entry>();
  readonly #revoke: (url: string) => void;

  constructor(limit: number, revoke: (url: string) => void) {
    this.#limit = limit;
    this.#revoke = revoke;
  }

  /** The URL of a key, made by `make` unless it is held already; call `leave` once it is shown no more. */
  take(key: string, make: () => Promise<string>): { url: Promise<string>; leave(): void } {
    const held = this.#entries.get(key);
    const entry: Entry = held ?? { users: 0, made: make() };
    entry.users++;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (held === undefined) {
      entry.made.then(
        url => {
          entry.url = url;
          this.#evict();
        },
        // What could not be read is tried again by the next who asks.
        () => this.#entries.get(key) === entry && this.#entries.delete(key),
      );
    }
    const leave = () => {
      entry.users--;
      this.#evict();
    };
    return { url: entry.made, leave };
  }

  #evict(): void {
    for (const [key, { users, url }] of this.#entries) {
      if (this.#entries.size <= this.#limit) return;
      if (users > 0 || url === undefined) continue;
      this.#entries.delete(key);
      this.#revoke(url);
    }
  }
}
