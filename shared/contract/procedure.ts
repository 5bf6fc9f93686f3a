import type { z } from 'zod';

/** One request, one answer; may report progress while it works. */
export interface Unary<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  kind: 'unary';
  input: I;
  output: O;
}

/** One request, a stream of events; over when the work is over, or when the caller stops listening. */
export interface Stream<I extends z.ZodType = z.ZodType, E extends z.ZodType = z.ZodType> {
  kind: 'stream';
  input: I;
  event: E;
}

export function unary<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Unary<I, O> {
  return { kind: 'unary', input, output };
}

export function stream<I extends z.ZodType, E extends z.ZodType>(input: I, event: E): Stream<I, E> {
  return { kind: 'stream', input, event };
}

/** A step of long work, for people: what is being done, and how far it is where that is known. */
export interface Progress {
  message: string;
  done?: number;
  total?: number;
  unit?: 'bytes' | 'items';
}

/** What a handler knows of its caller. */
export interface CallContext {
  /** The caller's session token: the same across reconnects and hosts. */
  session: string;
  /** Aborted when the caller cancels or is gone. */
  signal: AbortSignal;
  progress(step: Progress): void;
}
