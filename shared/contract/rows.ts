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

/** What an AppError says. */
export const errorData = z.object({ code: z.string(), message: z.string() }).loose();

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
  /** The operation that takes this one back, `{type, payload}`; empty for `create`. */
  inverse: z.record(z.string(), z.unknown()),
  prev_hash: z.string(),
  hash: z.string(),
  at: time,
  /** The first operation of the command that this one came with: undo and redo take a command as one. */
  step: z.int(),
  /** The step that this one takes back. */
  undoes: z.int().nullable(),
  /** The step, taken back before, that this one does again. */
  redoes: z.int().nullable(),
});
export type OperationRow = z.infer<typeof operationRow>;

/** A vertex as people see it: parameters and files by name. A value is a literal of the type language; a secret's is its id. */
export const vertexRow = z.object({
  vertex_id: z.string(),
  alias: z.string(),
  version_id: z.string(),
  component: z.string(),
  image_digest: z.string(),
  params: z.record(z.string(), z.object({ type: z.string(), value: z.unknown() })),
  files: z.record(z.string(), z.string()),
  /** Endpoint name → its alias, where it has one of its own. */
  endpoint_aliases: z.record(z.string(), z.string()),
});
export type VertexRow = z.infer<typeof vertexRow>;

export const edgeRow = z.object({
  from_vertex: z.string(),
  from_output: z.int(),
  to_vertex: z.string(),
  to_input: z.int(),
  /** Solved across the whole graph. */
  edge_type: z.string(),
});
export type EdgeRow = z.infer<typeof edgeRow>;

/** One difference between two graphs, by alias. `before` and `after` are absent where there is nothing on that side. */
export const graphChange = z.object({
  kind: z.enum(['name', 'vertex', 'version', 'parameter', 'file', 'edge', 'endpoint_alias']),
  /** What differs, as people name it: `cut`, `cut.model_cfg`, `in.0 → cut.0`. */
  subject: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});
export type GraphChange = z.infer<typeof graphChange>;

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
  error: errorData.nullable(),
  created_at: time,
  /** Pinned by `--fixed-duration`: it is never extended. */
  fixed: z.boolean(),
  /** How often its containers were replaced, from 1. */
  generation: z.int(),
});
export type DeploymentRow = z.infer<typeof deploymentRow>;

/** What happened to a deployment, in order: every change of its own status and of its containers'. */
export const deploymentEvent = z.object({
  seq: z.int(),
  at: time,
  deployment_id: z.string(),
  /**
   * `status` {from, to, reason?}; `container` {container_id, alias, status, exit_code?, restarts}; `extended` {expires_at};
   * `parameter` {vertex_id, alias, name, delivered}; `redeploy_started` {generation}; `redeployed` {generation, gap_ms};
   * `redeploy_failed` {generation, error}.
   */
  type: z.enum(['status', 'container', 'extended', 'parameter', 'redeploy_started', 'redeployed', 'redeploy_failed']),
  detail: z.record(z.string(), z.unknown()),
});
export type DeploymentEvent = z.infer<typeof deploymentEvent>;

export const containerRow = z.object({
  id: z.string(),
  deployment_id: z.string(),
  vertex_id: z.string(),
  alias: z.string(),
  status: containerStatus,
  exit_code: z.int().nullable(),
  restarts: z.int(),
  oom_killed: z.boolean(),
  started_at: time.nullable(),
  ended_at: time.nullable(),
});
export type ContainerRow = z.infer<typeof containerRow>;

/** What a container uses at one moment. */
export const containerStats = z.object({
  container_id: z.string(),
  alias: z.string(),
  at: time,
  /** 100 is one CPU. */
  cpu_percent: z.number(),
  /** Without the page cache. */
  memory_bytes: z.number(),
  memory_limit_bytes: z.number(),
  pids: z.int(),
  received_bytes: z.number(),
  sent_bytes: z.number(),
});
export type ContainerStats = z.infer<typeof containerStats>;

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
  /** What `lease set-result` was given last. */
  result: z.json().nullable(),
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
  /** How long a deployment without a fixed duration may live, as a Go duration. */
  deployment_ceiling: z.string(),
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
