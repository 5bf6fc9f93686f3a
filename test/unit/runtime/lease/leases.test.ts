import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Leases } from '../../../../electron/runtime/lease/leases.ts';
import { Store } from '../../../../electron/runtime/store/store.ts';
import { newId } from '../../../../shared/ids.ts';

let home: string;
let store: Store;
let leases: Leases;
const work = { signal: new AbortController().signal, progress: () => undefined };

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-leases-'));
  store = new Store(home);
  leases = leasesOf(store);
});
afterEach(() => {
  leases[Symbol.dispose]();
  store[Symbol.dispose]();
  rmSync(home, { recursive: true, force: true });
});

/** What is discarded goes from the database alone: there is no engine here. */
function leasesOf(of: Store): Leases {
  return new Leases({
    store: of,
    discard: {
      deployment: async id => of.deployments.setStatus(id, 'gone'),
      backend: id => of.backends.delete(id),
      version: id => of.components.deleteVersion(id),
      file: id => of.files.delete(id),
      image: async () => true,
    },
    log: () => undefined,
  });
}

function open(label?: string): string {
  return leases.open({ runtimeId: 'rt_local', label }).id;
}

async function addFile(leaseId: string | null, name = 'a file'): Promise<string> {
  const id = newId('file');
  const { sha256 } = await store.blobs.putBytes(Buffer.from(id));
  const file = { id, name, type: 'text', media_type: 'text/plain', sha256, readme: '', created_at_ms: 1 };
  store.transaction(() => store.files.insert({ ...file, lease_id: leaseId }));
  return id;
}

function addBackend(leaseId: string | null): string {
  const id = newId('backend');
  store.transaction(() => store.backends.insert({ id, name: id, lease_id: leaseId, created_at_ms: 1 }));
  return id;
}

function bind(backend: string, file: string): void {
  store.transaction(() =>
    store.backends.append({
      backend_id: backend,
      seq: 1,
      type: 'add-file',
      payload: JSON.stringify({ vertex_id: 'v', key: 'k', file_id: file }),
      inverse: '{}',
      prev_hash: '',
      hash: '',
      at_ms: 1,
      step: 1,
      undoes: null,
      redoes: null,
    }),
  );
}

function addDeployment(leaseId: string | null, backend: string): string {
  const id = newId('deployment');
  const times = { expires_at_ms: null, created_at_ms: 1, ended_at_ms: null };
  store.transaction(() =>
    store.deployments.insert(
      {
        id,
        backend_id: backend,
        runtime_id: 'rt_local',
        status: 'running',
        lease_id: leaseId,
        debug: 0,
        plan: '{}',
        network_name: 'n',
        subnet: null,
        error: null,
        fixed: 0,
        generation: 1,
        ...times,
      },
      [],
    ),
  );
  return id;
}

/** The database as any other program may open it. */
function raw(): Database.Database {
  return new Database(join(home, 'workspace.db'));
}

describe('What a lease owns', () => {
  it('is handed over one by one, with what it cannot be without, and the rest goes', async () => {
    const lease = open();
    const [bound, other] = [await addFile(lease, 'bound'), await addFile(lease, 'other')];
    const backend = addBackend(lease);
    bind(backend, bound);
    const deployment = addDeployment(lease, backend);
    expect(leases.promote(lease, [deployment]).map(({ id }) => id)).toEqual([deployment, backend, bound]);
    const receipt = await leases.rollback(lease);
    expect(receipt.kept.map(({ id }) => id)).toEqual([deployment, backend, bound]);
    expect(receipt.removed.map(({ id }) => id)).toEqual([other]);
    expect(store.deployments.get(deployment)).toMatchObject({ status: 'running', lease_id: null });
  });

  it('is handed over by a name that only one thing has', async () => {
    const lease = open();
    const file = await addFile(lease, 'report');
    await addFile(lease, 'twice');
    await addFile(lease, 'twice');
    expect(leases.promote(lease, ['report'])).toEqual([{ kind: 'file', id: file, name: 'report' }]);
    expect(() => leases.promote(lease, ['twice'])).toThrow(expect.objectContaining({ code: 'ambiguous' }));
    expect(() => leases.promote(lease, ['never'])).toThrow(expect.objectContaining({ code: 'not_found' }));
    expect(() => leases.promote(lease, ['report'])).toThrow(expect.objectContaining({ code: 'not_found' }));
  });

  it('comes to it only while it is open', async () => {
    const lease = open();
    await leases.rollback(lease);
    await expect(addFile(lease)).rejects.toMatchObject({ code: 'lease_closed' });
    expect(() => addBackend(lease)).toThrow(expect.objectContaining({ code: 'lease_closed' }));
  });

  it('never goes back to it, whoever asks', async () => {
    const lease = open();
    const file = await addFile(null);
    const sqlite = raw();
    expect(() => sqlite.prepare('UPDATE files SET lease_id = ? WHERE id = ?').run(lease, file)).toThrow(
      'enters a lease only when it is made',
    );
    sqlite.close();
  });

  it('is not needed by a backend that stays when it goes', async () => {
    const lease = open();
    const file = await addFile(lease);
    const [outside, inside] = [addBackend(null), addBackend(lease)];
    expect(() => bind(outside, file)).toThrow(
      expect.objectContaining({ code: 'conflict', hint: expect.stringContaining('promote') }),
    );
    bind(inside, file);
    leases.promote(lease, [file]);
    bind(outside, file);
  });

  it('is gone before it has ended, or it has not ended', async () => {
    const lease = open();
    await addFile(lease);
    const sqlite = raw();
    sqlite.pragma('foreign_keys = ON');
    const become = (state: string) => sqlite.prepare('UPDATE leases SET state = ? WHERE id = ?').run(state, lease);
    expect(() => become('rolled_back')).toThrow('from open to closing to its outcome');
    sqlite.prepare(`UPDATE leases SET outcome = 'expired' WHERE id = ?`).run(lease);
    become('closing');
    expect(() => become('open')).toThrow('from open to closing to its outcome');
    expect(() => become('committed')).toThrow('from open to closing to its outcome');
    expect(() => become('expired')).toThrow('owns nothing');
    expect(() => sqlite.prepare('DELETE FROM leases WHERE id = ?').run(lease)).toThrow('ends before it is forgotten');
    sqlite.close();
    await leases.rollback(lease);
    const again = raw();
    expect(() => again.prepare(`UPDATE leases SET state = 'open' WHERE id = ?`).run(lease)).toThrow(
      'from open to closing to its outcome',
    );
    again.close();
  });
});

