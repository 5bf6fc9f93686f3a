import { ByteStore } from './byte-store.ts';

export interface LineLimits {
  maxLines: number;
  maxBytes: number;
}

const newline = 0x0a;
const none = -1;
/** A line that is still written to and not held. */
const lost = -2;

interface Source {
  readonly store: ByteStore;
  open: number;
  received: number;
}

/**
 * Lines of many sources, split on `\n` and byte for byte what came, `\r` and all. Columns instead of objects: a million lines are
 * some 25 MB beside their bytes. Sources come in pairs, stdout then stderr of one container. A line's id is its place of arrival.
 */
export class LineTable {
  readonly #limits: LineLimits;
  readonly #sources: Source[] = [];
  readonly #lastAtMs: number[] = [];
  #atMs = new Float64Array(1024);
  #start = new Float64Array(1024);
  #bytes = new Uint32Array(1024);
  #source = new Uint16Array(1024);
  #count = 0;
  #heldBytes = 0;
  #notHeld = 0;

  constructor(limits: LineLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  /** Lines that came after the limits were reached. */
  get notHeld(): number {
    return this.#notHeld;
  }

  get isFull(): boolean {
    return this.#count >= this.#limits.maxLines || this.#heldBytes >= this.#limits.maxBytes;
  }

  addContainer(): void {
    for (let i = 0; i < 2; i++) this.#sources.push({ store: new ByteStore(), open: none, received: 0 });
    this.#lastAtMs.push(0);
  }

  /** All bytes that ever came of a source, held or not. */
  received(source: number): number {
    return this.#sources[source]?.received ?? 0;
  }

  /** Takes what came; answers the line that it went on with, or undefined. */
  append(source: number, atMs: number, bytes: Uint8Array): number | undefined {
    const from = this.#sources[source];
    if (from === undefined) return undefined;
    from.received += bytes.length;
    const extended = from.open >= 0 ? from.open : undefined;
    // A clock that was set back must not tear a container's lines out of their order.
    const time = Math.max(atMs, this.#lastAtMs[source >> 1] ?? 0);
    this.#lastAtMs[source >> 1] = time;
    let position = 0;
    while (position < bytes.length) {
      const found = bytes.indexOf(newline, position);
      const end = found < 0 ? bytes.length : found;
      if (from.open === none) from.open = this.#begin(source, time, from.store.size);
      if (from.open >= 0) this.#extend(from, bytes.subarray(position, end));
      if (found >= 0) from.open = none;
      position = end + 1;
    }
    return extended;
  }

  atMs(id: number): number {
    return this.#atMs[id] ?? 0;
  }

  source(id: number): number {
    return this.#source[id] ?? 0;
  }

  byteLength(id: number): number {
    return this.#bytes[id] ?? 0;
  }

  /** Its first bytes, or all of them, without the `\n`. */
  bytes(id: number, max = Number.POSITIVE_INFINITY): Uint8Array {
    const store = this.#sources[this.source(id)]?.store;
    return store?.read(this.#start[id] ?? 0, Math.min(max, this.byteLength(id))) ?? new Uint8Array(0);
  }

  /** Whether no `\n` has come for it. */
  isOpen(id: number): boolean {
    return this.#sources[this.source(id)]?.open === id;
  }

  #begin(source: number, atMs: number, start: number): number {
    if (this.isFull) {
      this.#notHeld++;
      return lost;
    }
    const id = this.#count++;
    if (id >= this.#atMs.length) this.#grow();
    this.#atMs[id] = atMs;
    this.#start[id] = start;
    this.#source[id] = source;
    return id;
  }

  #extend(from: Source, bytes: Uint8Array): void {
    const part = bytes.subarray(0, Math.max(0, this.#limits.maxBytes - this.#heldBytes));
    from.store.append(part);
    this.#bytes[from.open] = this.byteLength(from.open) + part.length;
    this.#heldBytes += part.length;
  }

  #grow(): void {
    const length = this.#atMs.length * 2;
    this.#atMs = widen(this.#atMs, new Float64Array(length));
    this.#start = widen(this.#start, new Float64Array(length));
    this.#bytes = widen(this.#bytes, new Uint32Array(length));
    this.#source = widen(this.#source, new Uint16Array(length));
  }
}

function widen<A extends Float64Array | Uint32Array | Uint16Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
