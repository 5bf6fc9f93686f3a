import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sqliteBinding } from '../../../../electron/runtime/base/sqlite-binding.ts';
import { giveBack, openDatabase, type Sqlite } from '../../../../electron/runtime/store/database.ts';

let home: string;
let path: string;
let sqlite: Sqlite;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-space-'));
  path = join(home, 'workspace.db');
});
afterEach(() => {
  sqlite.close();
  rmSync(home, { recursive: true, force: true });
});

function fillAndEmpty(): void {
  sqlite.exec('CREATE TABLE heap (bytes BLOB)');
  const insert = sqlite.prepare('INSERT INTO heap VALUES (zeroblob(4000))');
  sqlite.transaction(() => {
    for (let row = 0; row < 1000; row++) insert.run();
  })();
  sqlite.exec('DELETE FROM heap');
}

/** How often there was more to give back, up to a hundred times. */
function steps(): number {
  let count = 0;
  while (count < 100 && giveBack(sqlite, 300)) count++;
  return count;
}

it('What deletions freed is given back to the disk in steps, and then there is no more', () => {
  sqlite = openDatabase(path);
  fillAndEmpty();
  sqlite.pragma('wal_checkpoint(TRUNCATE)');
  const before = statSync(path).size;
  expect(steps()).toBe(3);
  expect(sqlite.pragma('freelist_count', { simple: true })).toBe(0);
  expect(statSync(path).size).toBeLessThan(before / 2);
});

it('The workspace of an older Proofbench that found no room to be rebuilt gives nothing back, and is not asked again and again', () => {
  sqlite = new Database(path, sqliteBinding());
  sqlite.pragma('journal_mode = WAL');
  fillAndEmpty();
  expect(steps()).toBe(0);
  expect(sqlite.pragma('freelist_count', { simple: true })).toBeGreaterThan(0);
});
