import type { Progress } from '../../../shared/contract/index.ts';

const tellEveryMs = 100;

/** Tells how many bytes of `total` are done: now and then, and when they all are. */
export function byteProgress(
  message: string,
  total: number,
  progress: (step: Progress) => void,
): (done: number) => void {
  const tell = paced((done, of) => progress({ message, done, total: of, unit: 'bytes' }));
  return done => tell(done, total);
}

/** Tells how many of many things are done: now and then, and when they all are. */
export function itemProgress(
  message: string,
  progress: (step: Progress) => void,
): (done: number, total: number) => void {
  return paced((done, total) => progress({ message, done, total, unit: 'items' }));
}

/** Passes on what comes after a while, and the first that says that all is done. */
function paced(tell: (done: number, total: number) => void): (done: number, total: number) => void {
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let wasAllDone = false;
  return (done, total) => {
    const now = performance.now();
    const isAllDone = done >= total && !wasAllDone;
    if (!isAllDone && now - toldAtMs < tellEveryMs) return;
    wasAllDone ||= isAllDone;
    toldAtMs = now;
    tell(done, total);
  };
}
