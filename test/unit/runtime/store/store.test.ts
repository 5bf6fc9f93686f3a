import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate, openDatabase } from '../../../../electron/runtime/store/database.ts';
import { LeaseTable } from '../../../../electron/runtime/store/leases.ts';
import { migrations } from '../../../../electron/runtime/store/migrations.ts';
import { Store } from '../../../../electron/runtime/store/store.ts';

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-store-'));
  path = join(home, 'workspace.db');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const lease = (id: string, expires_at_ms: number) => ({
  id,
  label: null,
  runtime_id: 'rt_1',
  session: null,
  caller_pid: null,
  created_at_ms: 1,
  expires_at_ms,
});
const file = (id: string, sha256: string, lease_id: string | null = null) => ({
  id,
  name: id,
  type: 'image',
  media_type: 'image/jpeg',
  sha256,
  readme: '',
  lease_id,
  created_at_ms: 1,
});
const deployment = (id: string, status: 'deploying' | 'gone', lease_id: string | null = null) => ({
  id,
  backend_id: 'bck_1',
  runtime_id: 'rt_1',
  status,
  lease_id,
  debug: 0 as const,
  fixed: 0 as const,
  generation: 1,
  plan: '{}',
  network_name: id,
  subnet: null,
  error: null,
  expires_at_ms: null,
  created_at_ms: 1,
  ended_at_ms: null,
});

