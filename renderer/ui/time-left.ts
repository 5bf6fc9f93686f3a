import type { Progress } from '../../shared/contract/index.ts';

/** A counted piece of work: when it was first seen, how much of it was done then, and when it was last. */
export interface Mark {
  atMs: number;
  from: number;
  done: number;
  total: number | undefined;
  unit: Progress['unit'];
}

/** Before this long a rate says little. */
const leastMs = 1000;

/** The mark to reckon from: the former one while it is the same piece of work, else one that begins here. */
export function markOf(former: Mark | undefined, step: Progress, nowMs: number): Mark {
  const { done = 0, total, unit } = step;
  const isSame = former !== undefined && former.total === total && former.unit === unit && former.done <= done;
  return isSame ? { ...former, done } : { atMs: nowMs, from: done, done, total, unit };
}

/** How long the rest takes at the rate since the mark; undefined while nothing can be said. */
export function timeLeft(mark: Mark, step: Progress, nowMs: number): number | undefined {
  const { done = 0, total } = step;
  const sinceMs = nowMs - mark.atMs;
  if (total === undefined || total <= 0 || done <= mark.from || sinceMs < leastMs) return undefined;
  return (sinceMs / (done - mark.from)) * Math.max(0, total - done);
}
