import { useEffect, useState } from 'react';
import type { AppError } from '../../shared/errors.ts';
import { useAnswer } from '../host/host.ts';

/**
 * A manifest as it is on the disk now: checked when it is opened, and whenever the window is come back to. What was wrong stays
 * to be read while it is checked again.
 */
export function useManifest(manifest: string) {
  const { data, error: found, isFetching, refetch } = useAnswer('manifest.check', { manifest });
  const [error, setError] = useState<AppError | null>(null);
  useEffect(() => {
    if (!isFetching) setError(found);
  }, [found, isFetching]);
  useEffect(() => {
    const again = () => void refetch();
    again();
    window.addEventListener('focus', again);
    return () => window.removeEventListener('focus', again);
  }, [refetch]);
  return { data, error, isFetching, isPending: data === undefined && error === null, refetch };
}
