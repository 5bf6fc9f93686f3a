import type { OperationRow } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Sqlite } from './database.ts';
import { iso } from './time.ts';

export interface Backend {
  id: string;
  /** That of the graph at the head of its log. */
  name: string;
  lease_id: string | null;
  created_at_ms: number;
}

/** One entry of a backend's log; `payload` and `inverse` are JSON text. */
export interface Operation {
  backend_id: string;
  seq: number;
  type: string;
  payload: string;
  inverse: string;
  prev_hash: string;
  hash: string;
  at_ms: number;
  /** The first operation of the command that this one came with. */
  step: number;
  undoes: number | null;
  redoes: number | null;
}

export type StepMark = Pick<Operation, 'seq' | 'step' | 'undoes' | 'redoes'>;

/** The graph at one point of a log; `sha256` is of its text, `hash` that operation's. */
export interface Snapshot {
  backend_id: string;
  seq: number;
  hash: string;
  graph: string;
  sha256: string;
}

export interface Endpoint {
  token: string;
  backend_id: string;
  vertex_id: string;
  name: string;
}

const pageSize = 10_000;
/** To SQLite, no limit. */
const wholeLog = -1;

/** Backends, their operation logs and their endpoints' tokens. */
export class BackendTable {
  readonly #sqlite: Sqlite;
  readonly #get;
  readonly #append;
  readonly #operation;
  readonly #page;
  readonly #marks;
  readonly #head;
  readonly #live;
  readonly #rename;
  readonly #seqOfHash;
  readonly #snapshot;
  readonly #endpointByHash;
  readonly #binding;
  readonly #pinnedOutside;
  readonly #boundOutside;
  readonly #delete;

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
    this.#get = sqlite.prepare<[string], Backend>('SELECT * FROM backends WHERE id = ?');
    this.#append = sqlite.prepare<[Operation]>(
      `INSERT INTO operations (backend_id, seq, type, payload, inverse, prev_hash, hash, at_ms, step, undoes, redoes)
       VALUES (@backend_id, @seq, @type, @payload, @inverse, @prev_hash, @hash, @at_ms, @step, @undoes, @redoes)`,
    );
    this.#operation = sqlite.prepare<[string, number], Operation>(
      'SELECT * FROM operations WHERE backend_id = ? AND seq = ?',
    );
    this.#page = sqlite.prepare<[string, number, number], Operation>(
      'SELECT * FROM operations WHERE backend_id = ? AND seq > ? ORDER BY seq LIMIT ?',
    );
    this.#marks = sqlite.prepare<[string, number, number], StepMark>(
      'SELECT seq, step, undoes, redoes FROM operations WHERE backend_id = ? AND seq > ? ORDER BY seq LIMIT ?',
    );
    this.#head = sqlite.prepare<[string], { seq: number; hash: string }>(
      'SELECT seq, hash FROM operations WHERE backend_id = ? ORDER BY seq DESC LIMIT 1',
    );
    this.#live = sqlite.prepare<[string], { id: string }>(
      `SELECT id FROM deployments WHERE backend_id = ? AND status IN ('deploying', 'running', 'tearing_down')`,
    );
    this.#rename = sqlite.prepare<[string, string]>('UPDATE backends SET name = ? WHERE id = ?');
    // Whoever asks has seen it not long ago: the search begins at the head.
    this.#seqOfHash = sqlite.prepare<[string, string], { seq: number }>(
      'SELECT seq FROM operations WHERE backend_id = ? AND hash = ? ORDER BY seq DESC LIMIT 1',
    );
    this.#snapshot = sqlite.prepare<[string], Snapshot>('SELECT * FROM snapshots WHERE backend_id = ?');
    this.#binding = sqlite.prepare<[string], { id: string }>(
      `SELECT DISTINCT backend_id AS id FROM operations WHERE type = 'add-file' AND json_extract(payload, '$.file_id') = ?`,
    );
    const outside = (naming: string) =>
      sqlite.prepare<[string, string]>(
        `SELECT 1 FROM operations o JOIN backends b ON b.id = o.backend_id WHERE ${naming} = ? AND b.lease_id IS NOT ? LIMIT 1`,
      );
    this.#pinnedOutside = outside(
      `o.type IN ('add-vertex', 'change-version') AND json_extract(o.payload, '$.version_id')`,
    );
    this.#boundOutside = outside(`o.type = 'add-file' AND json_extract(o.payload, '$.file_id')`);
    this.#delete = sqlite.prepare<[string]>('DELETE FROM backends WHERE id = ?');
    this.#endpointByHash = sqlite.prepare<[string], Endpoint>(
      'SELECT token, backend_id, vertex_id, name FROM endpoints WHERE token_sha256 = ?',
    );
  }

  insert(backend: Backend): void {
    this.#sqlite
      .prepare(
        'INSERT INTO backends (id, name, lease_id, created_at_ms) VALUES (@id, @name, @lease_id, @created_at_ms)',
      )
      .run(backend);
  }

  get(id: string): Backend | undefined {
    return this.#get.get(id);
  }

  named(name: string): Backend[] {
    return this.#sqlite.prepare<[string], Backend>('SELECT * FROM backends WHERE name = ? ORDER BY id').all(name);
  }

  list(): Backend[] {
    return this.#sqlite.prepare<[], Backend>('SELECT * FROM backends ORDER BY created_at_ms DESC, id DESC').all();
  }

  rename(id: string, name: string): void {
    this.#rename.run(name, id);
  }

  delete(id: string): void {
    this.#delete.run(id);
  }

  /** Its deployment that holds containers, or is about to. */
  liveDeployment(id: string): string | undefined {
    return this.#live.get(id)?.id;
  }

  append(operation: Operation): void {
    this.#append.run(operation);
  }

  operation(backendId: string, seq: number): Operation | undefined {
    return this.#operation.get(backendId, seq);
  }

  /** What of the log comes after `after`, at most `limit`. */
  operations(backendId: string, after = 0, limit = wholeLog): Operation[] {
    return this.#page.all(backendId, after, limit);
  }

  /** The log after `after`, a page in memory at a time. */
  *log(backendId: string, after = 0, upTo = Number.POSITIVE_INFINITY): Generator<Operation> {
    for (let from = after; from < upTo; ) {
      const page = this.operations(backendId, from, Math.min(pageSize, upTo - from));
      yield* page;
      if (page.length < pageSize) return;
      from += pageSize;
    }
  }

  /** How the log's operations belong to commands. */
  *marks(backendId: string): Generator<StepMark> {
    for (let from = 0; ; from += pageSize) {
      const page = this.#marks.all(backendId, from, pageSize);
      yield* page;
      if (page.length < pageSize) return;
    }
  }

  /** Of an empty log, undefined. */
  head(backendId: string): { seq: number; hash: string } | undefined {
    return this.#head.get(backendId);
  }

  seqOfHash(backendId: string, hash: string): number | undefined {
    return this.#seqOfHash.get(backendId, hash)?.seq;
  }

  /** Takes away what comes after `seq`: only to be written anew within the same transaction. */
  truncate(backendId: string, seq: number): void {
    this.#sqlite.prepare('DELETE FROM operations WHERE backend_id = ? AND seq > ?').run(backendId, seq);
    this.#sqlite.prepare('DELETE FROM snapshots WHERE backend_id = ? AND seq > ?').run(backendId, seq);
  }

  /** The versions and files that a backend's log names. */
  namedBy(backendId: string): string[] {
    return this.#sqlite
      .prepare<[string], string>(
        `SELECT DISTINCT coalesce(json_extract(payload, '$.version_id'), json_extract(payload, '$.file_id')) FROM operations
         WHERE backend_id = ? AND type IN ('add-vertex', 'change-version', 'add-file')`,
      )
      .pluck()
      .all(backendId);
  }

  /** Whether a backend that is not this lease's names a version or a file in its log. */
  isNamedOutside(kind: 'version' | 'file', id: string, leaseId: string): boolean {
    return (kind === 'version' ? this.#pinnedOutside : this.#boundOutside).get(id, leaseId) !== undefined;
  }

  /** Backends whose log ever bound this file, which must therefore stay. */
  backendsBinding(fileId: string): string[] {
    return this.#binding.all(fileId).map(row => row.id);
  }

  snapshot(backendId: string): Snapshot | undefined {
    return this.#snapshot.get(backendId);
  }

  putSnapshot(snapshot: Snapshot): void {
    this.#sqlite
      .prepare(
        `INSERT INTO snapshots (backend_id, seq, hash, graph, sha256) VALUES (@backend_id, @seq, @hash, @graph, @sha256)
         ON CONFLICT (backend_id) DO UPDATE
           SET seq = excluded.seq, hash = excluded.hash, graph = excluded.graph, sha256 = excluded.sha256`,
      )
      .run(snapshot);
  }

  /** The one there is already stays: an endpoint's URL never changes. */
  insertEndpoint(tokenSha256: string, endpoint: Endpoint): void {
    this.#sqlite
      .prepare(
        `INSERT INTO endpoints (token_sha256, token, backend_id, vertex_id, name)
         VALUES (?, ?, ?, ?, ?) ON CONFLICT (backend_id, vertex_id, name) DO NOTHING`,
      )
      .run(tokenSha256, endpoint.token, endpoint.backend_id, endpoint.vertex_id, endpoint.name);
  }

  hasEndpoints(): boolean {
    return this.#sqlite.prepare('SELECT 1 FROM endpoints LIMIT 1').get() !== undefined;
  }

  endpoints(backendId: string): Endpoint[] {
    return this.#sqlite
      .prepare<[string], Endpoint>(
        'SELECT token, backend_id, vertex_id, name FROM endpoints WHERE backend_id = ? ORDER BY rowid',
      )
      .all(backendId);
  }

  /** By the SHA-256 of its token, so that the time of a look-up says nothing of a token. */
  endpointByTokenHash(tokenSha256: string): Endpoint | undefined {
    return this.#endpointByHash.get(tokenSha256);
  }
}

export function operationRowOf(operation: Operation): OperationRow {
  return {
    seq: operation.seq,
    type: operation.type,
    payload: payloadOf(operation) as Record<string, unknown>,
    inverse: inverseOf(operation) as Record<string, unknown>,
    prev_hash: operation.prev_hash,
    hash: operation.hash,
    at: iso(operation.at_ms),
    step: operation.step,
    undoes: operation.undoes,
    redoes: operation.redoes,
  };
}

export function payloadOf(operation: Operation): unknown {
  return parsed(operation, operation.payload);
}

export function inverseOf(operation: Operation): unknown {
  return parsed(operation, operation.inverse);
}

/** `what` is wrong is a clause about the log, named by the operation `seq`. */
export function logDamaged(backendId: string, seq: number, what: string): AppError {
  return new AppError('workspace_damaged', `The log of backend ${backendId} is damaged: ${what}.`, {
    hint: `Nothing was changed. Restore the workspace from a backup, or give the backend up: ppl backend delete ${backendId}.`,
    details: { seq },
  });
}

function parsed({ backend_id, seq }: Operation, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw logDamaged(backend_id, seq, `operation ${seq} is not what was written`);
  }
}
