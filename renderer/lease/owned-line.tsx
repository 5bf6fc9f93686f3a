import type { LeaseRow } from '../../shared/contract/index.ts';
import { useAnswer } from '../host/host.ts';
import { countsLine, receiptLine } from './receipt-groups.ts';

/** What a lease owns, in counts; of one that ended, what became of it. */
export function OwnedLine({ lease }: { lease: LeaseRow }) {
  const isLive = lease.state === 'open' || lease.state === 'closing';
  const { data, error } = useAnswer('lease.show', { lease: lease.id }, { enabled: isLive });
  if (!isLive) return <>{lease.receipt === null ? 'No receipt' : receiptLine(lease.receipt)}</>;
  if (error !== null) return <>{error.message}</>;
  return <>{data === undefined ? 'Reading' : countsLine(data.owned) || 'Nothing yet'}</>;
}
