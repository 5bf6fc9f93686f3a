const segmentBits = 16;
const segmentBytes = 1 << segmentBits;

/** Bytes that only grow, held in segments so that growing never copies what is there. */
export class ByteStore {
  readonly #segments: Uint8Array[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  append(bytes: Uint8Array): void {
    let from = 0;
    while (from < bytes.length) {
      const inside = this.#size & (segmentBytes - 1);
      if (inside === 0) this.#segments.push(new Uint8Array(segmentBytes));
      const part = bytes.subarray(from, from + segmentBytes - inside);
      this.#segments.at(-1)?.set(part, inside);
      this.#size += part.length;
      from += part.length;
    }
  }

  /** A view where the range lies in one segment, else a copy; not to be written to. */
  read(offset: number, length: number): Uint8Array {
    const first = Math.floor(offset / segmentBytes);
    const inside = offset - first * segmentBytes;
    const segment = this.#segments[first];
    if (segment === undefined || length === 0) return new Uint8Array(0);
    if (inside + length <= segmentBytes) return segment.subarray(inside, inside + length);
    const whole = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const at = offset + done;
      const index = Math.floor(at / segmentBytes);
      const start = at - index * segmentBytes;
      const part = this.#segments[index]?.subarray(start, Math.min(segmentBytes, start + length - done));
      if (part === undefined) break;
      whole.set(part, done);
      done += part.length;
    }
    return whole;
  }
}
