import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const imageDigest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const verdict = z.enum(['pass', 'mismatch', 'fail']);
const component = z.object({
  name: z.string(),
  version_id: z.string(),
  image_digest: imageDigest,
  source_sha256: sha256,
});
const severity = z.enum(['error', 'warn']);
const log = z.object({ path: z.string(), sha256, bytes: z.int() });

/**
 * `evidence.json`: the six things a proof records (docs/prove-backend-behavior.txt, What counts as evidence). A record that
 * lacks one is invalid. Where a run failed early there is less in them, and `conclusion.failure` says why.
 */
export const evidenceRecord = z.strictObject({
  schema: z.literal('https://proofbench.dev/evidence/v1'),
  evidence_id: z.string(),
  created_at: z.string(),
  supersedes: z.string().nullable(),
  proofbench: z.object({ version: z.string() }),

  unit_under_test: z.object({
    component: component.nullable(),
    versions: z.array(component.omit({ name: true }).extend({ alias: z.string(), component: z.string() })),
    backend: z
      .object({
        backend_id: z.string(),
        operations: z.object({ from: z.int(), to: z.int() }),
        head_hash: sha256,
        graph_hash: sha256,
      })
      .nullable(),
    runtime: z.object({
      runtime_id: z.string(),
      engine: z.object({ version: z.string(), os: z.string(), architecture: z.string() }).nullable(),
      host: z.object({
        node: z.string(),
        platform: z.string(),
        architecture: z.string(),
        cpus: z.int(),
        memory_bytes: z.number(),
      }),
    }),
  }),
  input: z.object({
    fixtures: z.array(
      z.object({
        name: z.string(),
        file_id: z.string(),
        sha256,
        bytes: z.int(),
        media_type: z.string(),
        sent: z.boolean(),
      }),
    ),
  }),
  expected: z.object({
    cases: z.array(
      z.object({
        name: z.string(),
        fixture: z.string(),
        meaning: z.string().min(1),
        from: z.string().optional(),
        frames: z.int(),
        that: z.array(z.object({ expr: z.string(), severity })),
        logs: z.array(z.object({ vertex: z.string(), present: z.string().optional(), absent: z.string().optional() })),
        within_ms: z.number().optional(),
      }),
    ),
  }),
  observed: z.object({
    cases: z.array(
      z.object({
        name: z.string(),
        message_id: z.string().nullable(),
        frames: z.array(
          z.object({
            path: z.string(),
            sha256,
            bytes: z.int(),
            media_type: z.string(),
            metadata: z.record(z.string(), z.unknown()).optional(),
            message_ids: z.array(z.string()),
            at: z.string(),
          }),
        ),
      }),
    ),
  }),
  runtime_signal: z.object({
    containers: z.array(
      z.object({
        alias: z.string(),
        container_id: z.string(),
        status: z.string(),
        exit_code: z.int().nullable(),
        oom_killed: z.boolean(),
        restarts: z.int(),
        stdout: log,
        stderr: log.extend({ lines: z.int() }),
      }),
    ),
    /** The first request apart: it may pay for a lazily loaded model. */
    latency_ms: z.object({
      first: z.number().nullable(),
      rest: z.array(z.number()),
      by_case: z.record(z.string(), z.number().nullable()),
    }),
    /** What the lease removed and kept; null when it was left open. */
    receipt: z.unknown().nullable(),
  }),
  conclusion: z.object({
    verdict,
    cases: z.array(
      z.object({
        name: z.string(),
        verdict,
        reasons: z.array(z.string()),
        expressions: z.array(z.object({ expr: z.string(), severity, ok: z.boolean(), error: z.string().optional() })),
      }),
    ),
    failure: z.object({ stage: z.string(), code: z.string(), message: z.string() }).nullable(),
    risks: z.array(
      z.object({
        kind: z.string(),
        text: z.string(),
        quote: z.string().optional(),
        status: z.enum(['draft', 'noted']),
      }),
    ),
  }),
});
export type EvidenceRecord = z.infer<typeof evidenceRecord>;