describe('A lease that has ended', () => {
  it('keeps the result it was given, until it is deleted with its logs', async () => {
    const lease = open();
    leases.setResult(lease, { accuracy: 0.93 });
    expect(() => leases.delete(lease)).toThrow(expect.objectContaining({ code: 'conflict' }));
    expect(() => leases.setResult(lease, 'x'.repeat(2 ** 20))).toThrow(expect.objectContaining({ code: 'usage' }));
    const deployment = addDeployment(lease, addBackend(lease));
    mkdirSync(store.logsOf(deployment), { recursive: true });
    writeFileSync(join(store.logsOf(deployment), 'stdout.log'), 'hello');
    await leases.rollback(lease);
    expect(JSON.parse(store.leases.get(lease)?.result ?? '')).toEqual({ accuracy: 0.93 });
    leases.delete(lease);
    expect(store.leases.get(lease)).toBeUndefined();
    expect(store.deployments.get(deployment)).toBeUndefined();
    expect(existsSync(store.logsOf(deployment))).toBe(false);
  });

  it('leaves no logs when a host died between forgetting it and removing them', () => {
    mkdirSync(store.logsOf('dep_forgotten'), { recursive: true });
    store.sweepLogs();
    expect(existsSync(store.logsOf('dep_forgotten'))).toBe(false);
  });
});

describe('Many leases', () => {
  it('are deleted by label, state and age, those that are open after they were rolled back', async () => {
    const [ci, other] = [open('ci'), open('other')];
    const file = await addFile(ci);
    await leases.rollback(open('ci'));
    expect(await leases.deleteAll({ label: 'ci', createdUntilMs: 1 }, work)).toMatchObject({ matched: 0 });
    expect(await leases.deleteAll({ label: 'ci', state: 'rolled_back' }, work)).toMatchObject({
      matched: 1,
      deleted: 1,
    });
    expect(await leases.deleteAll({ label: 'ci' }, work)).toEqual({ matched: 1, deleted: 1, failed: [] });
    expect(store.files.get(file)).toBeUndefined();
    expect(store.leases.list({}, 10).map(({ id }) => id)).toEqual([other]);
  });

  it('are listed the newest first, at most as many as are asked for, and counted whole', () => {
    const ids = Array.from({ length: 5 }, () => open('ci'));
    open('other');
    expect(store.leases.list({ label: 'ci' }, 2).map(({ id }) => id)).toEqual(ids.slice(-2).reverse());
    expect(store.leases.count({ label: 'ci' })).toBe(5);
  });

  it('give their space back to the disk when they are deleted', async () => {
    const lease = open();
    leases.setResult(lease, 'x'.repeat(900_000));
    for (let index = 0; index < 20; index++) leases.setResult(open('big'), 'x'.repeat(900_000));
    const path = join(home, 'workspace.db');
    const sqlite = raw();
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
    const before = statSync(path).size;
    await leases.deleteAll({ label: 'big' }, work);
    await store.giveBack();
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
    sqlite.close();
    expect(statSync(path).size).toBeLessThan(before / 4);
  });
});
