import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { type Entry, open, type ZipFile } from 'yauzl';
import { AppError } from '../../../shared/errors.ts';

/** One file of a bag. */
export interface BagEntry {
  bytes: number;
  sha256: string;
}

/** What a bundle has in it. */
export interface Bag {
  evidenceId: string;
  /** By path inside the bag. */
  entries: ReadonlyMap<string, BagEntry>;
  /** The text of a small file; undefined when it is not there. */
  text(path: string): string | undefined;
}

/** Limits for what a stranger gives us; all are looked at before anything is allocated. */
const maxEntries = 100_000;
const maxTextBytes = 64 * 2 ** 20;
const maxTextsBytes = 256 * 2 ** 20;
const isText = (path: string) =>
  /^(bagit\.txt|(tag)?manifest-sha256\.txt|data\/evidence\.json|attestations\/[^/]+|keys\/[^/]+)$/.test(path);

/** What a reading of a bundle is told and tells. */
export interface BagWork {
  signal?: AbortSignal;
  /** How many of its files were read. */
  onFile?: (done: number, total: number) => void;
}

/**
 * Reads a bundle in one pass, hashing every entry as it streams by; nothing is written to disk. Entries must be stored, so
 * what is declared is what is read and there is no bomb.
 * @throws AppError `bundle_invalid` naming what no bundle of ours has.
 */
export async function readBag(path: string, { signal, onFile }: BagWork = {}): Promise<Bag> {
  const zip = await openZip(path);
  try {
    if (zip.entryCount > maxEntries) throw invalid(path, `it has ${zip.entryCount} entries, more than ${maxEntries}`);
    const entries = new Map<string, BagEntry>();
    const texts = new Map<string, string>();
    let evidenceId: string | undefined;
    let textBytes = 0;
    let totalBytes = 0;
    for await (const entry of entriesOf(zip, path)) {
      signal?.throwIfAborted();
      const match = /^(evd_[0-9a-z]{26})\/(.+)$/.exec(entry.fileName);
      if (match === null || (evidenceId !== undefined && match[1] !== evidenceId)) {
        throw invalid(path, `the entry ${JSON.stringify(entry.fileName)} does not lie below one evidence id`);
      }
      evidenceId = match[1] as string;
      const name = match[2] as string;
      requireHarmless(entry, name, path);
      // Many entries over the same bytes would make a small file endless work.
      totalBytes += entry.compressedSize;
      if (totalBytes > zip.fileSize) throw invalid(path, 'its entries overlap');
      if (entries.has(name)) throw invalid(path, `there are two entries ${JSON.stringify(name)}`);
      const keep = isText(name);
      if (keep) textBytes += entry.uncompressedSize;
      if (keep && (entry.uncompressedSize > maxTextBytes || textBytes > maxTextsBytes)) {
        throw invalid(path, `${name} is larger than any of ours`);
      }
      const { bytes, sha256, content } = await digest(await openEntry(zip, entry), keep, signal);
      entries.set(name, { bytes, sha256 });
      if (content !== undefined) texts.set(name, content.toString('utf8'));
      onFile?.(entries.size, zip.entryCount);
    }
    if (evidenceId === undefined || !entries.has('bagit.txt')) throw invalid(path, 'there is no bag in it');
    return { evidenceId, entries, text: name => texts.get(name) };
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof AppError
      ? error
      : invalid(path, error instanceof Error ? error.message : String(error), error);
  } finally {
    zip.close();
  }
}

/**
 * Hands one file of a bundle to `take`, as a stream, once its bytes are those that the bag's manifest names. Nothing else of
 * the bundle is checked.
 * @throws AppError `bundle_invalid` when the bundle has no such file, or another; and what `take` throws.
 */
export async function readBagFile<T>(
  path: string,
  { evidenceId, name, signal }: { evidenceId: string; name: string; signal?: AbortSignal },
  take: (source: Readable) => Promise<T>,
): Promise<T> {
  const zip = await openZip(path);
  try {
    const entry = await readable(path, signal, () => checkedEntry(zip, path, { evidenceId, name, signal }));
    return await take(Readable.from(chunksOf(zip, entry, path, signal)));
  } finally {
    zip.close();
  }
}

