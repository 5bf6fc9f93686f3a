import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Leases } from '../../electron/runtime/lease/leases.ts';
import { Store } from '../../electron/runtime/store/store.ts';
import { newId } from '../../shared/ids.ts';
import { against, type Row, row, timed } from './support/measure.ts';

const leaseCount = 100_000;
const ownedEach = 10;
const expired = 1_000;
const rounds = 5;
const rowsAtOnce = 200;

/** 100,000 leases that own 1,000,000 rows: opened, listed, and the 1,000 that have expired found and ended. */
export async function leases(): Promise<Row[]> {
  const dir = mkdtempSync(join(tmpdir(), 'proofbench-leases-'));
  try {
    using store = new Store(join(dir, 'home'));
    using service = leasesOf(store);
    const path = join(store.home, 'workspace.db');
    const { sha256 } = await store.blobs.putBytes(Buffer.from('a fixture'));
    const now = Date.now();
    store.transaction(() => {
      for (let index = 0; index < leaseCount; index++) {
        const id = newId('lease');
        store.leases.insert({
          id,
          label: `ci-${index % 100}`,
          runtime_id: 'rt_local',
          session: null,
          caller_pid: null,
          created_at_ms: now - index,
          expires_at_ms: now + 3600_000 * (index < expired * rounds ? 1 + Math.floor(index / expired) : 23),
        });
        for (let owned = 0; owned < ownedEach; owned++) addFile(store, sha256, id);
      }
    });

    const floor = new Database(join(dir, 'bare.db'));
    floor.pragma('journal_mode = WAL');
    floor.pragma('synchronous = FULL');
    floor.exec('CREATE TABLE t (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT');
    const bare = floor.prepare('INSERT INTO t VALUES (?, ?)');
    const opening: number[] = [];
    const inserting: number[] = [];
    for (let round = 0; round < rounds * 20; round++) {
      opening.push(await timed(async () => service.open({ runtimeId: 'rt_local', label: 'new' })));
      inserting.push(await timed(async () => bare.run(newId('lease'), now)));
    }
    floor.close();

    const listing: number[] = [];
    for (let round = 0; round < rounds; round++) {
      listing.push(
        await timed(async () => [store.leases.list({ label: 'ci-7' }, 1000), store.leases.count({ label: 'ci-7' })]),
      );
    }
    const finding: number[] = [];
    const closing: number[] = [];
    const sweeping: number[] = [];
    const removing: number[] = [];
    using files = new BareFiles(join(dir, 'bare-files.db'), sha256);
    for (let round = 1; round <= rounds; round++) {
      const then = now + 3600_000 * round;
      finding.push(await timed(async () => store.leases.due(then)));
      closing.push(
        await timed(async () => {
          store.transaction(() => store.leases.due(then).filter(id => store.leases.beginClosing(id, 'expired')));
        }),
      );
      sweeping.push(await timed(() => service.sweep()));
      removing.push(await timed(async () => files.remove()));
    }
    const before = statSync(path).size;
    const deleting = await timed(async () => {
      await service.deleteAll(
        { state: 'expired' },
        { signal: new AbortController().signal, progress: () => undefined },
      );
      await store.giveBack();
    });
    const removed = row('leases', 'SQLite: delete 10,000 rows, 200 a transaction', 'ms', removing);
    const one = row('leases', 'SQLite: insert one row, on disk', 'ms', inserting);
    return [
      against(row('leases', 'open a lease among 100,000', 'ms', opening), one),
      one,
      row('leases', 'list 1,000 by label', 'ms', listing),
      row('leases', 'find 1,000 expired of 100,000 (budget 50 ms)', 'ms', finding),
      row('leases', 'find and close them (budget 50 ms)', 'ms', closing),
      against(row('leases', 'discard their 10,000 files, with receipts', 'ms', sweeping), removed),
      removed,
      row('leases', 'forget them and give the space back', 'ms', [deleting]),
      row('leases', 'database, before and after', 'MiB', [before / 2 ** 20, statSync(path).size / 2 ** 20]),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The floor: as many rows out of a table with the same indexes, with nothing asked or told about them. */
class BareFiles implements Disposable {
  readonly #sqlite: Database.Database;
  readonly #ids = Array.from({ length: expired * ownedEach * rounds }, () => newId('file'));

  constructor(path: string, sha256: string) {
    this.#sqlite = new Database(path);
    this.#sqlite.pragma('journal_mode = WAL');
    this.#sqlite.pragma('synchronous = FULL');
    this.#sqlite.exec(`CREATE TABLE files (id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, lease_id TEXT) STRICT;
      CREATE INDEX by_blob ON files (sha256); CREATE INDEX by_lease ON files (lease_id)`);
    const insert = this.#sqlite.prepare('INSERT INTO files VALUES (?, ?, ?)');
    this.#sqlite.transaction(() => {
      for (const [index, id] of this.#ids.entries()) insert.run(id, sha256, `lse_${Math.floor(index / ownedEach)}`);
    })();
  }

  remove(): void {
    const one = this.#sqlite.prepare('DELETE FROM files WHERE id = ?');
    const some = this.#sqlite.transaction(() => {
      for (const id of this.#ids.splice(0, rowsAtOnce)) one.run(id);
    });
    for (let left = expired * ownedEach; left > 0; left -= rowsAtOnce) some();
  }

  [Symbol.dispose](): void {
    this.#sqlite.close();
  }
}

function addFile(store: Store, sha256: string, lease_id: string): void {
  const id = newId('file');
  store.files.insert({
    id,
    name: id,
    type: 'text',
    media_type: 'text/plain',
    sha256,
    readme: '',
    lease_id,
    created_at_ms: 1,
  });
}

/** Without an engine: files are all that these leases own. */
function leasesOf(store: Store): Leases {
  const nothing = () => undefined;
  return new Leases({
    store,
    discard: {
      deployment: async () => undefined,
      backend: nothing,
      version: nothing,
      file: id => store.files.delete(id),
      image: async () => true,
    },
    log: () => undefined,
  });
}
