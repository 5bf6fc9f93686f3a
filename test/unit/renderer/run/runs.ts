import type { RunCase, RunPlan, RunVertex } from '../../../../shared/contract/index.ts';
import type { RunEvent, RunEventBody } from '../../../../shared/events.ts';

/** When the runs of these tests begin. */
export const startMs = Date.parse('2026-01-05T12:00:00.000Z');

/** Events at milliseconds since the start. */
export function eventsAt(...bodies: readonly [number, RunEventBody][]): RunEvent[] {
  return bodies.map(([ms, body], position) => {
    const at = new Date(startMs + ms).toISOString();
    return { seq: position + 1, at, lease_id: 'lse_1', ...body } as RunEvent;
  });
}

/** The set-up of a run of `in`, `cut` and `out`, ready after 6.91 s. */
export const setUp: readonly [number, RunEventBody][] = [
  [0, { type: 'lease_created', expires_at: new Date(startMs + 1_800_000).toISOString() }],
  [1760, { type: 'prerelease_published', version_id: 'ver_1', image_digest: `sha256:${'9f'.repeat(32)}` }],
  [1900, { type: 'fixture_uploaded', name: 'dog.jpg', file_id: 'fil_1', sha256: '5a'.repeat(32) }],
  [2072, { type: 'backend_created', backend_id: 'bck_1' }],
  [2100, { type: 'vertex_added', vertex_id: 'vtx_in', alias: 'in', version_id: 'ver_in' }],
  [2110, { type: 'vertex_added', vertex_id: 'vtx_cut', alias: 'cut', version_id: 'ver_1' }],
  [2120, { type: 'vertex_added', vertex_id: 'vtx_out', alias: 'out', version_id: 'ver_out' }],
  [2308, { type: 'deploy_started', deployment_id: 'dep_1' }],
  [2340, { type: 'container', vertex_id: 'vtx_in', container_id: 'ctr_in' }],
  [2340, { type: 'container', vertex_id: 'vtx_cut', container_id: 'ctr_cut' }],
  [3420, { type: 'container_status', vertex_id: 'vtx_in', container_id: 'ctr_in', status: 'running' }],
  [6870, { type: 'container_status', vertex_id: 'vtx_cut', container_id: 'ctr_cut', status: 'running' }],
  [6910, { type: 'ready', backend_id: 'bck_1', deployment_id: 'dep_1', endpoints: [] }],
];

export function caseAtMs(ms: number, name: string, latency_ms: number | null = 100): [number, RunEventBody] {
  return [ms, { type: 'case', name, verdict: latency_ms === null ? 'fail' : 'pass', latency_ms }];
}

export function vertex(alias: string, more: Partial<RunVertex> = {}): RunVertex {
  return {
    alias,
    component: `${alias} component`,
    under_test: alias === 'cut',
    harness: alias !== 'cut',
    inputs: [],
    outputs: ['Image'],
    vertex_id: null,
    version_id: null,
    container_id: null,
    status: null,
    exit_code: null,
    restarts: 0,
    ...more,
  };
}

export function plannedCase(name: string, more: Partial<RunCase> = {}): RunCase {
  return {
    name,
    fixture: `${name}.jpg`,
    to: 'in',
    from: 'out',
    meaning: '',
    frames: 1,
    that: [],
    logs: [],
    within_ms: null,
    result: null,
    ...more,
  };
}

export function plan(cases: readonly RunCase[] = []): RunPlan {
  return {
    name: 'pet-detect',
    mode: 'live_fixture',
    manifest_path: '/pets/proof.yml',
    vertices: [vertex('in'), vertex('cut'), vertex('out')],
    edges: [
      { from: 'in', from_output: 0, to: 'cut', to_input: 0, type: 'Image' },
      { from: 'cut', from_output: 0, to: 'out', to_input: 0, type: null },
    ],
    fixtures: cases.map(({ fixture }) => ({
      name: fixture,
      source: fixture,
      file_id: null,
      sha256: null,
      bytes: null,
      media_type: null,
    })),
    cases: [...cases],
    risks: [],
  };
}
