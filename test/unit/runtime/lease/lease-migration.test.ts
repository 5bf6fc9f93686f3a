import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Leases } from '../../../../electron/runtime/lease/leases.ts';
import { migrate } from '../../../../electron/runtime/store/database.ts';
import { Store } from '../../../../electron/runtime/store/store.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-older-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

it('A lease that an older Proofbench had begun to close is ended by this one, with a receipt of what was left and what had gone', async () => {
  const path = join(home, 'workspace.db');
  const old = new Database(path);
  migrate(old, path, 3);
  const receipt = { removed: [{ kind: 'deployment', id: 'dep_1' }], saved: [], kept: [], failed: [] };
  old.exec(`
    INSERT INTO leases (id, state, outcome, runtime_id, created_at_ms, expires_at_ms, receipt)
      VALUES ('lse_1', 'closing', 'expired', 'rt_1', 1, 2, '${JSON.stringify(receipt)}');
    INSERT INTO blobs VALUES ('${'a'.repeat(64)}', 1, 1), ('${'b'.repeat(64)}', 1, 1);
    INSERT INTO files VALUES ('fil_1', 'one', 'text', 'text/plain', '${'a'.repeat(64)}', '', 'lse_1', 1);
    INSERT INTO files VALUES ('fil_2', 'two', 'text', 'text/plain', '${'b'.repeat(64)}', '', NULL, 1);
  `);
  old.close();

  using store = new Store(home);
  using leases = new Leases({
    store,
    discard: {
      deployment: async () => undefined,
      backend: () => undefined,
      version: () => undefined,
      file: id => store.files.delete(id),
      image: async () => true,
    },
    log: () => undefined,
  });
  await leases.sweep();
  expect(store.leases.get('lse_1')).toMatchObject({
    state: 'expired',
    receipt: { ...receipt, removed: [...receipt.removed, { kind: 'file', id: 'fil_1', name: 'one' }] },
  });
  expect(store.blobs.get('a'.repeat(64))).toBeUndefined();
  expect(store.blobs.get('b'.repeat(64)), 'what a file still has stays').toBeDefined();
});

it('The database of an older Proofbench gives space back from its first opening on', async () => {
  const path = join(home, 'workspace.db');
  const old = new Database(path);
  migrate(old, path, 3);
  old.close();
  new Store(home)[Symbol.dispose]();
  const sqlite = new Database(path, { readonly: true });
  expect(sqlite.pragma('auto_vacuum', { simple: true })).toBe(2);
  expect(sqlite.pragma('foreign_key_check')).toEqual([]);
  sqlite.close();
});
