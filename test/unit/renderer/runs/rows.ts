import type { RunPlan, RunRow } from '../../../../shared/contract/index.ts';

/** A run that is over and passed, with what a test cares about in its place. */
export function aRun(part: Partial<RunRow> = {}): RunRow {
  return {
    id: 'run_01k9x2aaaaaaaaaaaaaaaaaaaa',
    kind: 'proof',
    name: 'pets',
    number: 1,
    state: 'done',
    mode: 'live_fixture',
    lease_id: 'lease_01k9x2',
    verdict: 'pass',
    warnings: 0,
    evidence_id: 'evd_01k9x2',
    unit: { component: 'Pet detector', version_id: 'ver_01k9', image_digest: 'sha256:9f4c12ab' },
    cases: [{ name: 'dog', verdict: 'pass', warnings: 0 }],
    first_ms: 612,
    median_ms: 42,
    containers: { running: 0, total: 0 },
    created_at: '2026-07-01T12:00:00.000Z',
    ended_at: '2026-07-01T12:00:20.000Z',
    ...part,
  };
}

/** A plan of one case that sends the fixture dog. */
export function aPlan(part: Partial<RunPlan> = {}): RunPlan {
  return {
    name: 'pets',
    mode: 'live_fixture',
    manifest_path: '/pets/proof.yml',
    vertices: [],
    edges: [],
    fixtures: [
      { name: 'dog', source: './dog.jpg', file_id: null, sha256: null, bytes: 100, media_type: 'image/jpeg' },
      { name: 'eagle', source: './eagle.jpg', file_id: null, sha256: null, bytes: 100, media_type: 'image/jpeg' },
    ],
    cases: [
      {
        name: 'dog',
        fixture: 'dog',
        to: 'in',
        from: 'out',
        meaning: 'The dog is found.',
        frames: 1,
        that: [],
        logs: [],
        within_ms: null,
        result: null,
      },
    ],
    risks: [],
    ...part,
  };
}
