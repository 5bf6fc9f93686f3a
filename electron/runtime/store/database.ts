import { closeSync, existsSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { AppError } from '../../../shared/errors.ts';
import { sqliteBinding } from '../base/sqlite-binding.ts';
import { migrations } from './migrations.ts';

export type Sqlite = Database.Database;

/** As `PRAGMA auto_vacuum` tells it. */
const incrementalVacuum = 2;

/**
 * Opens the workspace's database, bringing its schema up to date. A commit is on disk before it returns.
 * @throws AppError `workspace_newer` when a newer Proofbench made it, `workspace_damaged` when it is no sound
 * database: it is reported and never overwritten.
 */
export function openDatabase(path: string): Sqlite {
  const existed = existsSync(path);
  let sqlite: Sqlite | undefined;
  try {
    // SQLite gives the files beside it the mode of this one.
    if (!existed) closeSync(openSync(path, 'a', 0o600));
    sqlite = new Database(path, sqliteBinding());
    // Space that was freed is given back to the disk, a little at a time (`giveBack`); it has to be said before there are tables.
    if (!existed) sqlite.pragma('auto_vacuum = INCREMENTAL');
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma('fullfsync = ON');
    sqlite.pragma('checkpoint_fullfsync = ON');
    sqlite.pragma('foreign_keys = ON');
    sqlite.pragma('busy_timeout = 5000');
    // KiB. A workspace of a hundred thousand leases is searched from memory.
    sqlite.pragma('cache_size = -65536');
    if (existed && sqlite.pragma('quick_check', { simple: true }) !== 'ok') throw damaged(path);
    migrate(sqlite, path);
    if (sqlite.pragma('auto_vacuum', { simple: true }) !== incrementalVacuum) rebuild(sqlite);
    return sqlite;
  } catch (error) {
    sqlite?.close();
    throw databaseError(error, path);
  }
}

/** Gives freed pages back to the disk, `pages` at most; true when there are more that can be. */
export function giveBack(sqlite: Sqlite, pages: number): boolean {
  const before = freePages(sqlite);
  sqlite.pragma(`incremental_vacuum(${pages})`);
  const left = freePages(sqlite);
  if (left === 0) sqlite.pragma('wal_checkpoint(TRUNCATE)');
  // One of an older Proofbench that could not be rebuilt gives none.
  return left > 0 && left < before;
}

function freePages(sqlite: Sqlite): number {
  return sqlite.pragma('freelist_count', { simple: true }) as number;
}

/** Once for a database of an older Proofbench. It takes as much space again for a moment: where there is none, the next opening tries. */
function rebuild(sqlite: Sqlite): void {
  sqlite.pragma('auto_vacuum = INCREMENTAL');
  try {
    sqlite.exec('VACUUM');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'SQLITE_FULL')) throw error;
  }
}

/** Applies the migrations from the file's version up to `upTo`, each in a transaction of its own. */
export function migrate(sqlite: Sqlite, path: string, upTo: number = migrations.length): void {
  const version = sqlite.pragma('user_version', { simple: true }) as number;
  if (version > migrations.length) {
    throw new AppError('workspace_newer', `The workspace ${path} was made by a newer Proofbench (schema ${version}).`, {
      hint: 'Install the newest Proofbench, or point PROOFBENCH_HOME at another folder.',
      details: { path, version, known: migrations.length },
    });
  }
  for (let next = version; next < upTo; next++) {
    sqlite.transaction(() => {
      sqlite.exec(migrations[next] as string);
      sqlite.pragma(`user_version = ${next + 1}`);
    })();
  }
}

/** SQLite's errors as ours; anything else unchanged. */
export function databaseError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'SQLITE_FULL') {
    return new AppError('disk_full', `The disk is full: ${path} could not be written.`, {
      hint: 'Free some space and try again; nothing that was acknowledged is lost.',
      cause: error,
    });
  }
  if (error.code === 'SQLITE_CONSTRAINT_TRIGGER' && error.message === 'lease_closed') {
    return new AppError('lease_closed', 'The lease closed before this was made: nothing was made.', {
      hint: 'Open another: ppl lease create.',
      cause: error,
    });
  }
  if (error.code === 'SQLITE_CONSTRAINT_TRIGGER' && error.message === 'owned_by_lease') {
    return new AppError('conflict', 'It is owned by a lease, and would go with it from under a backend that is not.', {
      hint: 'Hand it to the workspace first (ppl lease promote), or make the backend under the same lease.',
      cause: error,
    });
  }
  if (error.code === 'SQLITE_CONSTRAINT_TRIGGER' && error.message === 'backend_of_lease') {
    return new AppError(
      'conflict',
      'The backend is owned by a lease, and would go with it from under its deployment.',
      {
        hint: 'Deploy it under the same lease (--lease), or hand it to the workspace first: ppl lease promote.',
        cause: error,
      },
    );
  }
  if (error.code === 'SQLITE_CORRUPT' || error.code === 'SQLITE_NOTADB') return damaged(path, error);
  return error;
}

function damaged(path: string, cause?: unknown): AppError {
  return new AppError('workspace_damaged', `The workspace database ${path} is damaged and was left as it is.`, {
    hint: 'Restore it from a backup, or point PROOFBENCH_HOME at another folder to start afresh.',
    details: { path },
    ...(cause === undefined ? {} : { cause }),
  });
}
