import { z } from 'zod';
import { endpointRow, runEvent } from '../events.ts';
import { engineStatus } from './engine-row.ts';
import { type CallContext, type Stream, stream, type Unary, unary } from './procedure.ts';
import {
  backendRow,
  componentRow,
  containerRow,
  containerStats,
  deploymentEvent,
  deploymentRow,
  doctorCheck,
  edgeRow,
  errorData,
  evidenceRow,
  fileRow,
  graphChange,
  leaseRow,
  leaseState,
  operationRow,
  receipt,
  runRow,
  runtimeRow,
  versionRow,
  vertexRow,
} from './rows.ts';
import { exampleRow, runDetail, runPlan, verifyReport } from './run-rows.ts';

const nothing = z.object({});
/** A Go duration such as `10m` or `1h30m`. */
const goDuration = z.string();
/** An id, or a unique name or label (DESIGN §2). */
const ref = z.string().min(1);
const lease = ref.optional().describe('the open lease that owns what is made');

/**
 * The head hash that the caller's edit was made against. What was done since then by others merges, unless it touches the same things:
 * then the edit is refused with `conflict` (DESIGN §5). Without it, the edit is made to the head.
 */
const base = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .optional();
/** A point of a backend's log; absent, its head. */
const at = z.int().positive().optional();
/** Where an edit put the head of the log. */
const head = { backend_id: z.string(), head_seq: z.int(), head_hash: z.string() };

function list<R extends z.ZodType>(row: R) {
  return z.object({ count: z.int(), items: z.array(row) });
}

/**
 * Every operation of Proofbench. The command line, the app's window and the tests call these and nothing else;
 * transports only carry them. Errors are AppErrors on every transport.
 */
