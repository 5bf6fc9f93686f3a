import type { LeaseRow, LeaseState, Receipt, ReceiptItem } from '../../../shared/contract/index.ts';
import type { Sqlite } from './database.ts';
import { iso, isoOrNull } from './time.ts';

export interface Lease {
  id: string;
  state: LeaseState;
  /** What a closing lease is heading for. */
  outcome: 'committed' | 'rolled_back' | 'expired' | null;
  label: string | null;
  runtime_id: string;
  /** The caller this lease is tied to; null when it lives by its TTL alone. */
  session: string | null;
  caller_pid: number | null;
  created_at_ms: number;
  expires_at_ms: number;
  closed_at_ms: number | null;
  receipt: Receipt | null;
  /** What the caller kept with it, as JSON. */
  result: string | null;
  /** What it owned before anything of it was discarded, with the images of its versions; null before and after. */
  owned_at_end: ReceiptItem[] | null;
}

type NewLease = Pick<
  Lease,
  'id' | 'label' | 'runtime_id' | 'session' | 'caller_pid' | 'created_at_ms' | 'expires_at_ms'
>;
type Raw = Omit<Lease, 'receipt' | 'owned_at_end'> & { receipt: string | null; owned_at_end: string | null };

export interface LeaseFilter {
  label?: string | undefined;
  state?: LeaseState | undefined;
  /** Made at this moment or before (UTC ms). */
  createdUntilMs?: number | undefined;
}

const tables = { deployment: 'deployments', backend: 'backends', version: 'versions', file: 'files' } as const;
export type OwnedKind = keyof typeof tables;

/** Leases, and what each owns. */
export class LeaseTable {
  readonly #sqlite: Sqlite;
  readonly #onChange: () => void;
  readonly #get;
  readonly #due;
  readonly #begin;
  readonly #note;
  readonly #finish;
  readonly #owned;
  readonly #images;
  readonly #insert;
  readonly #saveReceipt;
  readonly #kept;
  readonly #release;

