import type { RunFixture, RunRow } from '../../../shared/contract/index.ts';
import type { RunEvent, Verdict } from '../../../shared/events.ts';
import type { Sqlite } from './database.ts';

export interface Run {
  id: string;
  kind: 'live_test' | 'proof';
  name: string;
  /** From 1, among the runs of this name. */
  number: number;
  mode: string;
  state: 'running' | 'ready' | 'failed' | 'done';
  lease_id: string;
  keep_lease: 0 | 1;
  manifest_path: string;
  manifest: string;
  /** What the manifest asks for, as JSON; null for a run of an older Proofbench. */
  plan: string | null;
  vertex_count: number;
  unit: RunRow['unit'];
  deployment_id: string | null;
  verdict: Verdict | null;
  evidence_id: string | null;
  created_at_ms: number;
  ended_at_ms: number | null;
}

type NewRun = Omit<Run, 'number' | 'unit' | 'deployment_id' | 'verdict' | 'evidence_id' | 'ended_at_ms'>;
type RunChange = Partial<Pick<Run, 'state' | 'verdict' | 'evidence_id' | 'unit' | 'deployment_id'>>;
type Raw = Omit<Run, 'unit'> & { unit: string | null };

/** A run without what is large. */
export interface RunSummary extends Omit<Run, 'manifest' | 'manifest_path' | 'plan' | 'keep_lease'> {
  containers_running: number;
}

/** A case of a run; all but its name is null until it was driven. */
export interface RunCase {
  run_id: string;
  name: string;
  verdict: Verdict | null;
  /** Expectations of severity `warn` that did not hold. */
  warnings: number;
  latency_ms: number | null;
  /** As JSON; not read for lists. */
  result?: string | null;
}

/** A live test that got ready lives as long as its lease, any other run until its work was over. */
const summary = `
  SELECT r.id, r.kind, r.name, r.number, r.mode, r.state, r.lease_id, r.vertex_count, r.unit, r.deployment_id, r.verdict,
    r.evidence_id, r.created_at_ms, CASE r.state WHEN 'ready' THEN l.closed_at_ms ELSE r.ended_at_ms END AS ended_at_ms,
    (SELECT count(*) FROM containers c JOIN deployments d ON d.id = c.deployment_id
      WHERE c.deployment_id = r.deployment_id AND c.status = 'running' AND d.status IN ('deploying', 'running')
    ) AS containers_running
  FROM runs r JOIN leases l ON l.id = r.lease_id`;
const caseColumns = 'SELECT run_id, name, verdict, warnings, latency_ms';

/** Live tests and proofs, what became of their cases, and the events each has told. */
export class RunTable {
  readonly #sqlite: Sqlite;
  readonly #onChange: () => void;
  readonly #append;
  readonly #after;
  readonly #ofTypes;
  readonly #summaries;
  readonly #summary;
  readonly #everyCase;
  readonly #cases;

