import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readComponentFile } from '../../../../electron/runtime/catalog/component-file.ts';
import { parseManifest, readManifest } from '../../../../electron/runtime/proof/manifest.ts';
import { recordCase } from '../../../../electron/runtime/proof/record-case.ts';
import { RunLog } from '../../../../electron/runtime/proof/run-log.ts';
import { completedPlan, planOf } from '../../../../electron/runtime/proof/run-plan.ts';
import { runDetailOf, runRows } from '../../../../electron/runtime/proof/run-rows.ts';
import type { Run } from '../../../../electron/runtime/store/runs.ts';
import { Store } from '../../../../electron/runtime/store/store.ts';
import { contract } from '../../../../shared/contract/index.ts';
import type { RunEvent } from '../../../../shared/events.ts';

const root = resolve(import.meta.dirname, '../../../..');
const manifestPath = join(root, 'resources/examples/pets/proof.yml');
const manifest = parseManifest(readManifest(manifestPath), manifestPath);
const plan = planOf(manifest, {
  name: 'pets',
  manifestPath,
  declared: vertex => {
    const slug = vertex.harness?.toLowerCase().replaceAll(' ', '_');
    const dir = slug === undefined ? dirname(manifestPath) : join(root, 'resources/components', slug);
    const { name, inputs, outputs } = readComponentFile(dir);
    return { component: name, inputs, outputs };
  },
});

let home: string;
let store: Store;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-runs-'));
  store = new Store(home);
  store.leases.insert({
    id: 'lse_1',
    label: null,
    runtime_id: 'rt_1',
    session: null,
    caller_pid: null,
    created_at_ms: 1,
    expires_at_ms: 2,
  });
});
afterEach(() => {
  store[Symbol.dispose]();
  rmSync(home, { recursive: true, force: true });
});

function insert(id: string, changed: { plan?: null; manifest?: string } = {}): Run {
  store.runs.insert(
    {
      id,
      kind: 'proof',
      name: 'pets',
      mode: 'live_fixture',
      state: 'running',
      lease_id: 'lse_1',
      keep_lease: 0,
      manifest_path: manifestPath,
      manifest: readManifest(manifestPath),
      plan: JSON.stringify(plan),
      vertex_count: 3,
      created_at_ms: Date.now(),
      ...changed,
    },
    plan.cases.map(each => each.name),
  );
  return store.runs.get(id) as Run;
}

const result = (name: string, latency_ms: number) => ({
  name,
  verdict: 'pass' as const,
  latency_ms,
  reasons: [],
  expressions: [{ expr: 'output.size() == 1', severity: 'warn' as const, ok: name !== 'dog' }],
  message_id: 'msg_1',
  frames: [{ atMs: 5, monotonicMs: 5, message_ids: ['msg_1'], bytes: Buffer.from(`"${name}"`), isBinary: false }],
  sentAtMs: 4,
  structuralOnly: false,
});

describe('the plan of a run', () => {
  it('says what the manifest asks for, with what each component declares', () => {
    expect(
      plan.vertices.map(({ alias, component, under_test, harness }) => [alias, component, under_test, harness]),
    ).toEqual([
      ['in', 'Input Image HTTP', false, true],
      ['cut', 'Pet detector', true, false],
      ['out', 'Output JSON HTTP', false, true],
    ]);
    expect(plan.vertices[1]).toMatchObject({ inputs: ['Image'], outputs: ['[BoundingBox]'], vertex_id: null });
    expect(plan.cases).toHaveLength(4);
    expect(plan.fixtures[0]).toMatchObject({ name: 'dog', source: './fixtures/dog.jpg', sha256: null });
  });
});