  constructor(sqlite: Sqlite, onChange: () => void = () => undefined) {
    this.#sqlite = sqlite;
    this.#onChange = onChange;
    this.#get = sqlite.prepare<[string], Raw>('SELECT * FROM leases WHERE id = ?');
    this.#due = sqlite.prepare<[number], { id: string }>(
      `SELECT id FROM leases INDEXED BY leases_live_by_expiry
       WHERE state IN ('open', 'closing') AND expires_at_ms <= ? ORDER BY expires_at_ms`,
    );
    this.#owned = sqlite.prepare<[{ id: string }], ReceiptItem>(
      `SELECT 'deployment' AS kind, id, NULL AS name FROM deployments WHERE lease_id = @id AND status <> 'gone'
       UNION ALL SELECT 'backend', id, name FROM backends WHERE lease_id = @id
       UNION ALL SELECT 'version', v.id, c.name FROM versions v JOIN components c ON c.id = v.component_id WHERE v.lease_id = @id
       UNION ALL SELECT 'file', id, name FROM files WHERE lease_id = @id`,
    );
    this.#insert = sqlite.prepare<[NewLease]>(
      `INSERT INTO leases (id, state, label, runtime_id, session, caller_pid, created_at_ms, expires_at_ms)
       VALUES (@id, 'open', @label, @runtime_id, @session, @caller_pid, @created_at_ms, @expires_at_ms)`,
    );
    this.#saveReceipt = sqlite.prepare<[string, string]>('UPDATE leases SET receipt = ? WHERE id = ?');
    this.#kept = ofEachTable(table =>
      sqlite.prepare<[string]>(`SELECT 1 FROM ${table} WHERE id = ? AND lease_id IS NULL`),
    );
    this.#release = ofEachTable(table => sqlite.prepare<[string]>(`UPDATE ${table} SET lease_id = NULL WHERE id = ?`));
    this.#begin = sqlite.prepare<[string, string]>(
      `UPDATE leases SET state = 'closing', outcome = ? WHERE id = ? AND state = 'open'`,
    );
    this.#note = sqlite.prepare<[string, string]>('UPDATE leases SET owned_at_end = ? WHERE id = ?');
    this.#finish = sqlite.prepare<[string, number, string]>(
      `UPDATE leases SET state = outcome, receipt = ?, closed_at_ms = ?, owned_at_end = NULL
       WHERE id = ? AND state = 'closing'`,
    );
    this.#images = sqlite.prepare<[string], ReceiptItem>(
      `SELECT DISTINCT 'image' AS kind, image_digest AS id, image_ref AS name FROM versions WHERE lease_id = ?`,
    );
  }

  insert(lease: NewLease): void {
    this.#insert.run(lease);
    this.#onChange();
  }

  get(id: string): Lease | undefined {
    const raw = this.#get.get(id);
    return raw === undefined ? undefined : fromRaw(raw);
  }

  byLabel(label: string): Lease[] {
    return this.#sqlite.prepare<[string], Raw>('SELECT * FROM leases WHERE label = ?').all(label).map(fromRaw);
  }

  /** Those that match, the newest first. */
  list(filter: LeaseFilter, limit: number): Lease[] {
    return this.#sqlite
      .prepare<[Record<string, unknown>], Raw>(
        `SELECT * FROM leases ${conditionOf(filter)} ORDER BY created_at_ms DESC, id DESC LIMIT @limit`,
      )
      .all({ ...filter, limit })
      .map(fromRaw);
  }

  count(filter: LeaseFilter): number {
    return this.#sqlite
      .prepare<[Record<string, unknown>], number>(`SELECT count(*) FROM leases ${conditionOf(filter)}`)
      .pluck()
      .get({ ...filter }) as number;
  }

  ids(filter: LeaseFilter): string[] {
    return this.#sqlite
      .prepare<[Record<string, unknown>], string>(`SELECT id FROM leases ${conditionOf(filter)}`)
      .pluck()
      .all({ ...filter });
  }

  /** Leases whose time is up, by the index on expiry. */
  due(nowMs: number): string[] {
    return this.#due.all(nowMs).map(row => row.id);
  }

  nextExpiryMs(): number | undefined {
    const row = this.#sqlite
      .prepare<[], { at: number | null }>(
        `SELECT min(expires_at_ms) AS at FROM leases INDEXED BY leases_open_by_expiry WHERE state = 'open'`,
      )
      .get();
    return row?.at ?? undefined;
  }

  countLive(): number {
    return (
      this.#sqlite
        .prepare<[], { n: number }>(`SELECT count(*) AS n FROM leases WHERE state IN ('open', 'closing')`)
        .get()?.n ?? 0
    );
  }

  closing(): string[] {
    return this.#sqlite.prepare<[], string>(`SELECT id FROM leases WHERE state = 'closing'`).pluck().all();
  }

  openOfSession(session: string): Lease[] {
    return this.#sqlite
      .prepare<[string], Raw>(`SELECT * FROM leases WHERE session = ? AND state = 'open'`)
      .all(session)
      .map(fromRaw);
  }

  /** Every open lease that is tied to a caller. */
  tied(): Lease[] {
    return this.#sqlite
      .prepare<[], Raw>(`SELECT * FROM leases WHERE session IS NOT NULL AND state = 'open'`)
      .all()
      .map(fromRaw);
  }

  untie(id: string): void {
    this.#sqlite.prepare('UPDATE leases SET session = NULL, caller_pid = NULL WHERE id = ?').run(id);
  }

  /** Open → closing; false when it was not open any more. */
  beginClosing(id: string, outcome: NonNullable<Lease['outcome']>): boolean {
    const { changes } = this.#begin.run(outcome, id);
    this.#onChange();
    return changes === 1;
  }

  /** What a lease owns now, with the images of its versions. */
  ownedWithImages(id: string): ReceiptItem[] {
    return [...this.owned(id), ...this.#images.all(id)];
  }

  /** Writes down what a closing lease owned. */
  noteOwned(id: string, owned: readonly ReceiptItem[]): void {
    this.#note.run(JSON.stringify(owned), id);
  }

  /** Moves the deadline of an open lease; false when it is not open. A deployment's own fixed duration stays (DESIGN §6). */
  renew(id: string, expiresAtMs: number): boolean {
    const { changes } = this.#sqlite
      .prepare(`UPDATE leases SET expires_at_ms = ? WHERE id = ? AND state = 'open'`)
      .run(expiresAtMs, id);
    this.#onChange();
    return changes > 0;
  }

  finish(id: string, receipt: Receipt, closedAtMs: number): void {
    this.#finish.run(JSON.stringify(receipt), closedAtMs, id);
    this.#onChange();
  }

  saveReceipt(id: string, receipt: Receipt): void {
    this.#saveReceipt.run(JSON.stringify(receipt), id);
    this.#onChange();
  }

  /** What a lease owns now. */
  owned(id: string): ReceiptItem[] {
    return this.#owned.all({ id }).map(({ kind, id, name }) => (name == null ? { kind, id } : { kind, id, name }));
  }

  /** Whether a thing is still there, and the workspace's. */
  isKept(kind: OwnedKind, resourceId: string): boolean {
    return this.#kept[kind].get(resourceId) !== undefined;
  }

  /** Brings deadlines that are further away than `latestMs`, since the clock was set back, to it; returns their leases. */
  cutDeadlines(latestMs: number): string[] {
    const ids = this.#sqlite
      .prepare<[{ latestMs: number }], string>(
        `UPDATE leases SET expires_at_ms = @latestMs WHERE state = 'open' AND expires_at_ms > @latestMs RETURNING id`,
      )
      .pluck()
      .all({ latestMs });
    if (ids.length > 0) this.#onChange();
    return ids;
  }

  /** Hands everything a lease owns to the workspace, in one transaction. */
  releaseAll(id: string): void {
    this.#sqlite.transaction(() => {
      for (const table of Object.values(tables)) {
        this.#sqlite.prepare(`UPDATE ${table} SET lease_id = NULL WHERE lease_id = ?`).run(id);
      }
    })();
    this.#onChange();
  }

  /** Hands one thing to the workspace. */
  release(kind: OwnedKind, resourceId: string): void {
    this.#release[kind].run(resourceId);
    this.#onChange();
  }

  setResult(id: string, result: string): void {
    this.#sqlite.prepare('UPDATE leases SET result = ? WHERE id = ?').run(result, id);
    this.#onChange();
  }

  /** Forgets a lease that has ended, with its runs and what is recorded of its deployments, whose ids it returns. */
  delete(id: string): string[] {
    const deployments = this.#sqlite.transaction(() => {
      const ids = this.#sqlite
        .prepare<[string], string>('SELECT id FROM deployments WHERE lease_id = ?')
        .pluck()
        .all(id);
      this.#sqlite.prepare('DELETE FROM runs WHERE lease_id = ?').run(id);
      this.#sqlite.prepare('DELETE FROM deployments WHERE lease_id = ?').run(id);
      this.#sqlite.prepare('DELETE FROM leases WHERE id = ?').run(id);
      return ids;
    })();
    this.#onChange();
    return deployments;
  }
}