  constructor(sqlite: Sqlite, onChange: () => void = () => undefined) {
    this.#sqlite = sqlite;
    this.#onChange = onChange;
    this.#append = sqlite.prepare<[string, number, string]>('INSERT INTO events (run_id, seq, body) VALUES (?, ?, ?)');
    this.#after = sqlite.prepare<[string, number], { body: string }>(
      'SELECT body FROM events WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT 1000',
    );
    this.#ofTypes = sqlite.prepare<[string, string], { body: string }>(
      `SELECT body FROM events
       WHERE run_id = ? AND json_extract(body, '$.type') IN (SELECT value FROM json_each(?)) ORDER BY seq`,
    );
    type RawSummary = Omit<RunSummary, 'unit'> & { unit: string | null };
    this.#summaries = sqlite.prepare<[], RawSummary>(`${summary} ORDER BY r.created_at_ms DESC, r.id DESC`);
    this.#summary = sqlite.prepare<[string], RawSummary>(`${summary} WHERE r.id = ?`);
    this.#everyCase = sqlite.prepare<[], RunCase>(`${caseColumns} FROM run_cases ORDER BY run_id, position`);
    this.#cases = sqlite.prepare<[string], RunCase>(
      `${caseColumns}, result FROM run_cases WHERE run_id = ? ORDER BY position`,
    );
  }

  /** The run and its cases, none of them driven yet. */
  insert(run: NewRun, cases: readonly string[] = []): void {
    this.#sqlite.transaction(() => {
      this.#sqlite
        .prepare(
          `INSERT INTO runs (id, kind, name, number, mode, state, lease_id, keep_lease, manifest_path, manifest, plan,
             vertex_count, created_at_ms)
           VALUES (@id, @kind, @name, (SELECT coalesce(max(number), 0) + 1 FROM runs WHERE name = @name), @mode, @state,
             @lease_id, @keep_lease, @manifest_path, @manifest, @plan, @vertex_count, @created_at_ms)`,
        )
        .run(run);
      const insert = this.#sqlite.prepare('INSERT INTO run_cases (run_id, position, name) VALUES (?, ?, ?)');
      for (const [position, name] of cases.entries()) insert.run(run.id, position, name);
    })();
    this.#onChange();
  }

  get(id: string): Run | undefined {
    const raw = this.#sqlite.prepare<[string], Raw>('SELECT * FROM runs WHERE id = ?').get(id);
    return raw === undefined ? undefined : withUnit(raw);
  }

  ofLease(leaseId: string): Run | undefined {
    const raw = this.#sqlite.prepare<[string], Raw>('SELECT * FROM runs WHERE lease_id = ?').get(leaseId);
    return raw === undefined ? undefined : withUnit(raw);
  }

  /** Every run, the newest first. */
  list(): RunSummary[] {
    return this.#summaries.all().map(withUnit);
  }

  summary(id: string): RunSummary | undefined {
    const raw = this.#summary.get(id);
    return raw === undefined ? undefined : withUnit(raw);
  }

  /** The cases of every run, each run's in order. */
  everyCase(): RunCase[] {
    return this.#everyCase.all();
  }

  cases(runId: string): RunCase[] {
    return this.#cases.all(runId);
  }

  unfinished(): Run[] {
    return this.#sqlite.prepare<[], Raw>(`SELECT * FROM runs WHERE state = 'running'`).all().map(withUnit);
  }

  /** Changes what is given; `state` other than running ends the run. */
  update(id: string, change: RunChange): void {
    const before = this.get(id);
    if (before === undefined) return;
    const after = { ...before, ...change };
    const endedAtMs = change.state === undefined ? before.ended_at_ms : change.state === 'running' ? null : Date.now();
    this.#sqlite
      .prepare(
        `UPDATE runs SET state = @state, verdict = @verdict, evidence_id = @evidence_id, unit = @unit,
           deployment_id = @deployment_id, ended_at_ms = @ended_at_ms WHERE id = @id`,
      )
      .run({
        id,
        state: after.state,
        verdict: after.verdict,
        evidence_id: after.evidence_id,
        unit: after.unit === null ? null : JSON.stringify(after.unit),
        deployment_id: after.deployment_id,
        ended_at_ms: endedAtMs,
      });
    this.#onChange();
  }

  /** What became of a case; from then on the run keeps the bytes of its frames. */
  finishCase(
    runId: string,
    driven: { name: string; verdict: Verdict; warnings: number; latency_ms: number | null; result: string },
    frames: readonly string[],
  ): void {
    this.#sqlite.transaction(() => {
      const keep = this.#sqlite.prepare('INSERT INTO run_frames (run_id, sha256) VALUES (?, ?) ON CONFLICT DO NOTHING');
      for (const sha256 of frames) keep.run(runId, sha256);
      this.#sqlite
        .prepare(
          `UPDATE run_cases SET verdict = @verdict, warnings = @warnings, latency_ms = @latency_ms, result = @result
           WHERE run_id = @run_id AND name = @name`,
        )
        .run({ run_id: runId, ...driven });
    })();
    this.#onChange();
  }

  /** A fixture as it was frozen; from then on the run keeps its bytes. */
  freeze(runId: string, name: string, file: { id: string; media_type: string; sha256: string }): void {
    this.#sqlite
      .prepare('INSERT INTO run_fixtures (run_id, name, file_id, media_type, sha256) VALUES (?, ?, ?, ?, ?)')
      .run(runId, name, file.id, file.media_type, file.sha256);
    this.#onChange();
  }

  fixtures(runId: string): Omit<RunFixture, 'source'>[] {
    return this.#sqlite
      .prepare<[string], Omit<RunFixture, 'source'>>(
        `SELECT f.name, f.file_id, f.sha256, b.bytes, f.media_type
         FROM run_fixtures f JOIN blobs b ON b.sha256 = f.sha256 WHERE f.run_id = ?`,
      )
      .all(runId);
  }

  append(runId: string, event: RunEvent): void {
    this.#append.run(runId, event.seq, JSON.stringify(event));
    this.#onChange();
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

  /** Every event of these types, in order. */
  eventsOfTypes(runId: string, types: readonly RunEvent['type'][]): RunEvent[] {
    return this.#ofTypes.all(runId, JSON.stringify(types)).map(row => JSON.parse(row.body) as RunEvent);
  }
}

function withUnit<R extends { unit: string | null }>(raw: R): Omit<R, 'unit'> & { unit: RunRow['unit'] } {
  return { ...raw, unit: raw.unit === null ? null : (JSON.parse(raw.unit) as RunRow['unit']) };
}
