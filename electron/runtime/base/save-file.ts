import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import type { Progress } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { byteProgress } from './byte-progress.ts';
import { writeDurably } from './durable-file.ts';

export interface FileSave {
  /** Opens what is saved; called once nothing speaks against saving it. */
  source: () => Readable;
  /** How many bytes are to come, as far as is known. */
  total: number;
  /** Absolute: a file, or a folder that gets a file of this name. */
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

/** What the file system says of a path at which no file can be written. */
const unwritable = [
  'EACCES',
  'EBUSY',
  'EINVAL',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOTDIR',
  'EPERM',
  'EROFS',
  // A path with a NUL in it.
  'ERR_INVALID_ARG_VALUE',
];

/**
 * Writes a file where the user wants it, whole or not at all; nothing is left of one that was cancelled.
 * @throws AppError `conflict` when something is there that is not to be replaced, or no plain file; `file_not_found` without
 * its folder or what is saved; `usage` where nothing can be written.
 */
export async function saveFile(
  save: FileSave,
  { signal, progress }: SaveWork,
): Promise<{ path: string; bytes: number }> {
  const { what, overwrite } = save;
  try {
    const target = targetOf(save);
    // A link that leads nowhere is something too.
    const there = statSync(target, { throwIfNoEntry: false }) ?? lstatSync(target, { throwIfNoEntry: false });
    if (there !== undefined && !there.isFile()) {
      throw new AppError('conflict', `${target} is there already and is no plain file.`, {
        hint: 'Give another path.',
      });
    }
    if (there !== undefined && !overwrite) {
      throw new AppError('conflict', `${target} is there already.`, { hint: 'Give another path, or --overwrite.' });
    }
    if (!existsSync(dirname(target))) throw noFolder(dirname(target));
    signal.throwIfAborted();
    const { bytes } = await writeDurably({
      source: save.source(),
      temporary: `${target}.${randomBytes(6).toString('hex')}.part`,
      target: () => target,
      what,
      signal,
      onBytes: byteProgress(`Saving ${what}`, save.total, progress),
    });
    return { path: target, bytes };
  } catch (error) {
    const { code = '', path = save.to } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
    if (code === 'ENOENT') {
      throw new AppError('file_not_found', `Saving ${what}: ${path} is not there.`, { cause: error });
    }
    if (!unwritable.includes(code)) throw error;
    throw new AppError('usage', `${save.to} cannot be written (${code}).`, {
      hint: 'Give a path in a folder that is yours.',
      cause: error,
    });
  }
}

function targetOf({ to, name }: FileSave): string {
  if (!isAbsolute(to)) {
    throw new AppError('usage', `${JSON.stringify(to)} is no absolute path.`, { hint: 'Give the whole path.' });
  }
  if (statSync(to, { throwIfNoEntry: false })?.isDirectory()) return join(to, name);
  if (to.endsWith('/') || to.endsWith(sep)) throw noFolder(to);
  return to;
}

function noFolder(path: string): AppError {
  return new AppError('file_not_found', `There is no folder ${path}.`);
}