export function leaseRowOf(lease: Lease): LeaseRow {
  return {
    id: lease.id,
    state: lease.state,
    label: lease.label,
    runtime_id: lease.runtime_id,
    created_at: iso(lease.created_at_ms),
    expires_at: iso(lease.expires_at_ms),
    closed_at: isoOrNull(lease.closed_at_ms),
    receipt: lease.receipt,
    result: lease.result === null ? null : (JSON.parse(lease.result) as LeaseRow['result']),
  };
}

function ofEachTable<T>(make: (table: string) => T): Record<OwnedKind, T> {
  const { deployment, backend, version, file } = tables;
  return { deployment: make(deployment), backend: make(backend), version: make(version), file: make(file) };
}

function fromRaw(raw: Raw): Lease {
  return {
    ...raw,
    receipt: raw.receipt === null ? null : (JSON.parse(raw.receipt) as Receipt),
    owned_at_end: raw.owned_at_end === null ? null : (JSON.parse(raw.owned_at_end) as ReceiptItem[]),
  };
}

/** Only what is asked for, so that an index serves it. */
function conditionOf({ label, state, createdUntilMs }: LeaseFilter): string {
  const conditions = [
    ...(label === undefined ? [] : ['label = @label']),
    ...(state === undefined ? [] : ['state = @state']),
    ...(createdUntilMs === undefined ? [] : ['created_at_ms <= @createdUntilMs']),
  ];
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}
