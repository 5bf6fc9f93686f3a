import type { EvidenceRow } from '../../../shared/contract/index.ts';
import type { Verdict } from '../../../shared/events.ts';
import type { Sqlite } from './database.ts';
import { iso } from './time.ts';

export interface StoredEvidence {
  id: string;
  run_id: string;
  name: string;
  verdict: Verdict;
  /** `evidence.json` as text. */
  record: string;
  /** Path of the bundle. */
  bundle: string;
  sha256: string;
  supersedes: string | null;
  created_at_ms: number;
}

export type KeptKind = 'version' | 'file' | 'backend' | 'blob';
/** What evidence names. */
export type KeptThing = { kind: KeptKind; id: string };

type Raw = KeptThing & { evidence_id: string; lease_id: string | null; handed_over: 0 | 1 };

/** Evidence, and what each record keeps from being discarded. */
export class EvidenceTable {
  readonly #sqlite: Sqlite;
  readonly #onChange: () => void;
  readonly #isKept;
  readonly #handedOver;

  constructor(sqlite: Sqlite, onChange: () => void = () => undefined) {
    this.#sqlite = sqlite;
    this.#onChange = onChange;
    this.#isKept = sqlite.prepare<[KeptKind, string]>(
      'SELECT 1 FROM evidence_keeps WHERE kind = ? AND resource_id = ? LIMIT 1',
    );
    this.#handedOver = sqlite.prepare<[KeptKind, string, string]>(
      'UPDATE evidence_keeps SET handed_over = 1 WHERE kind = ? AND resource_id = ? AND lease_id = ?',
    );
  }

  insert(evidence: StoredEvidence): void {
    this.#sqlite
      .prepare(
        `INSERT INTO evidence (id, run_id, name, verdict, record, bundle, sha256, supersedes, created_at_ms)
         VALUES (@id, @run_id, @name, @verdict, @record, @bundle, @sha256, @supersedes, @created_at_ms)`,
      )
      .run(evidence);
    this.#onChange();
  }

  get(id: string): StoredEvidence | undefined {
    return this.#sqlite.prepare<[string], StoredEvidence>('SELECT * FROM evidence WHERE id = ?').get(id);
  }

  list(): StoredEvidence[] {
    return this.#sqlite
      .prepare<[], StoredEvidence>('SELECT * FROM evidence ORDER BY created_at_ms DESC, id DESC')
      .all();
  }

  /** Keeps a thing for evidence of a lease's run, from before that is recorded. */
  keep(evidenceId: string, leaseId: string, { kind, id }: KeptThing): void {
    this.#sqlite
      .prepare(
        'INSERT INTO evidence_keeps (evidence_id, kind, resource_id, lease_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      )
      .run(evidenceId, kind, id, leaseId);
  }

  /** Says that a lease hands a thing over to the workspace because evidence of its run names it. */
  handedOver(kind: KeptKind, id: string, leaseId: string): void {
    this.#handedOver.run(kind, id, leaseId);
  }

  isKept(kind: KeptKind, id: string): boolean {
    return this.#isKept.get(kind, id) !== undefined;
  }

  /** The last operation of a backend's log that evidence references. */
  headSeqKept(backendId: string): number | undefined {
    const { seq } = this.#sqlite
      .prepare<[string], { seq: number | null }>(
        `SELECT max(json_extract(e.record, '$.unit_under_test.backend.operations.to')) AS seq
         FROM evidence_keeps k JOIN evidence e ON e.id = k.evidence_id
         WHERE k.kind = 'backend' AND k.resource_id = ?`,
      )
      .get(backendId) as { seq: number | null };
    return seq ?? undefined;
  }

  dropKeeps(evidenceId: string): void {
    this.#sqlite.prepare('DELETE FROM evidence_keeps WHERE evidence_id = ?').run(evidenceId);
  }

  /** What was handed over for evidence that is not recorded, of one lease's run or of all; evidence that nothing was handed over for has none. */
  unrecorded(leaseId?: string): { evidence_id: string; lease_id: string | null; things: KeptThing[] }[] {
    const rows = this.#sqlite
      .prepare<[string | null, string | null], Raw>(
        `SELECT evidence_id, lease_id, kind, resource_id AS id, handed_over FROM evidence_keeps
         WHERE (? IS NULL OR lease_id = ?) AND evidence_id NOT IN (SELECT id FROM evidence)`,
      )
      .all(leaseId ?? null, leaseId ?? null);
    return [...Map.groupBy(rows, row => row.evidence_id)].map(([evidence_id, kept]) => ({
      evidence_id,
      lease_id: kept[0]?.lease_id ?? null,
      things: kept.filter(row => row.handed_over === 1).map(({ kind, id }) => ({ kind, id })),
    }));
  }
}

export function evidenceRowOf(evidence: StoredEvidence): EvidenceRow {
  return {
    id: evidence.id,
    name: evidence.name,
    verdict: evidence.verdict,
    run_id: evidence.run_id,
    bundle: evidence.bundle,
    sha256: evidence.sha256,
    supersedes: evidence.supersedes,
    created_at: iso(evidence.created_at_ms),
  };
}
