import { z } from 'zod';

/**
 * `absent`: nothing of Docker is on this machine. `stopped`: it is, and no engine answers. `starting`: an engine was asked to start, or answers
 * that it is not ready yet. `denied`: this user may not open its socket. `wrong_context`: DOCKER_HOST, DOCKER_CONTEXT or the
 * current context names an engine that is not there.
 */
export const engineState = z.enum(['checking', 'ready', 'absent', 'stopped', 'starting', 'denied', 'wrong_context']);
export type EngineState = z.infer<typeof engineState>;

/** One place where an engine is looked for, in the order of DESIGN §6. */
export const engineLook = z.object({
  /** Such as DOCKER_HOST or Current context. */
  place: z.string(),
  /** What was found there, such as unix:///var/run/docker.sock; empty when not set. */
  value: z.string(),
  outcome: z.enum(['skipped', 'missing', 'no_answer', 'denied', 'found', 'answers']),
  detail: z.string(),
});
export type EngineLook = z.infer<typeof engineLook>;

export const engineStatus = z.object({
  state: engineState,
  /** Null unless it answers. */
  version: z.string().nullable(),
  host: z.string(),
  source: z.string(),
  /** What the attempt said, verbatim; empty when it answers. */
  said: z.array(z.string()),
  looked: z.array(engineLook),
  /** What `engine.start` would run; null when this machine gives no way. */
  start_command: z.string().nullable(),
  checked_at: z.string(),
});
export type EngineStatus = z.infer<typeof engineStatus>;
