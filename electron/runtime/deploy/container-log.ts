import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Signal } from '../base/signal.ts';
import type { AttachedOutput } from '../engine/engine.ts';
import { RangeReader } from './range-reader.ts';

export type LogStream = 'stdout' | 'stderr';

/** How far back in the index a tail is looked for. */
const maxTailIndexBytes = 64 * 1024;
/** What of a tail is kept: a line may be of any length. */
const maxTailBytes = 16 * 1024;
/** How much of the index is looked at in one pass. */
const maxPassIndexBytes = 1 << 20;
/** Up to here, what came of one stream in the same millisecond is read as one piece. */
const maxMergedBytes = 64 * 1024;

/** One piece of output as it arrived. */
export interface LogChunk {
  stream: LogStream;
  atMs: number;
  bytes: Buffer;
}

/** An index entry: arrival (UTC ms), stream, offset in that stream's file, length, and `recovered` after a host was lost. */
type IndexEntry = [atMs: number, stream: LogStream, offset: number, length: number, recovered?: 'recovered'];

/**
 * A container's output, byte for byte, in one file per stream, and `index.ndjson` that says when each piece arrived.
 * Writes are synchronous: what the kernel has been given outlives a kill of this process.
 */
export class ContainerLog {
  readonly dir: string;
  readonly #changed = new Signal<void>();
  #files: { stdout: number; stderr: number; index: number } | undefined;
  #sizes = { stdout: 0, stderr: 0 };
  #ended: Promise<void> = Promise.resolve();
  #moreToCome = false;
  #output: AttachedOutput | undefined;

  constructor(dir: string) {
    this.dir = dir;
  }

  path(stream: LogStream): string {
    return join(this.dir, `${stream}.log`);
  }

  get indexPath(): string {
    return join(this.dir, 'index.ndjson');
  }

