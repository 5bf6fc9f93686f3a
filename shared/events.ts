import { z } from 'zod';

/**
 * Events of `ppl lease run` and `ppl proof run`, one JSON object a line on stdout (DESIGN §8, §9).
 * Every event carries `seq` (from 1, without gaps in a run), `at` (RFC 3339 UTC) and `lease_id`.
 */
const head = { seq: z.int().positive(), at: z.string(), lease_id: z.string() };

function event<T extends string, S extends z.ZodRawShape>(type: T, shape: S) {
  return z.object({ type: z.literal(type), ...head, ...shape });
}

export const containerStatus = z.enum(['starting', 'running', 'restarting', 'exited', 'failed']);
export type ContainerStatus = z.infer<typeof containerStatus>;

export const verdict = z.enum(['pass', 'mismatch', 'fail']);
/** `mismatch`: the backend worked and meant something else. `fail`: the run itself broke. */
export type Verdict = z.infer<typeof verdict>;

export const endpointRow = z.object({
  endpoint_name: z.string(),
  vertex_id: z.string(),
  alias: z.string(),
  url: z.string(),
  token: z.string(),
});
export type EndpointRow = z.infer<typeof endpointRow>;

export const errorData = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});

export const runEvent = z.discriminatedUnion('type', [
  event('lease_created', { expires_at: z.string() }),
  event('prerelease_published', { version_id: z.string(), image_digest: z.string() }),
  event('fixture_uploaded', { name: z.string(), file_id: z.string(), sha256: z.string() }),
  event('fixture_fetched', { name: z.string(), url: z.string(), sha256: z.string(), bytes: z.int() }),
  event('backend_created', { backend_id: z.string() }),
  event('vertex_added', { vertex_id: z.string(), alias: z.string(), version_id: z.string() }),
  event('edge_connected', {
    from: z.string(),
    from_output: z.int(),
    to: z.string(),
    to_input: z.int(),
    /** The solved type of the edge; `type` is taken by the event's own name. */
    edge_type: z.string(),
  }),
  event('param_set', { vertex_id: z.string(), name: z.string() }),
  event('file_bound', { vertex_id: z.string(), key: z.string(), file_id: z.string() }),
  event('deploy_started', { deployment_id: z.string() }),
  event('container', { vertex_id: z.string(), container_id: z.string() }),
  event('container_status', { vertex_id: z.string(), container_id: z.string(), status: containerStatus }),
  event('ready', { backend_id: z.string(), deployment_id: z.string(), endpoints: z.array(endpointRow) }),
  event('failed', { stage: z.string(), error: errorData, debug_bundle: z.string().optional() }),
  event('case', {
    name: z.string(),
    verdict,
    latency_ms: z.number().nullable(),
    reasons: z.array(z.string()).optional(),
  }),
  event('proof', { run_id: z.string(), evidence_id: z.string(), verdict, bundle: z.string() }),
]);
export type RunEvent = z.infer<typeof runEvent>;
export type RunEventType = RunEvent['type'];

type WithoutHead<E> = E extends RunEvent ? Omit<E, 'seq' | 'at' | 'lease_id'> : never;
/** An event as its producer writes it; the run adds `seq`, `at` and `lease_id`. */
export type RunEventBody = WithoutHead<RunEvent>;