describe('a run', () => {
  it('is shown as asked for until something has become of it', () => {
    const run = insert('run_1');
    const detail = runDetailOf(run, store);
    expect(detail.plan).toEqual(plan);
    expect(detail).toMatchObject({ number: 1, state: 'running', failure: null, evidence: null, deployment_id: null });
    expect(contract['run.show'].output.parse(detail)).toEqual(detail);
  });

  it('is shown with what it told, froze and captured', async () => {
    const run = insert('run_1');
    const log = new RunLog(store);
    const fixture = await store.blobs.putBytes(Buffer.from('a dog'));
    store.runs.freeze('run_1', 'dog', { id: 'fil_1', media_type: 'image/jpeg', sha256: fixture.sha256 });
    log.append(run, { type: 'vertex_added', vertex_id: 'vtx_1', alias: 'cut', version_id: 'ver_1' });
    log.append(run, { type: 'edge_connected', from: 'cut', from_output: 0, to: 'out', to_input: 0, edge_type: 'X' });
    const deployment = { id: 'dep_1', backend_id: 'bck_1', runtime_id: 'rt_1', plan: '{}', network_name: 'n' };
    store.deployments.insert(
      {
        ...deployment,
        status: 'running',
        lease_id: 'lse_1',
        debug: 0,
        subnet: null,
        error: null,
        expires_at_ms: null,
        created_at_ms: 1,
        ended_at_ms: null,
        fixed: 0,
        generation: 1,
      },
      [{ id: 'ctr_1', vertex_id: 'vtx_1', alias: 'cut' }],
    );
    store.deployments.updateContainer('ctr_1', { status: 'running', restarts: 2 });
    const unit = { component: 'Pet Detector', version_id: 'ver_1', image_digest: 'sha256:x' };
    store.runs.update('run_1', { deployment_id: 'dep_1', unit });
    await recordCase(run, result('dog', 40), store, log);
    await recordCase(run, result('eagle', 3), store, log);
    await recordCase(run, result('horses', 6), store, log);
    log.append(run, { type: 'failed', stage: 'ready', error: { code: 'cancelled', message: 'Stop.' } });

    const detail = runDetailOf(run, store);
    expect(contract['run.show'].output.parse(detail)).toEqual(detail);
    expect(detail.plan.vertices[1]).toMatchObject({
      vertex_id: 'vtx_1',
      version_id: 'ver_1',
      container_id: 'ctr_1',
      status: 'running',
      restarts: 2,
    });
    expect(detail.plan.edges.map(edge => edge.type)).toEqual([null, 'X']);
    expect(detail.plan.fixtures[0]).toMatchObject({ file_id: 'fil_1', bytes: 5, source: './fixtures/dog.jpg' });
    expect(detail.failure).toMatchObject({ stage: 'ready', error: { code: 'cancelled' } });
    const [frame] = detail.plan.cases[0]?.result?.frames ?? [];
    expect(frame).toMatchObject({ bytes: 5, media_type: 'application/json', message_ids: ['msg_1'] });
    expect(store.blobs.collect()).toBe(0);
    expect(store.blobs.has(frame?.sha256 as string)).toBe(true);

    const [row] = runRows(store);
    expect(contract['run.list'].output.parse({ count: 1, items: [row] }).items[0]).toEqual(row);
    expect(row).toMatchObject({
      unit,
      warnings: 1,
      first_ms: 40,
      median_ms: 4.5,
      containers: { running: 1, total: 3 },
      cases: [
        { name: 'dog', verdict: 'pass', warnings: 1 },
        { name: 'eagle', verdict: 'pass', warnings: 0 },
        { name: 'horses', verdict: 'pass', warnings: 0 },
        { name: 'person', verdict: null, warnings: 0 },
      ],
    });
  });

  it('is shown with what is known of it when its manifest can be read no more', async () => {
    const run = insert('run_1', { plan: null, manifest: 'graph: {vertexes: {}}\n' });
    const log = new RunLog(store);
    const fixture = await store.blobs.putBytes(Buffer.from('a dog'));
    store.runs.freeze('run_1', 'dog', { id: 'fil_1', media_type: 'image/jpeg', sha256: fixture.sha256 });
    const unit = { component: 'Pet Detector', version_id: 'ver_1', image_digest: 'sha256:x' };
    store.runs.update('run_1', { unit });
    log.append(run, { type: 'vertex_added', vertex_id: 'vtx_1', alias: 'cut', version_id: 'ver_1' });
    log.append(run, { type: 'vertex_added', vertex_id: 'vtx_2', alias: 'out', version_id: 'ver_2' });
    log.append(run, { type: 'edge_connected', from: 'cut', from_output: 0, to: 'out', to_input: 0, edge_type: 'X' });
    await recordCase(run, result('dog', 40), store, log);
    const detail = runDetailOf(run, store);
    expect(contract['run.show'].output.parse(detail)).toEqual(detail);
    expect(detail.plan).toMatchObject({
      name: 'pets',
      mode: 'live_fixture',
      manifest_path: manifestPath,
      vertices: [
        { alias: 'cut', component: 'Pet Detector', under_test: true, vertex_id: 'vtx_1', version_id: 'ver_1' },
        { alias: 'out', component: '', under_test: false, vertex_id: 'vtx_2' },
      ],
      edges: [{ from: 'cut', to: 'out', type: 'X' }],
      fixtures: [{ name: 'dog', source: null, file_id: 'fil_1', bytes: 5 }],
      risks: [],
    });
    expect(detail.plan.cases.map(each => [each.name, each.result?.verdict])).toEqual([
      ['dog', 'pass'],
      ['eagle', undefined],
      ['horses', undefined],
      ['person', undefined],
    ]);
  });

  it('reads of its events only those of the types that are asked for', () => {
    const run = insert('run_1');
    const log = new RunLog(store);
    log.append(run, { type: 'vertex_added', vertex_id: 'vtx_1', alias: 'cut', version_id: 'ver_1' });
    for (const name of ['a', 'b']) log.append(run, { type: 'param_set', vertex_id: 'vtx_1', name });
    log.append(run, { type: 'failed', stage: 'ready', error: { code: 'cancelled', message: 'Stop.' } });
    const told = store.runs.eventsOfTypes('run_1', ['failed', 'vertex_added']);
    expect(told.map(event => [event.seq, event.type])).toEqual([
      [1, 'vertex_added'],
      [4, 'failed'],
    ]);
  });

  it('of thousands of vertices is shown whole', () => {
    const vertices = Array.from({ length: 4000 }, (_, number) => ({
      ...(plan.vertices[0] as (typeof plan.vertices)[number]),
      alias: `v${number}`,
    }));
    const edges = vertices.map(({ alias }) => ({ from: alias, from_output: 0, to: 'v0', to_input: 0, type: null }));
    const events = vertices.flatMap(({ alias }, number) => [
      { type: 'vertex_added', vertex_id: `vtx_${number}`, alias, version_id: 'ver_1' } as RunEvent,
      { type: 'edge_connected', from: alias, from_output: 0, to: 'v0', to_input: 0, edge_type: 'X' } as RunEvent,
    ]);
    const done = completedPlan({ ...plan, vertices, edges }, { events, fixtures: [], containers: [], cases: [] });
    expect(done.vertices.at(-1)).toMatchObject({ alias: 'v3999', vertex_id: 'vtx_3999' });
    expect(done.edges.at(-1)?.type).toBe('X');
  });

  it('is one of hundreds that are listed', () => {
    store.transaction(() => {
      for (let number = 0; number < 800; number++) insert(`run_${number}`);
    });
    expect(runRows(store)).toHaveLength(800);
  });
});
