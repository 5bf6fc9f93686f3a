import type { RunRow } from '../../../shared/contract/index.ts';
import type { RunEvent, Verdict } from '../../../shared/events.ts';
import type { Sqlite } from './database.ts';
import { iso } from './time.ts';

export interface Run {
  id: string;
  kind: 'live_test' | 'proof';
  name: string;
  state: 'running' | 'ready' | 'failed' | 'done';
  lease_id: string;
  keep_lease: 0 | 1;
  manifest_path: string;
  manifest: string;
  verdict: Verdict | null;
  evidence_id: string | null;
  created_at_ms: number;
  ended_at_ms: number | null;
}

/** Live tests and proofs, and the events each has told. */
export class RunTable {
  readonly #sqlite: Sqlite;
  readonly #append;
  readonly #after;

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
    this.#append = sqlite.prepare<[string, number, string]>('INSERT INTO events (run_id, seq, body) VALUES (?, ?, ?)');
    this.#after = sqlite.prepare<[string, number], { body: string }>(
      'SELECT body FROM events WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT 1000',
    );
  }

  insert(run: Omit<Run, 'verdict' | 'evidence_id' | 'ended_at_ms'>): void {
    this.#sqlite
      .prepare(
        `INSERT INTO runs (id, kind, name, state, lease_id, keep_lease, manifest_path, manifest, created_at_ms)
         VALUES (@id, @kind, @name, @state, @lease_id, @keep_lease, @manifest_path, @manifest, @created_at_ms)`,
      )
      .run(run);
  }

  get(id: string): Run | undefined {
    return this.#sqlite.prepare<[string], Run>('SELECT * FROM runs WHERE id = ?').get(id);
  }

  ofLease(leaseId: string): Run | undefined {
    return this.#sqlite.prepare<[string], Run>('SELECT * FROM runs WHERE lease_id = ?').get(leaseId);
  }

  list(): Run[] {
    return this.#sqlite.prepare<[], Run>('SELECT * FROM runs ORDER BY created_at_ms DESC, id DESC').all();
  }

  unfinished(): Run[] {
    return this.#sqlite.prepare<[], Run>(`SELECT * FROM runs WHERE state = 'running'`).all();
  }

  /** Changes what is given; `state` other than running ends the run. */
  update(id: string, change: Partial<Pick<Run, 'state' | 'verdict' | 'evidence_id'>>): void {
    const before = this.get(id);
    if (before === undefined) return;
    const after = { ...before, ...change };
    this.#sqlite
      .prepare('UPDATE runs SET state = ?, verdict = ?, evidence_id = ?, ended_at_ms = ? WHERE id = ?')
      .run(after.state, after.verdict, after.evidence_id, after.state === 'running' ? null : Date.now(), id);
  }

  append(runId: string, event: RunEvent): void {
    this.#append.run(runId, event.seq, JSON.stringify(event));
  }

  lastSeq(runId: string): number {
    return (
      this.#sqlite
        .prepare<[string], { seq: number | null }>('SELECT max(seq) AS seq FROM events WHERE run_id = ?')
        .get(runId)?.seq ?? 0
    );
  }

  /** At most 1000 events after `seq`, in order. */
  eventsAfter(runId: string, seq: number): RunEvent[] {
    return this.#after.all(runId, seq).map(row => JSON.parse(row.body) as RunEvent);
  }
}

export function runRowOf(run: Run): RunRow {
  return {
    id: run.id,
    kind: run.kind,
    name: run.name,
    state: run.state,
    lease_id: run.lease_id,
    verdict: run.verdict,
    evidence_id: run.evidence_id,
    created_at: iso(run.created_at_ms),
  };
}
