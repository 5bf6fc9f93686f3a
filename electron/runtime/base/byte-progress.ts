import type { Progress } from '../../../shared/contract/index.ts';

const tellEveryMs = 100;

/** Tells how many bytes of `total` are done: now and then, and at the end. */
export function byteProgress(
  message: string,
  total: number,
  progress: (step: Progress) => void,
): (done: number) => void {
  let toldAtMs = 0;
  return done => {
    const now = performance.now();
    if (done < total && now - toldAtMs < tellEveryMs) return;
    toldAtMs = now;
    progress({ message, done, total, unit: 'bytes' });
  };
}
