import { z } from 'zod';
import { containerStatus, verdict } from '../events.ts';

const time = z.string().describe('RFC 3339, UTC');

export const componentRow = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  description: z.string().optional(),
  harness: z.boolean(),
  latest_version_id: z.string().nullable(),
});
export type ComponentRow = z.infer<typeof componentRow>;

export const versionRow = z.object({
  id: z.string(),
  component_id: z.string(),
  component: z.string(),
  state: z.enum(['prerelease', 'released']),
  tags: z.array(z.string()),
  image_digest: z.string(),
  source_sha256: z.string(),
  lease_id: z.string().nullable(),
  created_at: time,
});
export type VersionRow = z.infer<typeof versionRow>;

export const fileRow = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  media_type: z.string(),
  lease_id: z.string().nullable(),
  created_at: time,
});
export type FileRow = z.infer<typeof fileRow>;

export const backendRow = z.object({
  id: z.string(),
  name: z.string(),
  head_seq: z.int(),
  head_hash: z.string(),
  graph_hash: z.string(),
  lease_id: z.string().nullable(),
  created_at: time,
});
export type BackendRow = z.infer<typeof backendRow>;

export const operationRow = z.object({
  seq: z.int(),
  type: z.string(),
  payload: z.record(z.string(), z.unknown()),
  inverse: z.record(z.string(), z.unknown()),
  prev_hash: z.string(),
  hash: z.string(),
  at: time,
});
export type OperationRow = z.infer<typeof operationRow>;

export const deploymentStatus = z.enum(['deploying', 'running', 'tearing_down', 'failed', 'gone']);
export type DeploymentStatus = z.infer<typeof deploymentStatus>;

export const deploymentRow = z.object({
  id: z.string(),
  status: deploymentStatus,
  runtime_id: z.string(),
  backend_id: z.string(),
  container_count: z.int(),
  expires_at: time.nullable(),
  debug: z.boolean(),
  lease_id: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).loose().nullable(),
  created_at: time,
});
export type DeploymentRow = z.infer<typeof deploymentRow>;

export const containerRow = z.object({
  id: z.string(),
  deployment_id: z.string(),
  vertex_id: z.string(),
  alias: z.string(),
  status: containerStatus,
  exit_code: z.int().nullable(),
});
export type ContainerRow = z.infer<typeof containerRow>;

export const leaseState = z.enum(['open', 'closing', 'committed', 'rolled_back', 'expired']);
export type LeaseState = z.infer<typeof leaseState>;

/** One thing a lease owned, and what became of it. */
export const receiptItem = z.object({
  kind: z.enum(['deployment', 'container', 'network', 'volume', 'image', 'version', 'file', 'backend']),
  id: z.string(),
  name: z.string().optional(),
  reason: z.string().optional(),
});
export type ReceiptItem = z.infer<typeof receiptItem>;

/** How a lease ended: DESIGN §7. `kept` is what evidence names and therefore now belongs to the workspace. */
export const receipt = z.object({
  removed: z.array(receiptItem),
  saved: z.array(receiptItem),
  kept: z.array(receiptItem),
  failed: z.array(receiptItem),
});
export type Receipt = z.infer<typeof receipt>;

export const leaseRow = z.object({
  id: z.string(),
  state: leaseState,
  label: z.string().nullable(),
  runtime_id: z.string(),
  created_at: time,
  expires_at: time,
  closed_at: time.nullable(),
  receipt: receipt.nullable(),
});
export type LeaseRow = z.infer<typeof leaseRow>;

export const runtimeRow = z.object({
  id: z.string(),
  name: z.string(),
  engine: z.object({
    reachable: z.boolean(),
    host: z.string(),
    source: z.string(),
    version: z.string().nullable(),
    os: z.string().nullable(),
    architecture: z.string().nullable(),
    cpus: z.number().nullable(),
    memory_bytes: z.number().nullable(),
  }),
});
export type RuntimeRow = z.infer<typeof runtimeRow>;

export const runRow = z.object({
  id: z.string(),
  kind: z.enum(['live_test', 'proof']),
  name: z.string(),
  /** From 1, counted among the runs of this name. */
  number: z.int(),
  state: z.enum(['running', 'ready', 'failed', 'done']),
  mode: z.string(),
  lease_id: z.string(),
  verdict: verdict.nullable(),
  warnings: z.int(),
  evidence_id: z.string().nullable(),
  /** The version under test, once it is known. */
  unit: z.object({ component: z.string(), version_id: z.string(), image_digest: z.string() }).nullable(),
  cases: z.array(z.object({ name: z.string(), verdict: verdict.nullable(), warnings: z.int() })),
  /** Latency of the first request, and the median of the others. */
  first_ms: z.number().nullable(),
  median_ms: z.number().nullable(),
  containers: z.object({ running: z.int(), total: z.int() }),
  created_at: time,
  ended_at: time.nullable(),
});
export type RunRow = z.infer<typeof runRow>;

export const evidenceRow = z.object({
  id: z.string(),
  name: z.string(),
  verdict,
  run_id: z.string(),
  bundle: z.string(),
  sha256: z.string(),
  supersedes: z.string().nullable(),
  created_at: time,
});
export type EvidenceRow = z.infer<typeof evidenceRow>;

export const doctorCheck = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(['ok', 'warn', 'fail']),
  detail: z.string(),
  fix: z.string().optional(),
});
export type DoctorCheck = z.infer<typeof doctorCheck>;