describe('the database of a workspace', () => {
  it('is made from nothing, each version of the schema in turn', () => {
    using sqlite = disposable(openDatabase(path));
    expect(sqlite.of.pragma('user_version', { simple: true })).toBe(migrations.length);
    expect(sqlite.of.pragma('foreign_key_check')).toEqual([]);
    const tables = sqlite.of.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck().all();
    expect(tables).toEqual(
      expect.arrayContaining(['leases', 'blobs', 'files', 'versions', 'backends', 'operations', 'deployments', 'runs']),
    );
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is the same when it is opened again', () => {
    using first = new Store(home);
    first.settings.set('port', '7420');
    const id = first.workspaceId;
    first[Symbol.dispose]();
    using second = new Store(home);
    expect(second.settings.get('port')).toBe('7420');
    expect(second.workspaceId).toBe(id);
  });

  it('is refused and left alone when a newer Proofbench made it', () => {
    openDatabase(path).close();
    const sqlite = new Database(path);
    sqlite.pragma(`user_version = ${migrations.length + 1}`);
    sqlite.close();
    const before = readFileSync(path);
    expect(() => openDatabase(path)).toThrow(
      expect.objectContaining({ code: 'workspace_newer', details: expect.objectContaining({ path }) }),
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it.each<[string, (sound: Buffer) => Buffer]>([
    ['no database at all', () => Buffer.from('this is no database, whatever its name says. '.repeat(400))],
    ['one with a page overwritten', sound => Buffer.from(sound).fill(0x5a, 4096, 5 * 4096)],
    ['one cut short', sound => sound.subarray(0, sound.length - 6000)],
  ])('is reported as damaged and not a byte of it is changed: %s', (_how, damage) => {
    openDatabase(path).close();
    writeFileSync(path, damage(readFileSync(path)));
    const before = readFileSync(path);
    expect(() => openDatabase(path)).toThrow(
      expect.objectContaining({ code: 'workspace_damaged', message: expect.stringContaining(path) }),
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('keeps all of a transaction or none of it', () => {
    using store = new Store(home);
    expect(() =>
      store.transaction(() => {
        store.settings.set('kept', 'no');
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(store.settings.get('kept')).toBeUndefined();
  });
});

describe('blobs', () => {
  const stored = () =>
    readdirSync(join(home, 'blobs'), { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());

  it('keep the same bytes once', async () => {
    using store = new Store(home);
    const first = await store.blobs.putBytes(Buffer.from('abc'));
    const second = await store.blobs.put(Readable.from([Buffer.from('a'), Buffer.from('bc')]));
    expect(second).toEqual(first);
    expect(first).toEqual({ sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', bytes: 3 });
    expect(stored().map(entry => entry.name)).toEqual([first.sha256]);
    expect(readFileSync(store.blobs.path(first.sha256), 'utf8')).toBe('abc');
  });

  it('are collected when no row names them, and not while their owner is on its way', async () => {
    using store = new Store(home);
    const kept = await store.blobs.putBytes(Buffer.from('kept'));
    store.files.insert(file('fil_1', kept.sha256));
    store.blobs.settled(kept.sha256);
    const proven = await store.blobs.putBytes(Buffer.from('named by evidence'));
    store.evidence.keep('evd_1', 'lse_1', { kind: 'blob', id: proven.sha256 });
    store.blobs.settled(proven.sha256);
    const left = await store.blobs.putBytes(Buffer.from('left'));
    expect(store.blobs.collect()).toBe(0);
    store.blobs.settled(left.sha256);
    expect(store.blobs.collect()).toBe(1);
    expect([kept, proven, left].map(({ sha256 }) => store.blobs.has(sha256))).toEqual([true, true, false]);
    store.files.delete('fil_1');
    expect(store.blobs.collect()).toBe(1);
    expect(store.blobs.has(kept.sha256)).toBe(false);
  });

  it('that a crash left half written, or without their row, are swept', async () => {
    const first = new Store(home);
    const { sha256 } = await first.blobs.putBytes(Buffer.from('whole'));
    first[Symbol.dispose]();
    writeFileSync(join(home, 'blobs', 'tmp', 'half-written'), 'hal');
    writeFileSync(join(home, 'blobs', sha256.slice(0, 2), `${sha256.slice(0, 2)}${'0'.repeat(62)}`), 'no row');
    using store = new Store(home);
    expect(readdirSync(join(home, 'blobs', 'tmp'))).toEqual([]);
    expect(store.blobs.sweepFiles()).toBe(1);
    expect(stored().map(entry => entry.name)).toEqual([sha256]);
  });

  it('that break off leave nothing behind', async () => {
    using store = new Store(home);
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('the disk was pulled');
      })(),
    );
    await expect(store.blobs.put(broken)).rejects.toThrow('the disk was pulled');
    await expect(store.blobs.put(Readable.from([Buffer.from('x')]), AbortSignal.abort())).rejects.toThrow();
    expect(stored()).toEqual([]);
  });

  it('that could not be put in their place count as on their way no more', async () => {
    using store = new Store(home);
    const { sha256 } = await store.blobs.putBytes(Buffer.from('abc'));
    const place = store.blobs.path(sha256);
    rmSync(place);
    mkdirSync(place);
    await expect(store.blobs.putBytes(Buffer.from('abc'))).rejects.toThrow();
    rmdirSync(place);
    store.blobs.settled(sha256);
    expect(store.blobs.collect()).toBe(1);
  });
});

describe('leases', () => {
  it('never take in what the workspace owns, or what another lease owns', async () => {
    using store = new Store(home);
    const { sha256 } = await store.blobs.putBytes(Buffer.from('x'));
    for (const id of ['lse_1', 'lse_2']) store.leases.insert(lease(id, 10));
    store.files.insert(file('fil_1', sha256));
    store.files.insert(file('fil_2', sha256, 'lse_1'));
    store.backends.insert({ id: 'bck_1', name: 'one', lease_id: null, created_at_ms: 1 });
    store.deployments.insert(deployment('dep_1', 'gone'), []);
    using sqlite = disposable(new Database(path));
    for (const [table, id] of [
      ['files', 'fil_1'],
      ['files', 'fil_2'],
      ['backends', 'bck_1'],
      ['deployments', 'dep_1'],
    ]) {
      const enter = sqlite.of.prepare(`UPDATE ${table} SET lease_id = 'lse_2' WHERE id = ?`);
      expect(() => enter.run(id), `${table} ${id}`).toThrow('a resource enters a lease only when it is made');
    }
    store.leases.releaseAll('lse_1');
    expect(store.files.get('fil_2')?.lease_id).toBeNull();
  });

  it('that are due are found by the index on expiry', () => {
    using sqlite = disposable(openDatabase(path));
    const prepared: string[] = [];
    const prepare = sqlite.of.prepare.bind(sqlite.of);
    sqlite.of.prepare = ((text: string) => {
      prepared.push(text);
      return prepare(text);
    }) as typeof sqlite.of.prepare;
    const leases = new LeaseTable(sqlite.of);
    for (const [id, at] of [
      ['lse_3', 300],
      ['lse_1', 100],
      ['lse_2', 200],
    ] as const)
      leases.insert(lease(id, at));
    expect(leases.due(200)).toEqual(['lse_1', 'lse_2']);
    leases.beginClosing('lse_2', 'rolled_back');
    expect(leases.due(200)).toEqual(['lse_1', 'lse_2']);
    leases.finish('lse_2', { removed: [], kept: [] } as never, 1);
    expect(leases.due(200)).toEqual(['lse_1']);
    const due = prepared.find(text => text.includes('expires_at_ms <= ?')) as string;
    const plan = prepare(`EXPLAIN QUERY PLAN ${due}`).all(1) as { detail: string }[];
    expect(plan.map(({ detail }) => detail).join('\n')).toContain('leases_live_by_expiry');
    expect(plan.map(({ detail }) => detail).join('\n')).not.toContain('TEMP B-TREE');
  });

  it('close once', () => {
    using store = new Store(home);
    store.leases.insert(lease('lse_1', 10));
    expect(store.leases.beginClosing('lse_1', 'rolled_back')).toBe(true);
    expect(store.leases.beginClosing('lse_1', 'committed')).toBe(false);
    store.leases.finish('lse_1', { removed: [], kept: [] } as never, 5);
    expect(store.leases.get('lse_1')).toMatchObject({ state: 'rolled_back', closed_at_ms: 5 });
  });
});

describe('runs', () => {
  const run = (id: string, name: string) => ({
    id,
    kind: 'proof' as const,
    name,
    mode: 'live_fixture',
    state: 'running' as const,
    lease_id: 'lse_1',
    keep_lease: 0 as const,
    manifest_path: '/proof.yml',
    manifest: '',
    plan: '{}',
    vertex_count: 3,
    created_at_ms: 1,
  });

  it('are numbered by name', () => {
    using store = new Store(home);
    store.leases.insert(lease('lse_1', 10));
    for (const [id, name] of [
      ['run_1', 'pets'],
      ['run_2', 'words'],
      ['run_3', 'pets'],
    ] as const)
      store.runs.insert(run(id, name));
    expect(store.runs.list().map(({ id, number }) => [id, number])).toEqual([
      ['run_3', 2],
      ['run_2', 1],
      ['run_1', 1],
    ]);
  });

  it('keep the bytes they froze and captured', async () => {
    using store = new Store(home);
    store.leases.insert(lease('lse_1', 10));
    store.runs.insert(run('run_1', 'pets'), ['dog', 'cat']);
    const fixture = await store.blobs.putBytes(Buffer.from('a dog'));
    const frame = await store.blobs.putBytes(Buffer.from('[]'));
    store.runs.freeze('run_1', 'dog', { id: 'fil_1', media_type: 'image/jpeg', sha256: fixture.sha256 });
    store.runs.finishCase('run_1', { name: 'dog', verdict: 'pass', warnings: 1, latency_ms: 2.5, result: '{}' }, [
      frame.sha256,
      frame.sha256,
    ]);
    for (const { sha256 } of [fixture, frame]) store.blobs.settled(sha256);
    expect(store.blobs.collect()).toBe(0);
    expect(store.runs.fixtures('run_1')).toEqual([
      { name: 'dog', file_id: 'fil_1', sha256: fixture.sha256, bytes: 5, media_type: 'image/jpeg' },
    ]);
    expect(store.runs.everyCase()).toEqual([
      { run_id: 'run_1', name: 'dog', verdict: 'pass', warnings: 1, latency_ms: 2.5 },
      { run_id: 'run_1', name: 'cat', verdict: null, warnings: 0, latency_ms: null },
    ]);
  });

  it('of the first schema get their numbers, cases and deployment from what they told', () => {
    const old = new Database(path);
    migrate(old, path, 1);
    old.exec(`
      INSERT INTO leases (id, state, runtime_id, created_at_ms, expires_at_ms) VALUES ('lse_1', 'open', 'rt_1', 1, 2);
      INSERT INTO deployments (id, backend_id, runtime_id, status, debug, plan, network_name, created_at_ms)
        VALUES ('dep_1', 'bck_1', 'rt_1', 'gone', 0, '{}', 'n', 1);
      INSERT INTO containers (id, deployment_id, vertex_id, alias, status) VALUES ('ctr_1', 'dep_1', 'vtx_1', 'cut', 'exited');
    `);
    const insert = old.prepare(
      `INSERT INTO runs (id, kind, name, state, lease_id, keep_lease, manifest_path, manifest, created_at_ms)
       VALUES (?, 'proof', ?, 'done', 'lse_1', 0, '/proof.yml', '', ?)`,
    );
    insert.run('run_b', 'pets', 2);
    insert.run('run_a', 'pets', 3);
    insert.run('run_c', 'words', 1);
    const tell = old.prepare('INSERT INTO events (run_id, seq, body) VALUES (?, ?, ?)');
    tell.run('run_b', 1, JSON.stringify({ type: 'deploy_started', deployment_id: 'dep_1' }));
    tell.run('run_b', 2, JSON.stringify({ type: 'case', name: 'dog', verdict: 'pass', latency_ms: 4.5 }));
    tell.run(
      'run_b',
      3,
      JSON.stringify({ type: 'case', name: 'cat', verdict: 'fail', latency_ms: null, reasons: ['x'] }),
    );
    old.close();

    using store = new Store(home);
    expect(store.runs.list().map(({ id, number }) => [id, number])).toEqual([
      ['run_a', 2],
      ['run_b', 1],
      ['run_c', 1],
    ]);
    expect(store.runs.get('run_b')).toMatchObject({ deployment_id: 'dep_1', vertex_count: 1, plan: null, unit: null });
    expect(store.runs.cases('run_b').map(({ name, result }) => [name, JSON.parse(result as string)])).toEqual([
      ['dog', expect.objectContaining({ verdict: 'pass', latency_ms: 4.5, reasons: [], frames: [] })],
      ['cat', expect.objectContaining({ verdict: 'fail', latency_ms: null, reasons: ['x'] })],
    ]);
  });
});

describe('deployments', () => {
  it('are live once a backend', () => {
    using store = new Store(home);
    store.deployments.insert(deployment('dep_1', 'deploying'), [{ id: 'ctr_1', vertex_id: 'vtx_1', alias: 'cut' }]);
    expect(() =>
      store.deployments.insert(deployment('dep_2', 'deploying'), [{ id: 'ctr_2', vertex_id: 'vtx_1', alias: 'cut' }]),
    ).toThrow(/UNIQUE/);
    expect(store.deployments.containers().map(({ id }) => id)).toEqual(['ctr_1']);
    store.deployments.setStatus('dep_1', 'tearing_down');
    expect(() => store.deployments.insert(deployment('dep_2', 'deploying'), [])).toThrow(/UNIQUE/);
    store.deployments.setStatus('dep_1', 'gone');
    store.deployments.insert(deployment('dep_2', 'deploying'), []);
    expect(store.deployments.ofBackend('bck_1')?.id).toBe('dep_2');
  });

  it('that are gone have no containers left, whether a host saw them end or not', () => {
    using store = new Store(home);
    store.deployments.insert(deployment('dep_1', 'deploying'), [{ id: 'ctr_1', vertex_id: 'vtx_1', alias: 'cut' }]);
    store.deployments.setStatus('dep_1', 'gone');
    expect(store.deployments.container('ctr_1')).toMatchObject({ status: 'exited', ended_at_ms: expect.any(Number) });
  });
});

describe('files that a host did not live to finish', () => {
  it('are swept, with bundles whose evidence was not recorded; what people saved stays', () => {
    using store = new Store(home);
    const unfinished = ['debug/lse_1.zip.0a.part', 'keys/signing.pem.0a.part', 'reports/evd_1.html.0a.part'];
    const kept = ['debug/lse_1.zip', 'keys/signing.pem', 'reports/evd_1.html'];
    for (const name of [...unfinished, ...kept, 'bundles/evd_1.proof']) {
      mkdirSync(join(home, name, '..'), { recursive: true });
      writeFileSync(join(home, name), '');
    }
    store.sweepUnfinished();
    expect([...unfinished, ...kept].filter(name => existsSync(join(home, name)))).toEqual(kept);
    expect(readdirSync(join(home, 'bundles'))).toEqual([]);
  });
});

function disposable(of: Database.Database): { of: Database.Database } & Disposable {
  return { of, [Symbol.dispose]: () => of.close() };
}
