import { useCallback, useEffect, useState } from 'react';
import type { Progress, VerifyReport } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { host } from '../host/host.ts';

/** How far the check of one bundle is. */
export type VerifyState =
  | { kind: 'checking'; step: Progress }
  | { kind: 'stopped' }
  | { kind: 'failed'; error: AppError }
  | { kind: 'done'; report: VerifyReport };

const first: VerifyState = { kind: 'checking', step: { message: 'Checking the bundle' } };

/** Checks the bundle at `path`, at once and whenever it is another; `again` repeats it, `cancel` stops it. */
export function useVerify(path: string) {
  const [state, setState] = useState<VerifyState>(first);
  const [attempt, setAttempt] = useState(0);
  const [stop, setStop] = useState<AbortController>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is the same check once more
  useEffect(() => {
    const abort = new AbortController();
    let isCurrent = true;
    const set = (next: VerifyState) => {
      if (isCurrent) setState(next);
    };
    setStop(abort);
    setState(first);
    host
      .call(
        'evidence.verify',
        { bundle: path },
        { signal: abort.signal, onProgress: step => set({ kind: 'checking', step }) },
      )
      .then(report => set({ kind: 'done', report }))
      .catch((thrown: unknown) => {
        const error = AppError.from(thrown);
        set(error.code === 'cancelled' ? { kind: 'stopped' } : { kind: 'failed', error });
      });
    return () => {
      isCurrent = false;
      abort.abort();
    };
  }, [path, attempt]);
  return {
    state,
    cancel: () => stop?.abort(),
    again: useCallback(() => setAttempt(count => count + 1), []),
  };
}
