import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../../shared/canonical-json.ts';

export const maxNameLength = 200;

const edge = z.object({
  from_vertex: z.string(),
  from_output: z.int().nonnegative(),
  to_vertex: z.string(),
  to_input: z.int().nonnegative(),
});
const alias = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, 'an alias begins with a letter and has letters, digits, - and _');

const name = z
  .string()
  .min(1, 'a name has at least one letter')
  .max(maxNameLength, `a name has at most ${maxNameLength} letters`)
  .refine(text => text.isWellFormed(), 'a name is text without half characters');

/** The typed operations of a backend's log (DESIGN §5). */
export const graphOperation = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('create'),
    /** `forked_from`: the point of another log whose graph this one starts as. */
    payload: z.object({
      name,
      forked_from: z.object({ backend_id: z.string(), seq: z.int(), hash: z.string() }).optional(),
    }),
  }),
  z.object({ type: z.literal('rename'), payload: z.object({ name }) }),
  z.object({
    type: z.literal('add-vertex'),
    payload: z.object({ vertex_id: z.string(), alias, version_id: z.string() }),
  }),
  z.object({ type: z.literal('delete-vertex'), payload: z.object({ vertex_id: z.string() }) }),
  z.object({ type: z.literal('connect'), payload: edge }),
  z.object({ type: z.literal('disconnect'), payload: edge }),
  z.object({
    type: z.literal('change-parameter'),
    /** Without `value`, the parameter goes back to its default. */
    payload: z.object({ vertex_id: z.string(), name: z.string(), type: z.string(), value: z.unknown().optional() }),
  }),
  z.object({
    type: z.literal('add-file'),
    payload: z.object({ vertex_id: z.string(), key: z.string(), file_id: z.string() }),
  }),
  z.object({ type: z.literal('remove-file'), payload: z.object({ vertex_id: z.string(), key: z.string() }) }),
  z.object({
    type: z.literal('change-version'),
    payload: z.object({ vertex_id: z.string(), version_id: z.string() }),
  }),
  z.object({
    type: z.literal('change-endpoint-alias'),
    /** With null, the endpoint goes by its vertex's alias again. */
    payload: z.object({ vertex_id: z.string(), endpoint: z.string(), alias: alias.nullable() }),
  }),
]);
export type GraphOperation = z.infer<typeof graphOperation>;
export type Edge = z.infer<typeof edge>;

/** What the first operation of a log follows. */
export const genesisHash = '0'.repeat(64);

/** SHA-256 (hex) that chains an operation to the one before it. */
export function operationHash(prevHash: string, seq: number, operation: GraphOperation): string {
  const { type, payload } = operation;
  return createHash('sha256')
    .update(canonicalJson({ prev_hash: prevHash, seq, type, payload }))
    .digest('hex');
}

export interface ChainedOperation {
  seq: number;
  operation: GraphOperation;
  prev_hash: string;
  hash: string;
}

export interface LogPoint {
  seq: number;
  hash: string;
}

export const genesis: LogPoint = { seq: 0, hash: genesisHash };

/** Whether an operation is what was written after that point of its log. */
export function follows({ seq, operation, prev_hash, hash }: ChainedOperation, after: LogPoint): boolean {
  return seq === after.seq + 1 && prev_hash === after.hash && operationHash(prev_hash, seq, operation) === hash;
}
