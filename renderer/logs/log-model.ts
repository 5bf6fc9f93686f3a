import { withoutCodes } from './ansi.ts';
import { LineIndex } from './line-index.ts';
import { type LineLimits, LineTable } from './line-table.ts';
import { type LogFilter, showAll, showsContainer } from './log-filter.ts';

export type LogStream = 'stdout' | 'stderr';

/** What is known of one container's log. */
export interface LogContainer {
  readonly id: string;
  readonly alias: string;
  readonly lines: number;
  readonly stderr: number;
  /** When it wrote to stderr, epoch ms; the first thousand times. */
  readonly stderrAtMs: readonly number[];
}

/** Of a longer line this much is tested and drawn at first. */
export const maxShownChars = 10_000;
const sliceMs = 8;
const maxStderrTimes = 1000;
const held: LineLimits = { maxLines: 1_000_000, maxBytes: 512 * 1024 * 1024 };

export interface LogModelOptions {
  /** Calls back once, at the next frame. */
  frame?: (callback: () => void) => void;
  now?: () => number;
  /** How often lines that come are shown, ms: nobody reads faster, and the frames in between stay free. */
  paceMs?: number;
  limits?: LineLimits;
}

/**
 * The logs of a run's containers as one list of lines by time. `append` only splits; ten times a second (or by `flush`) new lines are merged
 * in and tested against the filter, at most 8 ms of it at a time, and subscribers are told.
 */
export class LogModel {
  readonly #table: LineTable;
  readonly #index: LineIndex;
  readonly #containers: (LogContainer & { lines: number; stderr: number; stderrAtMs: number[] })[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #frame: (callback: () => void) => void;
  readonly #now: () => number;
  readonly #paceMs: number;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #extended = new Set<number>();
  #filter = showAll;
  #version = 0;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #isAwaited = false;

  constructor(options: LogModelOptions = {}) {
    this.#frame = options.frame ?? (callback => void requestAnimationFrame(callback));
    this.#now = options.now ?? (() => performance.now());
    this.#paceMs = options.paceMs ?? 100;
    this.#table = new LineTable(options.limits ?? held);
    this.#index = new LineIndex(this.#table);
  }

