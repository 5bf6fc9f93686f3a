import { z } from 'zod';
import type { ErrorData } from '../errors.ts';
import type { Progress } from './procedure.ts';

const id = z.int().positive();

/**
 * The contract over a message port, as the window speaks it with the host. `id` is the caller's, counted up. A stream is sent in
 * batches: the host has at most `batchesAhead` on their way, and `taken` lets it send one more.
 */
export const toHost = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call'), id, name: z.string(), input: z.unknown() }),
  z.object({ kind: z.literal('stream'), id, name: z.string(), input: z.unknown() }),
  z.object({ kind: z.literal('cancel'), id }),
  z.object({ kind: z.literal('taken'), id }),
]);
export type ToHost = z.infer<typeof toHost>;

export type FromHost =
  | { kind: 'answer'; id: number; output: unknown }
  | { kind: 'failed'; id: number; error: ErrorData }
  | { kind: 'progress'; id: number; step: Progress }
  | { kind: 'events'; id: number; events: unknown[] }
  | { kind: 'end'; id: number };

export const batchesAhead = 4;
/** Events of one batch; fewer when the stream pauses. */
export const batchSize = 256;
