import { useEffect, useRef } from 'react';
import type { LeaseRow, RunRow } from '../../shared/contract/index.ts';
import { bridge, useAnswer } from '../host/host.ts';
import { DeadlineWatch, leaseNotice, type Notice, runNotices } from './notices.ts';

const lookEveryMs = 5000;
const noLeases: readonly LeaseRow[] = [];

/** Messages of the system: a lease has five minutes left; a run is ready, failed or done. Once in the window. */
export function useLeaseWarnings(): void {
  const leases = useAnswer('lease.list', { state: 'open' }).data?.items ?? noLeases;
  const runs = useAnswer('run.list', {}).data?.items;
  const before = useRef<readonly RunRow[] | undefined>(undefined);
  useEffect(() => {
    if (runs === undefined) return;
    runNotices(before.current, runs).forEach(notify);
    before.current = runs;
  }, [runs]);

  const latest = useRef({ leases, runs });
  latest.current = { leases, runs };
  const watch = useRef(new DeadlineWatch());
  useEffect(() => {
    const look = () => {
      const { leases, runs = [] } = latest.current;
      const now = Date.now();
      for (const lease of watch.current.due(leases, now)) notify(leaseNotice(lease, runs, now));
    };
    const timer = setInterval(look, lookEveryMs);
    return () => clearInterval(timer);
  }, []);
}

function notify({ title, body, route }: Notice): void {
  bridge.notify(title.slice(0, 200), body, route);
}
