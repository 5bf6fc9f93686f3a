import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Progress } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { byteProgress } from './byte-progress.ts';
import { writeDurably } from './durable-file.ts';

export interface FileSave {
  source: Readable;
  /** How many bytes are to come, as far as is known. */
  total: number;
  /** A file, or a folder that gets a file of this name. */
  to: string;
  name: string;
  overwrite: boolean;
  /** What is saved, for messages: `the bundle`. */
  what: string;
}

/** What a long save is told and tells. */
export interface SaveWork {
  signal: AbortSignal;
  progress: (step: Progress) => void;
}

/**
 * Writes a file where the user wants it, whole or not at all; nothing is left of one that was cancelled.
 * @throws AppError `conflict` when something is there, `file_not_found` without its folder, `usage` where nothing may be written.
 */
export async function saveFile(
  save: FileSave,
  { signal, progress }: SaveWork,
): Promise<{ path: string; bytes: number }> {
  const { source, what, overwrite } = save;
  try {
    const target = statSync(save.to, { throwIfNoEntry: false })?.isDirectory() ? join(save.to, save.name) : save.to;
    const there = statSync(target, { throwIfNoEntry: false });
    if (there !== undefined && (!overwrite || there.isDirectory())) {
      throw new AppError('conflict', `${target} is there already.`, { hint: 'Give another path, or --overwrite.' });
    }
    if (!existsSync(dirname(target))) throw new AppError('file_not_found', `There is no folder ${dirname(target)}.`);
    const { bytes } = await writeDurably({
      source,
      temporary: `${target}.${randomBytes(6).toString('hex')}.part`,
      target: () => target,
      what,
      signal,
      onBytes: byteProgress(`Saving ${what}`, save.total, progress),
    });
    return { path: target, bytes };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENAMETOOLONG'].includes(code)) throw error;
    throw new AppError('usage', `${save.to} cannot be written (${code}).`, {
      hint: 'Give a path in a folder that is yours.',
      cause: error,
    });
  } finally {
    source.destroy();
  }
}
