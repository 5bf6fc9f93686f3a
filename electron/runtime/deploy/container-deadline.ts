import { leaseFolder } from '../engine/container-options.ts';
import type { Engine } from '../engine/engine.ts';

/** What a host that is there needs to take a container down in time: only then does its own init end it. */
const slackMs = 10_000;

interface Time {
  /** Seconds since 1970, by the wall clock. */
  deadline: number;
  /** Seconds from now, which no clock that is set moves. */
  uptime: number;
}

function timeUntil(deadlineMs: number, nowMs: number): Time {
  const uptime = Math.max(1, Math.ceil((deadlineMs + slackMs - nowMs) / 1000));
  return { deadline: Math.ceil((deadlineMs + slackMs) / 1000), uptime };
}

/** What the init of a new container is started with (`resources/images/base/init`). Times are UTC ms. */
export function deadlineEnv(deadlineMs: number, nowMs: number): Record<string, string> {
  const { deadline, uptime } = timeUntil(deadlineMs, nowMs);
  return { PROOFBENCH_DEADLINE: String(deadline), PROOFBENCH_UPTIME: String(uptime) };
}

/** Tells the init of a running container another deadline, as only the engine can; false when it did not take it. */
export async function tellDeadline(
  engine: Engine,
  container: string,
  deadlineMs: number,
  nowMs: number,
): Promise<boolean> {
  const { deadline, uptime } = timeUntil(deadlineMs, nowMs);
  const write = `echo "${deadline} ${uptime}" > ${leaseFolder}/deadline`;
  return (await engine.executeAsRoot(container, ['/bin/sh', '-c', write])) === 0;
}
