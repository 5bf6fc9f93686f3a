/** A growing list of line ids, four bytes each. */
export class IdList {
  #ids = new Uint32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Undefined past the end. */
  at(index: number): number | undefined {
    return index < this.#length ? this.#ids[index] : undefined;
  }

  push(id: number): void {
    this.#reserve(this.#length + 1);
    this.#ids[this.#length++] = id;
  }

  truncate(length: number): void {
    this.#length = Math.min(this.#length, length);
  }

  /** Puts `ids`, which are in order, among those from `from` on, which are in order too. */
  merge(from: number, ids: Uint32Array, compare: (a: number, b: number) => number): void {
    const tail = this.#ids.slice(from, this.#length);
    this.#reserve(this.#length + ids.length);
    this.#length += ids.length;
    let to = from;
    let a = 0;
    let b = 0;
    while (b < ids.length) {
      const isTail = a < tail.length && compare(tail[a] as number, ids[b] as number) <= 0;
      this.#ids[to++] = (isTail ? tail[a++] : ids[b++]) as number;
    }
    this.#ids.set(tail.subarray(a), to);
  }

  /** How many come before the first for which `isReached` holds; it must go on to hold after that. */
  partition(isReached: (id: number) => boolean): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isReached(this.#ids[middle] as number)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #reserve(length: number): void {
    if (length <= this.#ids.length) return;
    const wider = new Uint32Array(Math.max(length, this.#ids.length * 2));
    wider.set(this.#ids.subarray(0, this.#length));
    this.#ids = wider;
  }
}
