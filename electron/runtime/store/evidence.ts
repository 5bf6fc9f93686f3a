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

/** Evidence, and what each record keeps from being discarded. */
export class EvidenceTable {
  readonly #sqlite: Sqlite;
  readonly #onChange: () => void;
  readonly #isKept;

  constructor(sqlite: Sqlite, onChange: () => void = () => undefined) {
    this.#sqlite = sqlite;
    this.#onChange = onChange;
    this.#isKept = sqlite.prepare<[KeptKind, string]>(
      'SELECT 1 FROM evidence_keeps WHERE kind = ? AND resource_id = ? LIMIT 1',
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

  keep(evidenceId: string, kept: readonly { kind: KeptKind; id: string }[]): void {
    const insert = this.#sqlite.prepare(
      'INSERT INTO evidence_keeps (evidence_id, kind, resource_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#sqlite.transaction(() => {
      for (const { kind, id } of kept) insert.run(evidenceId, kind, id);
    })();
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

  /** Lets go what was kept for evidence that was never recorded: a host died between the two. */
  dropUnrecordedKeeps(): void {
    this.#sqlite.prepare('DELETE FROM evidence_keeps WHERE evidence_id NOT IN (SELECT id FROM evidence)').run();
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
