import { IdList } from './id-list.ts';
import type { LineTable } from './line-table.ts';

/** Which lines an index shows: by their source (cheap), then by what is in them. */
export interface LineTest {
  showsSource(source: number): boolean;
  /** Null when what is in a line does not matter. */
  matches: ((line: number) => boolean) | null;
}

const everyLine: LineTest = { showsSource: () => true, matches: null };
const unknown = 0;
const yes = 1;
const no = 2;

/**
 * The lines of a table by time, and of those the ones that pass a test. New lines mostly come last and are only added; one that comes
 * late turns the work back to its place, where what is known of a line is not asked again.
 */
export class LineIndex {
  readonly #table: LineTable;
  readonly #order = new IdList();
  readonly #visible = new IdList();
  #verdicts = new Uint8Array(1024);
  #test = everyLine;
  /** So many of the ordered lines were tested. */
  #cursor = 0;

  constructor(table: LineTable) {
    this.#table = table;
  }

  /** Begins anew; `isSamePattern` keeps what is known of the lines' text. */
  setTest(test: LineTest, isSamePattern: boolean): void {
    if (!isSamePattern) this.#verdicts.fill(unknown);
    this.#test = test;
    this.#cursor = 0;
    this.#visible.truncate(0);
  }

  get rows(): number {
    return this.#visible.length;
  }

  get isScanning(): boolean {
    return this.#cursor < this.#table.count;
  }

  lineAt(row: number): number | undefined {
    return this.#visible.at(row);
  }

  /** The row of a line, or the row where it would be. */
  rowOf(line: number): number {
    return this.#visible.partition(id => this.#compare(id, line) >= 0);
  }

  /** How many rows are not after a time. */
  rowsUntil(atMs: number): number {
    return this.#visible.partition(id => this.#table.atMs(id) > atMs);
  }

  /** Puts the table's new lines in their places. */
  merge(): void {
    const from = this.#order.length;
    const ids = new Uint32Array(this.#table.count - from);
    let isSorted = true;
    for (let i = 0; i < ids.length; i++) {
      ids[i] = from + i;
      if (i > 0 && this.#compare(from + i - 1, from + i) > 0) isSorted = false;
    }
    const compare = (a: number, b: number) => this.#compare(a, b);
    if (!isSorted) ids.sort(compare);
    const first = ids[0];
    if (first === undefined) return;
    const last = this.#order.at(from - 1);
    const place = last === undefined || compare(last, first) < 0 ? from : this.#placeOf(first);
    this.#order.merge(place, ids, compare);
    if (place < from) this.#rewind(place);
  }

  /** Tests a line again that has become longer. */
  retest(line: number): void {
    const before = this.#verdicts[line] ?? unknown;
    if (before === unknown || this.#test.matches === null) return;
    this.#verdicts[line] = unknown;
    if (this.#matches(line) !== (before === yes)) this.#rewind(this.#placeOf(line));
  }

  /** Tests what is to be tested, until `now()` is `stopAt`. */
  scan(stopAt: number, now: () => number): void {
    const isTimed = this.#test.matches !== null;
    while (this.#cursor < this.#order.length) {
      const line = this.#order.at(this.#cursor++) as number;
      if (this.#test.showsSource(this.#table.source(line)) && this.#matches(line)) this.#visible.push(line);
      if (isTimed && (this.#cursor & 31) === 0 && now() >= stopAt) return;
    }
  }

  #matches(line: number): boolean {
    const { matches } = this.#test;
    if (matches === null) return true;
    if (line >= this.#verdicts.length) {
      const wider = new Uint8Array(Math.max(line + 1, this.#verdicts.length * 2));
      wider.set(this.#verdicts);
      this.#verdicts = wider;
    }
    if (this.#verdicts[line] === unknown) this.#verdicts[line] = matches(line) ? yes : no;
    return this.#verdicts[line] === yes;
  }

  #rewind(place: number): void {
    if (place >= this.#cursor) return;
    this.#cursor = place;
    this.#visible.truncate(this.rowOf(this.#order.at(place) as number));
  }

  #placeOf(line: number): number {
    return this.#order.partition(id => this.#compare(id, line) >= 0);
  }

  /** By time, then by container, then as they came. */
  #compare(a: number, b: number): number {
    const table = this.#table;
    return table.atMs(a) - table.atMs(b) || (table.source(a) >> 1) - (table.source(b) >> 1) || a - b;
  }
}
