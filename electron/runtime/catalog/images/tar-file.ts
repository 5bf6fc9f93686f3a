import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { AppError } from '../../../../shared/errors.ts';
import { temporaryName } from './scratch.ts';

export interface TarEntry {
  /** Path in the archive, `/`-separated, without a leading or trailing slash. */
  name: string;
  type: 'file' | 'directory' | 'symlink' | 'link';
  mode: number;
  uid?: number;
  gid?: number;
  linkname?: string;
  /** A file's content: a file on disk of exactly this size, or bytes. */
  file?: { path: string; size: number };
  content?: Buffer;
}

export interface TarFile {
  path: string;
  sha256: string;
  bytes: number;
}

const inMemoryBytes = 1024 * 1024;

/**
 * Writes a tar whose bytes depend on the entries alone: every time is 0, no user names. It appears whole under the
 * name that `nameOf` gives for its SHA-256, or not at all.
 */
export async function writeTar(
  entries: Iterable<TarEntry> | AsyncIterable<TarEntry>,
  folder: string,
  nameOf: (sha256: string) => string,
  signal?: AbortSignal,
): Promise<TarFile> {
  await mkdir(folder, { recursive: true });
  const temporary = temporaryName(`${folder}/tar`);
  const archive = pack();
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const written = pipeline(
      archive as unknown as NodeJS.ReadableStream,
      async function* (source: AsyncIterable<string | Buffer>) {
        for await (const piece of source) {
          const chunk = piece as Buffer;
          hash.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
      },
      createWriteStream(temporary),
      { ...(signal ? { signal } : {}) },
    );
    const fed = feed(archive, entries).catch(error => {
      archive.destroy(error as Error);
      throw error;
    });
    // The feeder's error says more than the pipe's, which only follows from it.
    const [first, second] = await Promise.allSettled([fed, written]);
    signal?.throwIfAborted();
    if (first.status === 'rejected') throw first.reason;
    if (second.status === 'rejected') throw second.reason;
    const sha256 = hash.digest('hex');
    const path = nameOf(sha256);
    await mkdir(dirname(path), { recursive: true });
    await rename(temporary, path);
    return { path, sha256, bytes };
  } catch (error) {
    await rm(temporary, { force: true });
    throw diskError(error);
  }
}

async function feed(
  archive: ReturnType<typeof pack>,
  entries: Iterable<TarEntry> | AsyncIterable<TarEntry>,
): Promise<void> {
  for await (const entry of entries) await addEntry(archive, entry);
  archive.finalize();
}

/** Adds one entry and returns once its bytes were taken. */
export async function addEntry(archive: ReturnType<typeof pack>, entry: TarEntry): Promise<void> {
  const header = {
    name: entry.type === 'directory' ? `${entry.name}/` : entry.name,
    type: entry.type,
    mode: entry.mode,
    uid: entry.uid ?? 0,
    gid: entry.gid ?? 0,
    mtime: new Date(0),
    ...(entry.linkname === undefined ? {} : { linkname: entry.linkname }),
  };
  const content =
    entry.content ?? (entry.file && entry.file.size <= inMemoryBytes ? await readFile(entry.file.path) : undefined);
  if (entry.type === 'file' && content === undefined && entry.file) {
    const sink = archive.entry({ ...header, size: entry.file.size });
    await pipeline(createReadStream(entry.file.path), sink as unknown as NodeJS.WritableStream);
    return;
  }
  if (entry.file && content && content.length !== entry.file.size) {
    throw new AppError('component_invalid', `${entry.file.path} changed while it was read.`, {
      hint: 'Try again once nothing writes there.',
    });
  }
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    if (entry.type === 'file') archive.entry(header, content ?? Buffer.alloc(0), done);
    else archive.entry(header, done);
  });
}

function diskError(error: unknown): unknown {
  if ((error as { code?: string }).code !== 'ENOSPC') return error;
  return new AppError('disk_full', 'The disk is full.', { hint: 'Free some space, then try again.', cause: error });
}
