import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { AppError } from '../../../shared/errors.ts';
import type { SecretMask } from './secret-mask.ts';

/** Is told of each place that was masked. */
export type Onto = () => void;

/** One file of an archive. */
export interface ArchiveEntry {
  path: string;
  /** Yields it in pieces; not called before all entries ahead of it have been read. */
  read: (onMasked: Onto) => AsyncIterable<Buffer> | Iterable<Buffer>;
  /** It masks what it yields itself. */
  masked?: boolean;
}

export interface ArchiveWork {
  mask: SecretMask;
  onMasked: (path: string) => void;
  onEntry: (path: string, done: number, total: number) => void;
}

/** The bytes of a zip with all entries below `folder`, in their order. No entry is in memory as a whole. */
export async function* zipOf(
  folder: string,
  entries: readonly ArchiveEntry[],
  { mask, onMasked, onEntry }: ArchiveWork,
): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  let current: Readable | undefined;
  // yazl tells of a source that broke on itself alone, where nobody listening is a crash.
  zip.on('error', cause => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    output.destroy(AppError.from(new AppError('internal', `The debug bundle was not written: ${reason}.`, { cause })));
  });
  for (const [done, entry] of entries.entries()) {
    zip.addReadStreamLazy(`${folder}/${entry.path}`, { mode: 0o100600, compress: true }, callback => {
      onEntry(entry.path, done, entries.length);
      const told = () => onMasked(entry.path);
      const bytes = entry.read(told);
      current = Readable.from(entry.masked === true ? bytes : mask.mask(bytes, told), { objectMode: false });
      callback(null, current);
    });
  }
  zip.end();
  try {
    yield* output;
  } finally {
    current?.destroy();
  }
}

export function jsonEntry(path: string, value: unknown): ArchiveEntry {
  return textEntry(path, `${JSON.stringify(value, null, 2)}\n`);
}

export function textEntry(path: string, text: string): ArchiveEntry {
  return { path, read: () => [Buffer.from(text)] };
}

/** A line each; asked for one by one while the archive is written. */
export function linesEntry(path: string, values: () => Iterable<unknown>): ArchiveEntry {
  return {
    path,
    read: function* () {
      for (const value of values()) yield Buffer.from(`${JSON.stringify(value)}\n`);
    },
  };
}
