import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../shared/errors.ts';

export interface WrittenFile {
  /** Hex. */
  sha256: string;
  bytes: number;
}

export interface DurableWrite {
  source: Readable;
  /** On the same file system as the target. */
  temporary: string;
  /** Where the file goes, told its digest; its folder exists by then. */
  target: (sha256: string) => string;
  /** What is written, for the message: `the file`. */
  what: string;
  signal?: AbortSignal;
  onBytes?: (bytes: number) => void;
}

/**
 * Writes what a stream yields, whole or not at all: under a temporary name, synced, then renamed; on disk when it resolves.
 * Throws AppError `disk_full`, else what the stream or the file system says. The temporary is gone either way.
 */
export async function writeDurably(write: DurableWrite): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      write.onBytes?.(bytes);
      done(null, chunk);
    },
  });
  try {
    await pipeline(write.source, measure, createWriteStream(write.temporary, { mode: 0o600, flush: true }), {
      ...(write.signal === undefined ? {} : { signal: write.signal }),
    });
    const sha256 = hash.digest('hex');
    const target = write.target(sha256);
    await rename(write.temporary, target);
    await syncFolder(dirname(target));
    return { sha256, bytes };
  } catch (error) {
    await rm(write.temporary, { force: true });
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOSPC') throw error;
    throw new AppError('disk_full', `The disk is full: ${write.what} was not written.`, {
      hint: 'Free some space and try again.',
      cause: error,
    });
  }
}

/** A name is durable when its folder is. Windows has no such call and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}