/** The entry of a file, whose bytes were read and are those of the manifest. */
async function checkedEntry(
  zip: ZipFile,
  path: string,
  { evidenceId, name, signal }: { evidenceId: string; name: string; signal: AbortSignal | undefined },
): Promise<Entry> {
  const manifestName = 'manifest-sha256.txt';
  const found = new Map<string, Entry>();
  if (zip.entryCount > maxEntries) throw invalid(path, `it has ${zip.entryCount} entries, more than ${maxEntries}`);
  for await (const entry of entriesOf(zip, path)) {
    signal?.throwIfAborted();
    const file = [name, manifestName].find(each => entry.fileName === `${evidenceId}/${each}`);
    if (file === undefined) continue;
    requireHarmless(entry, file, path);
    if (found.has(file)) throw invalid(path, `there are two entries ${JSON.stringify(file)}`);
    found.set(file, entry);
  }
  const entry = found.get(name);
  const manifest = found.get(manifestName);
  if (entry === undefined || manifest === undefined)
    throw invalid(path, `there is no ${entry === undefined ? name : manifestName} in it`);
  if (manifest.uncompressedSize > maxTextBytes) throw invalid(path, `${manifestName} is larger than any of ours`);
  const { content } = await digest(await openEntry(zip, manifest), true, signal);
  const { sha256 } = await digest(await openEntry(zip, entry), false, signal);
  if (!content?.toString('utf8').split('\n').includes(`${sha256}  ${name}`))
    throw invalid(path, `its ${name} is not the one that ${manifestName} names`);
  return entry;
}

async function* chunksOf(
  zip: ZipFile,
  entry: Entry,
  path: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const source = await readable(path, signal, () => openEntry(zip, entry));
  const chunks = source.iterator() as AsyncIterator<Buffer>;
  try {
    while (true) {
      const next = await readable(path, signal, () => chunks.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    source.destroy();
  }
}

/** What a reading of the bundle comes to; what breaks it is the bundle's. */
async function readable<T>(path: string, signal: AbortSignal | undefined, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof AppError
      ? error
      : invalid(path, error instanceof Error ? error.message : String(error), error);
  }
}

function openZip(path: string): Promise<ZipFile> {
  return promisify<string, object, ZipFile>(open as never)(path, {
    lazyEntries: true,
    autoClose: false,
    strictFileNames: true,
    validateEntrySizes: true,
  }).catch((cause: unknown) => {
    throw invalid(path, `it is no zip file (${cause instanceof Error ? cause.message : cause})`, cause);
  });
}

async function* entriesOf(zip: ZipFile, path: string): AsyncGenerator<Entry> {
  while (true) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      const off = () => {
        zip.off('entry', onEntry);
        zip.off('end', onEnd);
        zip.off('error', onError);
      };
      const onEntry = (found: Entry) => {
        off();
        resolve(found);
      };
      const onEnd = () => {
        off();
        resolve(undefined);
      };
      const onError = (error: Error) => {
        off();
        reject(invalid(path, error.message, error));
      };
      zip.once('entry', onEntry);
      zip.once('end', onEnd);
      zip.once('error', onError);
      zip.readEntry();
    });
    if (entry === undefined) return;
    yield entry;
  }
}

function requireHarmless(entry: Entry, name: string, path: string): void {
  const parts = name.split('/');
  const mode = entry.externalFileAttributes >>> 16;
  if (parts.some(part => part === '' || part === '.' || part === '..') || name.includes('\\') || name.includes('\0')) {
    throw invalid(path, `the entry ${JSON.stringify(name)} is no plain relative path`);
  }
  if ((mode & 0o170000) !== 0 && (mode & 0o170000) !== 0o100000)
    throw invalid(path, `the entry ${name} is no plain file`);
  if (entry.compressionMethod !== 0) throw invalid(path, `the entry ${name} is compressed; ours are stored`);
  if (entry.isEncrypted()) throw invalid(path, `the entry ${name} is encrypted`);
}

function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) reject(error);
      else resolve(stream as Readable);
    });
  });
}

async function digest(
  stream: Readable,
  keep: boolean,
  signal: AbortSignal | undefined,
): Promise<BagEntry & { content: Buffer | undefined }> {
  const hash = createHash('sha256');
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    signal?.throwIfAborted();
    hash.update(chunk);
    bytes += chunk.length;
    if (keep) parts.push(chunk);
  }
  return { bytes, sha256: hash.digest('hex'), content: keep ? Buffer.concat(parts) : undefined };
}

function invalid(path: string, why: string, cause?: unknown): AppError {
  return new AppError('bundle_invalid', `${path} is not an evidence bundle: ${why}.`, {
    hint: 'Ask for it again; it was changed or cut short on its way.',
    details: { path },
    cause,
  });
}
