import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { sqliteBinding } from '../runtime/base/sqlite-binding.ts';

/**
 * Ownership of a workspace: an exclusive lock on a small SQLite file, which the system gives back when its holder ends, however
 * it ends. Undefined when another process holds it.
 */
export async function takeLock(home: string): Promise<Disposable | undefined> {
  requireSqlite();
  const { default: Database } = await import('better-sqlite3');
  const path = join(home, 'lock.db');
  closeSync(openSync(path, 'a', 0o600));
  const sqlite = new Database(path, { timeout: 0, ...sqliteBinding() });
  try {
    sqlite.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    sqlite.close();
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => sqlite.close() };
}

/** better-sqlite3 ends the process without a word on a Node without N-API 10, so this is asked before it is loaded. */
export function requireSqlite(): void {
  if (Number(process.versions.napi) >= 10 || sqliteBinding().nativeBinding !== undefined) return;
  throw new AppError('usage', `This Node (${process.version}) is too old to open a workspace.`, {
    hint: 'Use Node 22.14 or newer, or start Proofbench through its own scripts: npm run -s ppl -- …',
  });
}
