import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Backends } from '../../electron/runtime/backend/backends.ts';
import { operationOf } from '../../electron/runtime/backend/operation-log.ts';
import { replay } from '../../electron/runtime/graph/graph.ts';
import type { GraphRelease } from '../../electron/runtime/graph/release.ts';
import type { Operation } from '../../electron/runtime/store/backends.ts';
import { openDatabase } from '../../electron/runtime/store/database.ts';
import { Store } from '../../electron/runtime/store/store.ts';
import { parseType } from '../../shared/types/parse.ts';
import { against, type Row, row, timed } from './support/measure.ts';

const total = 1_000_000;
const batch = 1_000;
const stretch = 100_000;
const durableTotal = 1_000;
const vertices = 50;
const openings = 5;

const text = parseType('String');
const component: GraphRelease = {
  version_id: 'ver_1',
  component_id: 'cmp_1',
  component: 'One',
  image_digest: `sha256:${'0'.repeat(64)}`,
  inputs: [text],
  outputs: [text],
  parameters: { size: { type: parseType('Int32'), default: 0, secret: false, mutable: false } },
  files: {},
  endpoints: [],
};

/** A backend with a million operations: appended, replayed, and opened from its snapshot. */
export async function operations(): Promise<Row[]> {
  const dir = mkdtempSync(join(tmpdir(), 'proofbench-operations-'));
  try {
    using store = new Store(join(dir, 'home'));
    using floor = new BareLog(join(dir, 'bare.db'));
    const backends = reader(store);
    const id = backends.create('bench', null);
    floor.begin(id, store.backends.operations(id));
    const batched = await side(backends, floor, store, id, total, stretch, batch);
    const durable = await side(backends, floor, store, id, durableTotal, durableTotal / 10, 1);

    const parsed = store.backends.operations(id).map(operationOf);
    const inMemory = await timed(async () => replay(parsed));
    const snapshot: number[] = [];
    for (let opening = 0; opening < openings; opening++) {
      snapshot.push(await timed(async () => reader(store).state(id)));
    }
    const verify = await timed(async () => reader(store).verify(id));
    dropSnapshots(store.home);
    const whole = row('operations', 'open without a snapshot', 'ms', [
      await timed(async () => reader(store).state(id)),
    ]);
    const per = `${count(batch)} a transaction`;
    const floors = {
      batched: row('operations', `SQLite: insert the same rows, ${per}`, 'op/s', batched.floor),
      durable: row('operations', 'SQLite: insert the same rows, each on disk', 'op/s', durable.floor),
    };
    return [
      against(row('operations', `append ${count(total)}, ${per}`, 'op/s', batched.ours), floors.batched),
      floors.batched,
      against(row('operations', 'append, each on disk before the next', 'op/s', durable.ours), floors.durable),
      floors.durable,
      row('operations', `replay ${count(parsed.length)} in memory`, 'ms', [inMemory]),
      row('operations', 'verify: read, check each hash and inverse, replay', 'ms', [verify]),
      whole,
      against(row('operations', 'open from the snapshot', 'ms', snapshot), whole),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Somebody who has not opened the log yet. */
function reader(store: Store): Backends {
  return new Backends({
    store,
    catalog: {
      graphRelease: () => component,
      converters: () => [],
      version: () => {
        throw new Error('nothing is deployed here');
      },
      definition: () => {
        throw new Error('nothing is deployed here');
      },
    },
    endpointUrl: token => token,
  });
}

/** Appends stretch by stretch, and after each the same rows to the floor, so that a noisy moment meets both. */
async function side(
  backends: Backends,
  floor: BareLog,
  store: Store,
  id: string,
  many: number,
  stretchOf: number,
  inTransaction: number,
): Promise<{ ours: number[]; floor: number[] }> {
  const rates = { ours: [] as number[], floor: [] as number[] };
  const perSecond = (ms: number) => (stretchOf / ms) * 1_000;
  for (let done = 0; done < many; done += stretchOf) {
    const { headSeq } = backends.state(id);
    const ours = await timed(async () => {
      for (let at = headSeq; at < headSeq + stretchOf; at += inTransaction) {
        backends.together(() => {
          for (let number = at; number < at + inTransaction; number++) edit(backends, id, number - 1);
        });
      }
    });
    const rows = store.backends.operations(id, headSeq);
    rates.ours.push(perSecond(ours));
    rates.floor.push(perSecond(await timed(async () => floor.append(rows, inTransaction))));
  }
  return rates;
}

/** A graph that grows to `vertices` and then goes on changing: vertices come and go, edges too, parameters most. */
function edit(backends: Backends, id: string, number: number): void {
  const turn = Math.floor(number / 10) % vertices;
  const alias = `v${turn}`;
  const next = `v${(turn + 1) % vertices}`;
  const edge = { from_vertex: alias, from_output: 0, to_vertex: next, to_input: 0 };
  const round = Math.floor(number / 10 / vertices);
  if (round === 0) {
    if (number % 10 === 0) backends.addVertex(id, component.version_id, alias);
    else backends.rename(id, `bench ${number}`);
  } else if (number % 10 === 0) {
    if (round % 2 === 1) backends.connect(id, edge);
    else backends.disconnect(id, edge);
  } else {
    void backends.changeParameter(id, alias, 'size', String(number));
  }
}

/** The floor: the rows as they are, with nothing checked, hashed or replayed. */
class BareLog implements Disposable {
  readonly #sqlite: ReturnType<typeof openDatabase>;
  readonly #some: (rows: readonly Operation[]) => void;

  constructor(path: string) {
    this.#sqlite = openDatabase(path);
    const insert = this.#sqlite.prepare<[Operation]>(
      `INSERT INTO operations (backend_id, seq, type, payload, inverse, prev_hash, hash, at_ms, step, undoes, redoes)
       VALUES (@backend_id, @seq, @type, @payload, @inverse, @prev_hash, @hash, @at_ms, @step, @undoes, @redoes)`,
    );
    this.#some = this.#sqlite.transaction((rows: readonly Operation[]) => {
      for (const each of rows) insert.run(each);
    });
  }

  begin(id: string, rows: readonly Operation[]): void {
    this.#sqlite.prepare('INSERT INTO backends (id, created_at_ms) VALUES (?, 1)').run(id);
    this.#some(rows);
  }

  append(rows: readonly Operation[], inTransaction: number): void {
    for (let at = 0; at < rows.length; at += inTransaction) this.#some(rows.slice(at, at + inTransaction));
  }

  [Symbol.dispose](): void {
    this.#sqlite.close();
  }
}

function dropSnapshots(home: string): void {
  const sqlite = openDatabase(join(home, 'workspace.db'));
  sqlite.prepare('DELETE FROM snapshots').run();
  sqlite.close();
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