  /** Takes in a container; those that come first stand first where times are equal. */
  addContainer(id: string, alias: string): void {
    if (this.#containers.some(each => each.id === id)) return;
    this.#containers.push({ id, alias, lines: 0, stderr: 0, stderrAtMs: [] });
    this.#table.addContainer();
    this.#setTest(true);
  }

  append(container: string, stream: LogStream, atMs: number, bytes: Uint8Array): void {
    const source = this.#sourceOf(container, stream);
    const counted = this.#containers[source >> 1];
    if (counted === undefined || bytes.length === 0) return;
    const before = this.#table.count;
    const extended = this.#table.append(source, atMs, bytes);
    const added = this.#table.count - before;
    counted.lines += added;
    if (stream === 'stderr') {
      counted.stderr += added;
      const noted = Math.min(added, maxStderrTimes - counted.stderrAtMs.length);
      for (let i = 0; i < noted; i++) counted.stderrAtMs.push(this.atMs(before + i));
    }
    if (extended !== undefined) this.#extended.add(extended);
    this.#touch(this.#paceMs);
  }

  /** All bytes that came of a stream so far: where a reader that begins anew goes on. */
  received(container: string, stream: LogStream): number {
    return this.#table.received(this.#sourceOf(container, stream));
  }

  get containers(): readonly LogContainer[] {
    return this.#containers;
  }

  get filter(): LogFilter {
    return this.#filter;
  }

  set filter(filter: LogFilter) {
    if (filter === this.#filter) return;
    const isSamePattern = filter.pattern === this.#filter.pattern;
    this.#filter = filter;
    this.#setTest(isSamePattern);
  }

  /** Lines held. */
  get total(): number {
    return this.#table.count;
  }

  /** Whether the limit is reached: what comes now is only in the raw logs. */
  get isFull(): boolean {
    return this.#table.isFull;
  }

  /** Lines that came after the limit. */
  get notHeld(): number {
    return this.#table.notHeld;
  }

  /** Lines that pass the filter. */
  get rows(): number {
    return this.#index.rows;
  }

  /** Whether lines are yet to be tested. */
  get isScanning(): boolean {
    return this.#index.isScanning;
  }

  /** The line of a row. */
  lineAt(row: number): number | undefined {
    return this.#index.lineAt(row);
  }

  /** The row of a line, or the row where it would be. */
  rowOf(line: number): number {
    return this.#index.rowOf(line);
  }

  /** How many rows are not after a time. */
  rowsUntil(atMs: number): number {
    return this.#index.rowsUntil(atMs);
  }

  atMs(line: number): number {
    return this.#table.atMs(line);
  }

  stream(line: number): LogStream {
    return (this.#table.source(line) & 1) === 0 ? 'stdout' : 'stderr';
  }

  container(line: number): LogContainer {
    return this.#containers[this.#table.source(line) >> 1] as LogContainer;
  }

  /** Exactly what was written, without the `\n`. */
  bytes(line: number): Uint8Array {
    return this.#table.bytes(line);
  }

  byteLength(line: number): number {
    return this.#table.byteLength(line);
  }

  /** Whether more of it may come. */
  isOpen(line: number): boolean {
    return this.#table.isOpen(line);
  }

  /** The line for people: bytes that are no UTF-8 become replacement characters, and it ends after `maxChars`. */
  text(line: number, maxChars = Number.POSITIVE_INFINITY): string {
    // No character is longer than four bytes; one that is cut in two lies behind the end.
    const text = this.#decoder.decode(this.#table.bytes(line, maxChars * 4 + 4));
    return text.length > maxChars ? text.slice(0, maxChars) : text;
  }

  /** Whether the first `maxShownChars` are not all of it. */
  isLong(line: number): boolean {
    return this.byteLength(line) > maxShownChars && this.text(line, maxShownChars + 1).length > maxShownChars;
  }

  /** Changes whenever something else is to be seen. */
  get version(): number {
    return this.#version;
  }

  /** Calls back when the version changed, at most once a frame; returns how to stop. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Merges and tests what is waiting, for at most this long. */
  flush(budgetMs = Number.POSITIVE_INFINITY): void {
    this.#index.merge();
    for (const line of this.#extended) this.#index.retest(line);
    this.#extended.clear();
    this.#index.scan(this.#now() + budgetMs, this.#now);
  }

  /** Draws at the next frame, but not within `paceMs` of the last time. */
  #touch(paceMs = 0): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    const waitMs = this.#drawnMs + paceMs - this.#now();
    if (waitMs > 0) setTimeout(() => this.#draw(), waitMs);
    else this.#draw();
  }

  #draw(): void {
    this.#frame(() => {
      this.#isAwaited = false;
      this.#drawnMs = this.#now();
      this.flush(sliceMs);
      this.#version++;
      for (const listener of this.#listeners) listener();
      if (this.isScanning) this.#touch();
    });
  }

  #setTest(isSamePattern: boolean): void {
    const { pattern } = this.#filter;
    const shown = this.#containers.flatMap(({ id }) => {
      const isShown = showsContainer(this.#filter, id);
      return [isShown && this.#filter.stdout, isShown && this.#filter.stderr];
    });
    const matches = (line: number) =>
      // Before `$` a carriage return is as invisible as the newline.
      pattern?.test(withoutCodes(this.text(line, maxShownChars)).replace(/\r$/, '')) ?? true;
    const test = {
      showsSource: (source: number) => shown[source] ?? false,
      matches: pattern === null ? null : matches,
    };
    this.#index.setTest(test, isSamePattern);
    this.#touch();
  }

  #sourceOf(container: string, stream: LogStream): number {
    return this.#containers.findIndex(each => each.id === container) * 2 + (stream === 'stdout' ? 0 : 1);
  }
}