export const contract = {
  'host.info': unary(
    nothing,
    z.object({ version: z.string(), pid: z.int(), home: z.string(), workspace_id: z.string() }),
  ),
  /**
   * Asks the host to close what it holds and leave; answered before it is gone. With `unless_running` it stays while a run is under
   * way, and says so.
   */
  'host.leave': unary(z.object({ unless_running: z.boolean().optional() }), z.object({ leaving: z.boolean() })),
  'doctor.run': unary(nothing, z.object({ checks: z.array(doctorCheck) })),

  /** What changed in the workspace, each time something did; what it is now is asked for by name. */
  'workspace.watch': stream(nothing, z.object({ changed: z.array(z.enum(['runs', 'leases', 'evidence', 'files'])) })),
  /** The engine's state now, and whenever it becomes another. */
  'engine.watch': stream(nothing, engineStatus),
  /** Looks again at once. */
  'engine.check': unary(nothing, engineStatus),
  /** Starts the user's Docker; answered when it answers. Throws `docker_unreachable` when it cannot be started from here. */
  'engine.start': unary(nothing, engineStatus),

  'runtime.list': unary(nothing, list(runtimeRow)),
  'runtime.show': unary(z.object({ runtime: ref }), runtimeRow),

  'component.list': unary(z.object({ query: z.string().optional(), all: z.boolean().optional() }), list(componentRow)),
  'component.versions': unary(z.object({ component: ref }), z.array(versionRow)),
  'component.publish': unary(
    z.object({ dir: z.string(), lease, offline: z.boolean().optional() }),
    z.object({ component_id: z.string(), version_id: z.string(), image_digest: z.string(), source_sha256: z.string() }),
  ),
  'component.promote': unary(
    z.object({ dir: z.string(), evidence: ref.optional(), note: z.string().optional() }),
    z.object({ component_id: z.string(), version_id: z.string(), tags: z.array(z.string()) }),
  ),

  'file.upload': unary(
    z.object({
      path: z.string(),
      type: z.string().optional(),
      name: z.string().optional(),
      readme: z.string().optional(),
      lease,
    }),
    z.object({ file_id: z.string(), sha256: z.string(), bytes: z.int() }),
  ),
  'file.list': unary(nothing, list(fileRow)),
  'file.delete': unary(z.object({ file: ref }), nothing),

  'backend.create': unary(z.object({ name: z.string().optional(), lease }), z.object({ backend_id: z.string() })),
  /** `error` says why the log of one does not lead to a graph; its `graph_hash` is empty then. */
  'backend.list': unary(nothing, list(backendRow.extend({ error: errorData.nullable() }))),
  'backend.show': unary(
    z.object({ backend: ref }),
    backendRow.extend({
      /** By alias and image, ids left out: what `graph_hash` is the hash of. */
      graph: z.unknown(),
      vertices: z.array(vertexRow),
      edges: z.array(edgeRow),
      deployment: deploymentRow.nullable(),
    }),
  ),
  'backend.rename': unary(z.object({ backend: ref, name: z.string(), base }), z.object(head)),
  'backend.add_vertex': unary(
    z.object({ backend: ref, version: ref, alias: z.string().optional(), base }),
    z.object({ ...head, vertex_id: z.string(), alias: z.string() }),
  ),
  /** With its edges, parameters, files and aliases, as one step. */
  'backend.delete_vertex': unary(z.object({ backend: ref, vertex: ref, base }), z.object(head)),
  'backend.change_version': unary(z.object({ backend: ref, vertex: ref, version: ref, base }), z.object(head)),
  'backend.connect': unary(
    z.object({
      backend: ref,
      from_vertex: ref,
      from_output: z.int().nonnegative(),
      to_vertex: ref,
      to_input: z.int().nonnegative(),
      base,
    }),
    z.object({ ...head, edge_type: z.string() }),
  ),
  'backend.disconnect': unary(
    z.object({
      backend: ref,
      from_vertex: ref,
      from_output: z.int().nonnegative(),
      to_vertex: ref,
      to_input: z.int().nonnegative(),
      base,
    }),
    z.object(head),
  ),
  /**
   * Without `value` the parameter goes back to its default. On a live backend only a mutable parameter changes, and `delivered` says
   * whether its container has acknowledged the new value (null when nothing runs).
   */
  'backend.change_parameter': unary(
    z.object({
      backend: ref,
      vertex: ref,
      name: z.string(),
      type: z.string().optional(),
      value: z.string().optional(),
      base,
    }),
    z.object({ ...head, delivered: z.boolean().nullable() }),
  ),
  'backend.add_file': unary(z.object({ backend: ref, vertex: ref, key: z.string(), file: ref, base }), z.object(head)),
  'backend.remove_file': unary(z.object({ backend: ref, vertex: ref, key: z.string(), base }), z.object(head)),
  /** Without `alias` the endpoint goes by its vertex's again. */
  'backend.change_endpoint_alias': unary(
    z.object({ backend: ref, vertex: ref, endpoint: z.string(), alias: z.string().optional(), base }),
    z.object(head),
  ),
  /** `count` is of the whole log; `items` at most `limit` (default 10,000) after `after`. */
  'backend.operations': unary(
    z.object({
      backend: ref,
      after: z.int().nonnegative().optional(),
      limit: z.int().positive().max(10_000).optional(),
    }),
    list(operationRow),
  ),
  'backend.undo': unary(
    z.object({ backend: ref, steps: z.int().positive().optional(), base }),
    z.object({ ...head, steps: z.int(), delivered: z.boolean().nullable() }),
  ),
  'backend.redo': unary(
    z.object({ backend: ref, steps: z.int().positive().optional(), base }),
    z.object({ ...head, steps: z.int(), delivered: z.boolean().nullable() }),
  ),
  /** Rewrites the log to the shortest that gives the same graph, from the last operation that evidence references. */
  'backend.compact': unary(z.object({ backend: ref }), z.object({ ...head, before: z.int(), after: z.int() })),
  'backend.graph': unary(
    z.object({ backend: ref, at }),
    z.object({
      backend_id: z.string(),
      seq: z.int(),
      hash: z.string(),
      name: z.string(),
      graph_hash: z.string(),
      graph: z.unknown(),
      vertices: z.array(vertexRow),
      edges: z.array(edgeRow),
    }),
  ),
  /** From one graph to another: two points of one log, or of two backends (`to`). */
  'backend.diff': unary(
    z.object({ backend: ref, at, to: ref.optional(), to_at: at }),
    z.object({ same: z.boolean(), count: z.int(), items: z.array(graphChange) }),
  ),
  /** Replays the log from its first operation; throws `workspace_damaged` naming the operation that does not follow. */
  'backend.verify': unary(
    z.object({ backend: ref }),
    z.object({ ...head, operations: z.int(), graph_hash: z.string() }),
  ),
  /** A sibling with its own history, endpoints and deployment, which starts as the graph at `at`. */
  'backend.fork': unary(
    z.object({ backend: ref, at, name: z.string().optional(), lease }),
    z.object({ ...head, forked_from: z.object({ backend_id: z.string(), seq: z.int(), hash: z.string() }) }),
  ),
  'backend.delete': unary(z.object({ backend: ref }), z.object({ backend_id: z.string() })),
  'backend.deploy': unary(
    z.object({
      backend: ref,
      runtime: ref,
      lease,
      fixed_duration: goDuration.optional(),
      debug: z.boolean().optional(),
      /** Answer when the deployment is running or failed, not as soon as it is on its way. */
      wait: z.boolean().optional(),
    }),
    z.object({ deployment_id: z.string(), backend_id: z.string() }),
  ),
  /**
   * Replaces a running deployment's containers by fresh ones of the backend as it is now, behind the same URLs; answered when it is
   * done. A failed one is deployed anew with the same settings. `gap_ms`: how long no container was there to answer.
   */
  'backend.redeploy': unary(
    z.object({ backend: ref.optional(), deployment: ref.optional() }),
    z.object({ deployment_id: z.string(), backend_id: z.string(), generation: z.int(), gap_ms: z.number() }),
  ),
  'backend.undeploy': unary(
    z.object({ backend: ref.optional(), deployment: ref.optional() }),
    z.object({ deployment_id: z.string(), backend_id: z.string() }),
  ),
  'backend.forward': unary(z.object({ backend: ref }), z.array(endpointRow)),

  'deployment.list': unary(nothing, list(deploymentRow)),
  'deployment.show': unary(
    z.object({ deployment: ref }),
    deploymentRow.extend({ containers: z.array(containerRow), events: z.array(deploymentEvent) }),
  ),
  /** What happened to it after `after`; with `follow`, until it is gone or has failed. */
  'deployment.events': stream(
    z.object({ deployment: ref, after: z.int().nonnegative().optional(), follow: z.boolean().optional() }),
    deploymentEvent,
  ),
  'container.list': unary(z.object({ deployment: ref.optional() }), list(containerRow)),
  /** Captured output, byte for byte, oldest first; with `follow`, until the container has ended. */
  'container.logs': stream(
    z.object({
      container: ref,
      follow: z.boolean().optional(),
      stream: z.enum(['stdout', 'stderr']).optional(),
      /** RFC 3339, or a Go duration back from now. */
      since: z.string().optional(),
      /** The last so many lines, of what the other filters leave. */
      tail: z.int().nonnegative().optional(),
    }),
    z.object({ stream: z.enum(['stdout', 'stderr']), at: z.string(), base64: z.string() }),
  ),

  /** What containers use now, one a container; with `follow`, each second until they have ended. */
  'container.stats': stream(
    z.object({ container: ref.optional(), deployment: ref.optional(), follow: z.boolean().optional() }),
    containerStats,
  ),

  /** One stream's captured bytes as a file; without `stream` both, in arrival order. */
  'container.save_log': unary(
    z.object({
      container: ref,
      to: z.string(),
      stream: z.enum(['stdout', 'stderr']).optional(),
      overwrite: z.boolean().optional(),
    }),
    z.object({ path: z.string(), bytes: z.int() }),
  ),

  'lease.create': unary(
    z.object({ runtime: ref.optional(), ttl: goDuration.optional(), label: z.string().optional() }),
    z.object({ lease_id: z.string(), expires_at: z.string() }),
  ),
  /** The newest first. `count` is of all that match; `items` at most `limit` (default 1,000). */
  'lease.list': unary(
    z.object({ label: z.string().optional(), state: leaseState.optional(), limit: z.int().positive().optional() }),
    list(leaseRow),
  ),
  'lease.show': unary(z.object({ lease: ref }), leaseRow.extend({ owned: receipt.shape.removed })),
  /** The deadline becomes `ttl` from now, up to the cap of 24h (DESIGN §7). What lives by the lease in containers is told. */
  'lease.renew': unary(
    z.object({ lease: ref, ttl: goDuration }),
    z.object({ lease_id: z.string(), expires_at: z.string() }),
  ),
  /**
   * Answers when every deployment that the lease owns is running, or with `for: closed` when the lease has ended. Throws `timed_out` after
   * `timeout`, and the reason where a deployment failed.
   */
  'lease.wait': unary(
    z.object({ lease: ref, for: z.enum(['running', 'closed']).optional(), timeout: goDuration.optional() }),
    leaseRow.extend({ deployments: z.array(deploymentRow) }),
  ),
  /** Hands single resources to the workspace, with what they cannot be without: a backend's versions and files, a deployment's backend. */
  'lease.promote': unary(
    z.object({ lease: ref, resources: z.array(ref).min(1) }),
    z.object({ lease_id: z.string(), promoted: receipt.shape.removed }),
  ),
  'lease.commit': unary(z.object({ lease: ref }), z.object({ lease_id: z.string(), receipt })),
  'lease.rollback': unary(z.object({ lease: ref }), z.object({ lease_id: z.string(), receipt })),
  /** Keeps a result of the caller's own with the lease, at most 1 MiB of JSON; the last one counts. */
  'lease.set_result': unary(z.object({ lease: ref, result: z.json() }), z.object({ lease_id: z.string() })),
  /** Saves what the lease's runs captured as files of the workspace, which outlive it. Again, it saves only what is new. */
  'lease.collect_outputs': unary(
    z.object({ lease: ref }),
    z.object({ lease_id: z.string(), saved: receipt.shape.saved }),
  ),
  /** All that a person needs to see what went wrong, as one archive without secrets. */
  'lease.debug': unary(
    z.object({ lease: ref, to: z.string().describe('absolute path').optional(), overwrite: z.boolean().optional() }),
    z.object({ lease_id: z.string(), path: z.string(), bytes: z.int() }),
  ),
  /** Forgets a lease that has ended, with its runs and their logs. Evidence stays. An open one is refused. */
  'lease.delete': unary(z.object({ lease: ref }), z.object({ lease_id: z.string() })),
  /** Forgets all that match, of at least one filter; those that are still open are rolled back first. `dry_run` only counts. */
  'lease.delete_bulk': unary(
    z.object({
      label: z.string().optional(),
      state: leaseState.optional(),
      older_than: goDuration.optional(),
      dry_run: z.boolean().optional(),
    }),
    z.object({
      matched: z.int(),
      deleted: z.int(),
      failed: z.array(z.object({ lease_id: z.string(), reason: z.string() })),
    }),
  ),

  /**
   * Checks the manifest, the runtime and Docker, then starts a live test or a proof and answers with its lease.
   * What is wrong with them is an error here and nothing was made (DESIGN §8). The lease is tied to the caller's session.
   */
  'run.start': unary(
    z.object({
      kind: z.enum(['live_test', 'proof']),
      manifest: z.string().describe('absolute path'),
      cwd: z.string().describe('absolute; relative paths resolve here, then beside the manifest'),
      runtime: ref.optional(),
      cut_version_id: ref.optional(),
      label: z.string().optional(),
      ttl: goDuration.optional(),
      keep_lease: z.boolean().optional(),
      /** Live tests only: after `ready` the lease stays until the caller rolls it back or is gone. */
      hold: z.boolean().optional(),
      offline: z.boolean().optional(),
      /**
       * Frozen files in place of the manifest's own: by the name of one of its fixtures, or under a new name with the meaning of the
       * output, which adds a case. The manifest that is recorded says so.
       */
      fixtures: z.array(z.object({ name: z.string(), file_id: z.string(), meaning: z.string().optional() })).optional(),
    }),
    z.object({ run_id: z.string(), lease_id: z.string() }),
  ),
  /** Events of a run after `after_seq`, live until the run is over and its lease has closed (or is kept). */
  'run.watch': stream(z.object({ run: ref, after_seq: z.int().nonnegative() }), runEvent),
  'run.cancel': unary(z.object({ run: ref }), nothing),
  'run.list': unary(nothing, list(runRow)),
  'run.show': unary(z.object({ run: ref }), runDetail),
  /** Reads and checks a manifest and what it names, and makes nothing. */
  'manifest.check': unary(z.object({ manifest: z.string().describe('absolute path') }), runPlan),
  'example.list': unary(nothing, list(exampleRow)),

  /** The bytes that a digest names, in pieces of at most 1 MiB. */
  'blob.read': stream(z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }), z.object({ base64: z.string() })),
  'blob.save': unary(
    z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), to: z.string(), overwrite: z.boolean().optional() }),
    z.object({ path: z.string() }),
  ),

  'evidence.list': unary(nothing, list(evidenceRow)),
  'evidence.show': unary(z.object({ evidence: ref }), evidenceRow.extend({ record: z.unknown() })),
  'evidence.save': unary(
    z.object({ evidence: ref, to: z.string(), overwrite: z.boolean().optional() }),
    z.object({ evidence_id: z.string(), bundle: z.string() }),
  ),
  /** Checks a bundle, of this workspace or a teammate's: every digest and signature. */
  'evidence.verify': unary(z.object({ bundle: z.string().describe('absolute path') }), verifyReport),
  /** The report of evidence of this workspace as a file that any browser opens. */
  'evidence.report': unary(z.object({ evidence: ref }), z.object({ path: z.string() })),
} as const;

export type Contract = typeof contract;
export type ProcedureName = keyof Contract;
export type UnaryName = { [N in ProcedureName]: Contract[N] extends Unary ? N : never }[ProcedureName];
export type StreamName = { [N in ProcedureName]: Contract[N] extends Stream ? N : never }[ProcedureName];

export type Input<N extends ProcedureName> = z.infer<Contract[N]['input']>;
export type Output<N extends UnaryName> = Contract[N] extends Unary<z.ZodType, infer O> ? z.infer<O> : never;
export type StreamEvent<N extends StreamName> = Contract[N] extends Stream<z.ZodType, infer E> ? z.infer<E> : never;

/** What a host implements: one function a procedure. */
export type Handlers = { [N in UnaryName]: (input: Input<N>, context: CallContext) => Promise<Output<N>> } & {
  [N in StreamName]: (input: Input<N>, context: CallContext) => AsyncIterable<StreamEvent<N>>;
};

export * from './engine-row.ts';
export * from './port.ts';
export * from './procedure.ts';
export * from './rows.ts';
export * from './run-rows.ts';
