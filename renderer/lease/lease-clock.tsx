import type { LeaseRow } from '../../shared/contract/index.ts';
import { countdown, StatusMark, StatusText, useNow } from '../ui/index.ts';
import { endWord, leftMs, remainingShare, warnBelowMs } from './lease-time.ts';

const round = 2 * Math.PI * 6;

/** What is left of a lease's time, as a ring of 16 px. Say the time beside it. */
export function LeaseRing({ lease }: { lease: LeaseRow }) {
  const now = useNow(1000);
  const share = lease.state === 'open' ? remainingShare(lease, now) : 0;
  return (
    <svg width={16} height={16} viewBox="0 0 16 16" fill="none" strokeWidth={2.5} aria-hidden className="flex-none">
      <circle cx={8} cy={8} r={6} className="stroke-line-strong" />
      <circle
        cx={8}
        cy={8}
        r={6}
        className="stroke-fg"
        strokeDasharray={`${(share * round).toFixed(1)} ${round.toFixed(1)}`}
        transform="rotate(-90 8 8)"
      />
    </svg>
  );
}

/** The time a lease has left, with a triangle under five minutes; once it ended, how. */
export function LeaseTime({ lease, isStrong = false }: { lease: LeaseRow; isStrong?: boolean }) {
  const now = useNow(1000);
  const end = endWord(lease, now);
  if (end !== undefined) return <StatusText status={end.status}>{end.text}</StatusText>;
  const left = leftMs(lease, now);
  return (
    <span
      role="timer"
      aria-label={`${countdown(left)} left of the lease`}
      className={`inline-flex items-center gap-1.5 whitespace-nowrap tabular-nums ${isStrong ? 'font-semibold' : 'font-medium'}`}
    >
      {left < warnBelowMs && <StatusMark status="warn" label="Under five minutes" />}
      {countdown(left)}
    </span>
  );
}
