import { closeSync, openSync, readSync } from 'node:fs';

const windowBytes = 256 * 1024;

/** Reads many ranges of one file: opened once, and small ranges beside each other come from one read. */
export class RangeReader implements Disposable {
  readonly #path: string;
  #descriptor: number | undefined;
  #window: Buffer = Buffer.alloc(0);
  #windowOffset = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** What is there of the range; its memory may be shared with its neighbours. */
  read(offset: number, length: number): Buffer {
    const within = offset - this.#windowOffset;
    if (within >= 0 && within + length <= this.#window.length) return this.#window.subarray(within, within + length);
    if (length >= windowBytes) return this.#fill(offset, length);
    this.#window = this.#fill(offset, windowBytes);
    this.#windowOffset = offset;
    return this.#window.subarray(0, length);
  }

  [Symbol.dispose](): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #fill(offset: number, length: number): Buffer {
    this.#descriptor ??= openSync(this.#path, 'r');
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, readSync(this.#descriptor, bytes, 0, length, offset));
  }
}
