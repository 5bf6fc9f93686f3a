import { useEffect, useRef, useState } from 'react';
import type { EvidenceRow, Progress, VerifyReport } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { bridge, host } from '../host/host.ts';
import { toast, toastError } from '../ui/index.ts';
import { bundleFileName, verifiedLine } from './bundle-words.ts';

/** How far the saving of a bundle is. */
export type SaveStage =
  | { kind: 'working'; evidence: EvidenceRow; phase: 'save' | 'verify'; step: Progress }
  | { kind: 'saved'; evidence: EvidenceRow; path: string; report: VerifyReport }
  /** With a path, it was saved and could not be checked. */
  | { kind: 'failed'; evidence: EvidenceRow; error: AppError; path?: string };

/**
 * Saves a bundle where the user wants it, then checks the file that was saved. Goes on when the screen is left: the end is told by a
 * toast then.
 */
export function useSaveBundle() {
  const [stage, setStage] = useState<SaveStage | null>(null);
  const [stop, setStop] = useState<AbortController>();
  const isThere = useRef(false);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
    };
  }, []);

  const save = async (evidence: EvidenceRow) => {
    const to = await bridge.saveAs(bundleFileName(evidence));
    if (to === null) return;
    const abort = new AbortController();
    setStop(abort);
    const work = (phase: 'save' | 'verify', message: string) => {
      const show = (step: Progress) => setStage({ kind: 'working', evidence, phase, step });
      show({ message });
      return { signal: abort.signal, onProgress: show };
    };
    let path: string | undefined;
    try {
      const saved = await host.call(
        'evidence.save',
        { evidence: evidence.id, to, overwrite: true },
        work('save', 'Saving the bundle'),
      );
      path = saved.bundle;
      const report = await host.call('evidence.verify', { bundle: path }, work('verify', 'Checking the saved file'));
      setStage({ kind: 'saved', evidence, path, report });
      if (!isThere.current) tell(report);
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (error.code === 'cancelled' && path === undefined) setStage(null);
      else setStage({ kind: 'failed', evidence, error, ...(path === undefined ? {} : { path }) });
      if (!isThere.current) toastError(error);
    }
  };
  return { stage, save, cancel: () => stop?.abort(), close: () => setStage(null) };
}

function tell(report: VerifyReport): void {
  if (report.ok) toast({ kind: 'done', title: 'The bundle is saved and verified', detail: verifiedLine(report) });
  else toast({ kind: 'error', title: 'The bundle is saved, and does not verify', detail: verifiedLine(report) });
}
