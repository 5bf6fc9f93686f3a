import type { OperationRow } from '../../../shared/contract/index.ts';
import type { Sqlite } from './database.ts';
import { iso } from './time.ts';

export interface Backend {
  id: string;
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
}

export interface Endpoint {
  token: string;
  backend_id: string;
  vertex_id: string;
  name: string;
}

/** Backends, their operation logs and their endpoints' tokens. */
export class BackendTable {
  readonly #sqlite: Sqlite;
  readonly #append;
  readonly #operations;
  readonly #endpointByHash;

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
    this.#append = sqlite.prepare<[Operation]>(
      `INSERT INTO operations (backend_id, seq, type, payload, inverse, prev_hash, hash, at_ms)
       VALUES (@backend_id, @seq, @type, @payload, @inverse, @prev_hash, @hash, @at_ms)`,
    );
    this.#operations = sqlite.prepare<[string], Operation>(
      'SELECT * FROM operations WHERE backend_id = ? ORDER BY seq',
    );
    this.#endpointByHash = sqlite.prepare<[string], Endpoint>(
      'SELECT token, backend_id, vertex_id, name FROM endpoints WHERE token_sha256 = ?',
    );
  }

  transaction<T>(work: () => T): T {
    return this.#sqlite.transaction(work)();
  }

  insert(backend: Backend): void {
    this.#sqlite
      .prepare('INSERT INTO backends (id, lease_id, created_at_ms) VALUES (@id, @lease_id, @created_at_ms)')
      .run(backend);
  }

  get(id: string): Backend | undefined {
    return this.#sqlite.prepare<[string], Backend>('SELECT * FROM backends WHERE id = ?').get(id);
  }

  list(): Backend[] {
    return this.#sqlite.prepare<[], Backend>('SELECT * FROM backends ORDER BY created_at_ms DESC, id DESC').all();
  }

  append(operation: Operation): void {
    this.#append.run(operation);
  }

  operations(backendId: string): Operation[] {
    return this.#operations.all(backendId);
  }

  delete(id: string): void {
    this.#sqlite.prepare('DELETE FROM backends WHERE id = ?').run(id);
  }

  release(id: string): void {
    this.#sqlite.prepare('UPDATE backends SET lease_id = NULL WHERE id = ?').run(id);
  }

  insertEndpoint(tokenSha256: string, endpoint: Endpoint): void {
    this.#sqlite
      .prepare(
        `INSERT INTO endpoints (token_sha256, token, backend_id, vertex_id, name)
         VALUES (?, ?, ?, ?, ?) ON CONFLICT (backend_id, vertex_id, name) DO NOTHING`,
      )
      .run(tokenSha256, endpoint.token, endpoint.backend_id, endpoint.vertex_id, endpoint.name);
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
    payload: JSON.parse(operation.payload) as Record<string, unknown>,
    inverse: JSON.parse(operation.inverse) as Record<string, unknown>,
    prev_hash: operation.prev_hash,
    hash: operation.hash,
    at: iso(operation.at_ms),
  };
}
