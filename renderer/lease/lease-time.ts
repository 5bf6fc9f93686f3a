import type { LeaseRow } from '../../shared/contract/index.ts';
import { formatDuration, parseDuration } from '../../shared/duration.ts';
import type { Status } from '../ui/status.tsx';

/** A lease with less than this left is warned about. */
export const warnBelowMs = 5 * 60_000;
/** No lease lasts longer than this from now. */
export const capMs = 24 * 3_600_000;

/** What can be added to a lease, as the menu offers it. */
export const extensions = [
  { by: '10m', label: '10 min more' },
  { by: '30m', label: '30 min more' },
  { by: '1h', label: '1 h more' },
] as const;

/** Milliseconds until the deadline, never below zero. */
export function leftMs(lease: Pick<LeaseRow, 'expires_at'>, nowMs: number): number {
  return Math.max(0, Date.parse(lease.expires_at) - nowMs);
}

/** How much of the lease's whole time is left, from 0 to 1: what the ring shows. */
export function remainingShare(lease: Pick<LeaseRow, 'created_at' | 'expires_at'>, nowMs: number): number {
  const wholeMs = Date.parse(lease.expires_at) - Date.parse(lease.created_at);
  return wholeMs <= 0 ? 0 : Math.min(1, leftMs(lease, nowMs) / wholeMs);
}

/** The duration from now that adds `by` to what is left, and whether the cap cut it. */
export function extended(
  lease: Pick<LeaseRow, 'expires_at'>,
  by: string,
  nowMs: number,
): { ttl: string; isCut: boolean } {
  const wantedMs = leftMs(lease, nowMs) + parseDuration(by);
  // Whole seconds, so that the request reads like one a person would write.
  const ttlMs = Math.round(Math.min(wantedMs, capMs) / 1000) * 1000;
  return { ttl: formatDuration(ttlMs), isCut: wantedMs > capMs };
}

/** A lease that is no longer open, or past its deadline, in a word; undefined while its time runs. */
export function endWord(lease: LeaseRow, nowMs: number): { status: Status; text: string } | undefined {
  const failed = lease.receipt?.failed.length ?? 0;
  switch (lease.state) {
    case 'open':
      return leftMs(lease, nowMs) > 0 ? undefined : { status: 'running', text: 'Time is up' };
    case 'closing':
      return failed > 0 ? { status: 'warn', text: 'Retrying' } : { status: 'running', text: 'Closing' };
    case 'committed':
      return { status: 'pass', text: 'Kept' };
    case 'rolled_back':
      return { status: 'idle', text: 'Torn down' };
    case 'expired':
      return { status: 'idle', text: 'Expired' };
    default:
      return lease.state satisfies never;
  }
}

/** Open and closing leases first, those that end soonest at the top; then the ended ones, newest first. */
export function inOrder(leases: readonly LeaseRow[]): LeaseRow[] {
  const isLive = ({ state }: LeaseRow) => state === 'open' || state === 'closing';
  const live = leases.filter(isLive).sort((a, b) => Date.parse(a.expires_at) - Date.parse(b.expires_at));
  const ended = leases
    .filter(lease => !isLive(lease))
    .sort((a, b) => Date.parse(b.closed_at ?? b.created_at) - Date.parse(a.closed_at ?? a.created_at));
  return [...live, ...ended];
}