  get #beginPath(): string {
    return join(this.dir, 'begin.json');
  }

  /** Another container is made, and what the engine keeps of it begins here. */
  begin(): void {
    const begun = { stdout: this.size('stdout'), stderr: this.size('stderr') };
    if (begun.stdout + begun.stderr > 0) writeFileSync(this.#beginPath, JSON.stringify(begun), { mode: 0o600 });
  }

  /** Captures from the first byte on, after what a former start of the container left; call before it is started. */
  capture(output: AttachedOutput): void {
    this.#moreToCome = false;
    this.#open(output);
    this.#ended = this.#read(output, { stdout: 0, stderr: 0 });
  }

  /** Goes on after a host was lost: `output` starts at the first byte again, and what is here already is skipped. */
  recover(output: AttachedOutput): void {
    this.#open(output);
    this.#mendIndex();
    const begun = this.#begun();
    const here = { stdout: this.#sizes.stdout - begun.stdout, stderr: this.#sizes.stderr - begun.stderr };
    this.#ended = this.#read(output, here, 'recovered');
  }

  /** The container is started again soon: who follows it waits. */
  expectMore(): void {
    this.#moreToCome = true;
  }

  /** The container is not started again after all. */
  close(): void {
    this.#moreToCome = false;
    this.#changed.emit();
  }

  /** Resolves when both streams have ended and everything is in the files. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  get isOpen(): boolean {
    return this.#files !== undefined || this.#moreToCome;
  }

  /** Bytes captured so far. */
  size(stream: LogStream): number {
    return existsSync(this.path(stream)) ? statSync(this.path(stream)).size : 0;
  }

  /** How long the index is so far: it names every byte captured so far. */
  get indexBytes(): number {
    return existsSync(this.indexPath) ? statSync(this.indexPath).size : 0;
  }

  text(stream: LogStream): string {
    return existsSync(this.path(stream)) ? readFileSync(this.path(stream), 'utf8') : '';
  }

  /** The last lines of both streams in arrival order, for a message. */
  tail(lines: number): string {
    const { entries } = this.#readIndex(this.#lineStart(Math.max(0, this.indexBytes - maxTailIndexBytes)));
    let first = entries.length;
    for (let bytes = 0; first > 0 && bytes < maxTailBytes; bytes += entries[first]?.[3] ?? 0) first -= 1;
    const bytes = Buffer.concat([...this.#chunks(entries.slice(first))].map(chunk => chunk.bytes));
    const cut = Math.max(0, bytes.length - maxTailBytes);
    // A character that the cut went through is left out.
    const begin = bytes.findIndex((byte, at) => at >= cut && (cut === 0 || (byte & 0xc0) !== 0x80));
    return bytes.subarray(Math.max(begin, cut)).toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  /**
   * What was captured, in arrival order; with `follow`, until the container has ended, and with `until`, what an index of so
   * many bytes names. Nothing is read ahead of its reader.
   */
  async *read(
    options: { follow?: boolean | undefined; signal?: AbortSignal } | { until: number },
  ): AsyncGenerator<LogChunk> {
    const { follow, signal, until } = { follow: false, signal: undefined, until: undefined, ...options };
    let position = 0;
    while (true) {
      const wasOpen = this.isOpen;
      const { entries, next } = this.#readIndex(position, until);
      yield* this.#chunks(entries);
      if (next !== position) {
        position = next;
        continue;
      }
      if (!follow || !wasOpen || signal?.aborted) return;
      await this.#changed.next({ ms: 1000, ...(signal === undefined ? {} : { signal }) });
    }
  }

  /** From here on only `output` is written: one that never told its end is not waited for. */
  #open(output: AttachedOutput): void {
    this.#output?.close();
    this.#output = output;
    if (this.#files !== undefined) return;
    mkdirSync(this.dir, { recursive: true, mode: 0o700 });
    const append = (path: string) => openSync(path, 'a', 0o600);
    this.#files = {
      stdout: append(this.path('stdout')),
      stderr: append(this.path('stderr')),
      index: append(this.indexPath),
    };
    this.#sizes = { stdout: statSync(this.path('stdout')).size, stderr: statSync(this.path('stderr')).size };
  }

  /**
   * A host that died between a stream and its index left bytes that no entry names, or half an entry: the half goes, and the
   * bytes get one of their own.
   */
  #mendIndex(): void {
    const files = this.#files;
    if (files === undefined) return;
    const named = { stdout: 0, stderr: 0 };
    let whole = 0;
    for (let pass = this.#readIndex(0); pass.next > whole; pass = this.#readIndex(whole)) {
      whole = pass.next;
      for (const [, stream, offset, length] of pass.entries) named[stream] = offset + length;
    }
    if (whole < this.indexBytes) ftruncateSync(files.index, whole);
    for (const stream of ['stdout', 'stderr'] as const) {
      const length = this.#sizes[stream] - named[stream];
      if (length <= 0) continue;
      const entry: IndexEntry = [Date.now(), stream, named[stream], length, 'recovered'];
      writeSync(files.index, `${JSON.stringify(entry)}\n`);
    }
  }

  /** Where in the files the output of the container that is now begins. */
  #begun(): Record<LogStream, number> {
    if (!existsSync(this.#beginPath)) return { stdout: 0, stderr: 0 };
    return JSON.parse(readFileSync(this.#beginPath, 'utf8')) as Record<LogStream, number>;
  }

  /** The first beginning of a line in the index at or after `position`. */
  #lineStart(position: number): number {
    if (position === 0) return 0;
    const after = readRange(this.indexPath, position - 1, maxTailIndexBytes).indexOf(0x0a);
    return after < 0 ? position : position + after;
  }

  async #read(output: AttachedOutput, skip: Record<LogStream, number>, mark?: 'recovered'): Promise<void> {
    const drain = (stream: LogStream) =>
      new Promise<void>(resolve => {
        output[stream].on('data', (bytes: Buffer) => {
          const skipped = Math.min(skip[stream], bytes.length);
          skip[stream] -= skipped;
          if (skipped < bytes.length && this.#output === output) this.#append(stream, bytes.subarray(skipped), mark);
        });
        output[stream].once('end', resolve);
        output[stream].once('error', () => resolve());
        output[stream].once('close', resolve);
      });
    await Promise.all([drain('stdout'), drain('stderr')]);
    if (this.#output !== output) return;
    this.#output = undefined;
    const files = this.#files;
    this.#files = undefined;
    if (files !== undefined) for (const descriptor of Object.values(files)) closeSync(descriptor);
    this.#changed.emit();
  }

  #append(stream: LogStream, bytes: Buffer, mark?: 'recovered'): void {
    if (this.#files === undefined) return;
    writeSync(this.#files[stream], bytes);
    const entry: IndexEntry = [Date.now(), stream, this.#sizes[stream], bytes.length];
    if (mark !== undefined) entry.push(mark);
    this.#sizes[stream] += bytes.length;
    writeSync(this.#files.index, `${JSON.stringify(entry)}\n`);
    this.#changed.emit();
  }

  #readIndex(position: number, until = Number.POSITIVE_INFINITY): { entries: IndexEntry[]; next: number } {
    if (!existsSync(this.indexPath)) return { entries: [], next: position };
    const size = Math.min(this.indexBytes, until);
    const part = readRange(this.indexPath, position, Math.min(size - position, maxPassIndexBytes));
    const end = part.lastIndexOf(0x0a) + 1;
    const entries: IndexEntry[] = [];
    for (const line of part.subarray(0, end).toString('utf8').split('\n')) {
      if (line === '') continue;
      const entry = JSON.parse(line) as IndexEntry;
      const before = entries.at(-1);
      if (before !== undefined && continues(before, entry)) before[3] += entry[3];
      else entries.push(entry);
    }
    return { entries, next: position + end };
  }

  *#chunks(entries: readonly IndexEntry[]): Generator<LogChunk> {
    using stdout = new RangeReader(this.path('stdout'));
    using stderr = new RangeReader(this.path('stderr'));
    const readers = { stdout, stderr };
    for (const [atMs, stream, offset, length] of entries)
      yield { atMs, stream, bytes: readers[stream].read(offset, length) };
  }
}

function continues(before: IndexEntry, [atMs, stream, offset, length]: IndexEntry): boolean {
  return (
    before[0] === atMs &&
    before[1] === stream &&
    before[2] + before[3] === offset &&
    before[3] + length <= maxMergedBytes
  );
}

function readRange(path: string, offset: number, length: number): Buffer {
  using reader = new RangeReader(path);
  return reader.read(offset, length);
}
