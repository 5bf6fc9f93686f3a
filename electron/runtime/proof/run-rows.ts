import type { RunDetail, RunPlan, RunRow } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { medianMs } from '../evidence/latency.ts';
import { evidenceRowOf } from '../store/evidence.ts';
import { type Lease, leaseRowOf } from '../store/leases.ts';
import type { Run, RunCase, RunSummary } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import { iso, isoOrNull } from '../store/time.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import { completedPlan, type Known, planOf, rememberedPlan } from './run-plan.ts';

/** Every run, the newest first: two statements, however many there are. */
export function runRows({ runs }: Store): RunRow[] {
  const cases = Map.groupBy(runs.everyCase(), each => each.run_id);
  return runs.list().map(run => runRowOf(run, cases.get(run.id) ?? []));
}

/** What a run was asked for and what became of it, also after its lease has gone. */
export function runDetailOf({ id }: Pick<Run, 'id'>, store: Store): RunDetail {
  const run = store.runs.get(id);
  const summary = store.runs.summary(id);
  if (run === undefined || summary === undefined) throw new AppError('not_found', `There is no run ${id}.`);
  const { deployment_id, evidence_id } = run;
  const cases = store.runs.cases(id);
  const { cases: _cases, containers: _containers, ...row } = runRowOf(summary, cases);
  const events = store.runs.eventsOfTypes(id, ['vertex_added', 'edge_connected', 'failed']);
  const failed = events.find(event => event.type === 'failed');
  const known = {
    events,
    fixtures: store.runs.fixtures(id),
    containers: deployment_id === null ? [] : store.deployments.containers(deployment_id),
    cases,
  };
  const evidence = evidence_id === null ? undefined : store.evidence.get(evidence_id);
  return {
    ...row,
    plan: completedPlan(plannedOf(run, known), known),
    lease: leaseRowOf(store.leases.get(run.lease_id) as Lease),
    deployment_id,
    evidence: evidence === undefined ? null : evidenceRowOf(evidence),
    failure: failed?.type === 'failed' ? { stage: failed.stage, error: failed.error } : null,
  };
}

function runRowOf(run: RunSummary, cases: readonly RunCase[]): RunRow {
  const [first, ...others] = cases.map(each => each.latency_ms);
  return {
    id: run.id,
    kind: run.kind,
    name: run.name,
    number: run.number,
    state: run.state,
    mode: run.mode,
    lease_id: run.lease_id,
    verdict: run.verdict,
    warnings: cases.reduce((sum, each) => sum + each.warnings, 0),
    evidence_id: run.evidence_id,
    unit: run.unit,
    cases: cases.map(({ name, verdict, warnings }) => ({ name, verdict, warnings })),
    first_ms: first ?? null,
    median_ms: medianMs(others.filter(latency => latency !== null)),
    containers: { running: run.containers_running, total: run.vertex_count },
    created_at: iso(run.created_at_ms),
    ended_at: isoOrNull(run.ended_at_ms),
  };
}

/**
 * A run of an older Proofbench recorded no plan: what its manifest says must do, and its components stay unnamed. A manifest
 * that this version does not understand says nothing.
 */
function plannedOf(run: Run, known: Known): RunPlan {
  const { plan, name, manifest, manifest_path } = run;
  if (plan !== null) return JSON.parse(plan) as RunPlan;
  let parsed: Manifest;
  try {
    parsed = parseManifest(manifest, manifest_path);
  } catch {
    return rememberedPlan(run, known);
  }
  return planOf(parsed, {
    name,
    manifestPath: manifest_path,
    declared: vertex => ({ component: vertex.harness ?? '', inputs: [], outputs: [] }),
  });
}
