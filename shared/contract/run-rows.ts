import { z } from 'zod';
import { containerStatus, errorData, verdict } from '../events.ts';
import { evidenceRow, leaseRow, runRow } from './rows.ts';

const time = z.string().describe('RFC 3339, UTC');
const severity = z.enum(['error', 'warn']);

export const runVertex = z.object({
  alias: z.string(),
  /** Display name of its component. */
  component: z.string(),
  under_test: z.boolean(),
  harness: z.boolean(),
  /** Types of its ports as its component declares them. */
  inputs: z.array(z.string()),
  outputs: z.array(z.string()),
  /** The rest is null until the run has made it; `version_id` is known from the start where the manifest pins it. */
  vertex_id: z.string().nullable(),
  version_id: z.string().nullable(),
  container_id: z.string().nullable(),
  status: containerStatus.nullable(),
  exit_code: z.int().nullable(),
  restarts: z.int(),
});
export type RunVertex = z.infer<typeof runVertex>;

export const runEdge = z.object({
  from: z.string(),
  from_output: z.int(),
  to: z.string(),
  to_input: z.int(),
  /** As solved across the graph; null until the edge is connected. */
  type: z.string().nullable(),
});
export type RunEdge = z.infer<typeof runEdge>;

export const runFixture = z.object({
  name: z.string(),
  /** Where it is read from: a path or URL of the manifest; null for a file of the workspace. */
  source: z.string().nullable(),
  file_id: z.string().nullable(),
  /** Null until it is frozen. */
  sha256: z.string().nullable(),
  bytes: z.int().nullable(),
  media_type: z.string().nullable(),
});
export type RunFixture = z.infer<typeof runFixture>;

export const frameRow = z.object({
  sha256: z.string(),
  bytes: z.int(),
  media_type: z.string(),
  /** What the endpoint said of the bytes: of those of a picture, its size and format. */
  metadata: z.record(z.string(), z.unknown()).optional(),
  message_ids: z.array(z.string()),
  at: time,
});
export type FrameRow = z.infer<typeof frameRow>;

export const caseResult = z.object({
  verdict,
  /** From sending to the first frame. */
  latency_ms: z.number().nullable(),
  reasons: z.array(z.string()),
  expressions: z.array(z.object({ expr: z.string(), severity, ok: z.boolean(), error: z.string().optional() })),
  message_id: z.string().nullable(),
  sent_at: time.nullable(),
  /** Captured output; bytes by `blob.read`. */
  frames: z.array(frameRow),
});
export type CaseResultRow = z.infer<typeof caseResult>;

export const runCase = z.object({
  name: z.string(),
  fixture: z.string(),
  /** The ingress it is sent to, and the egress its output comes from. */
  to: z.string(),
  from: z.string().nullable(),
  meaning: z.string(),
  frames: z.int(),
  that: z.array(z.object({ expr: z.string(), severity })),
  logs: z.array(z.object({ vertex: z.string(), present: z.string().optional(), absent: z.string().optional() })),
  within_ms: z.number().nullable(),
  result: caseResult.nullable(),
});
export type RunCase = z.infer<typeof runCase>;

/** What a manifest asks for; of a run, also what became of it. */
export const runPlan = z.object({
  name: z.string(),
  mode: z.string(),
  manifest_path: z.string(),
  vertices: z.array(runVertex),
  edges: z.array(runEdge),
  fixtures: z.array(runFixture),
  cases: z.array(runCase),
  risks: z.array(z.string()),
});
export type RunPlan = z.infer<typeof runPlan>;

export const runDetail = runRow.omit({ cases: true, containers: true }).extend({
  plan: runPlan,
  lease: leaseRow,
  deployment_id: z.string().nullable(),
  evidence: evidenceRow.nullable(),
  /** Why the run itself broke. */
  failure: z.object({ stage: z.string(), error: errorData }).nullable(),
});
export type RunDetail = z.infer<typeof runDetail>;

/** What `evidence.verify` says: DESIGN §10. */
export const verifyReport = z.object({
  ok: z.boolean(),
  evidence_id: z.string(),
  verdict: z.string(),
  files: z.int(),
  problems: z.array(
    z.object({ file: z.string(), problem: z.enum(['wrong', 'missing', 'extra', 'invalid']), detail: z.string() }),
  ),
  signatures: z.array(z.object({ keyid: z.string(), valid: z.boolean(), detail: z.string() })),
});
export type VerifyReport = z.infer<typeof verifyReport>;

export const exampleRow = z.object({
  name: z.string(),
  /** The first paragraph of its README. */
  description: z.string(),
  manifest: z.string().describe('absolute path'),
});
export type ExampleRow = z.infer<typeof exampleRow>;
