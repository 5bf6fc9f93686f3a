import { describe, expect, it } from 'vitest';
import { endWord, extended, inOrder, leftMs, remainingShare } from '../../../../renderer/lease/lease-time.ts';
import { aLease, inMinutes, noon } from './leases.ts';

const minute = 60_000;

describe('the countdown of a lease', () => {
  it('never goes below zero', () => {
    expect(leftMs(aLease(), noon + 10 * minute)).toBe(20 * minute);
    expect(leftMs(aLease(), noon + 31 * minute)).toBe(0);
  });

  it('draws the ring as the share of its time that is left', () => {
    expect(remainingShare(aLease(), noon)).toBe(1);
    expect(remainingShare(aLease(), noon + 15 * minute)).toBe(0.5);
    expect(remainingShare(aLease(), noon + 40 * minute)).toBe(0);
  });

  it('draws a full ring when this clock is behind the host', () => {
    expect(remainingShare(aLease(), noon - minute)).toBe(1);
    expect(remainingShare(aLease({ expires_at: inMinutes(0) }), noon)).toBe(0);
  });
});

describe('Extend', () => {
  it('adds to what is left', () => {
    expect(extended(aLease(), '10m', noon + 6 * minute)).toEqual({ ttl: '34m', isCut: false });
    expect(extended(aLease(), '1h', noon + 30 * minute)).toEqual({ ttl: '1h', isCut: false });
  });

  it('stops at 24 h and says so', () => {
    expect(extended(aLease({ expires_at: inMinutes(23.5 * 60) }), '1h', noon)).toEqual({ ttl: '24h', isCut: true });
  });

  it('asks for whole seconds', () => {
    expect(extended(aLease(), '10m', noon + 333).ttl).toBe('40m');
  });
});

describe('the word of a lease', () => {
  it('is none while its time runs', () => {
    expect(endWord(aLease(), noon)).toBeUndefined();
    expect(endWord(aLease(), noon + 31 * minute)?.text).toBe('Time is up');
  });

  it('says how it ended', () => {
    expect(endWord(aLease({ state: 'rolled_back' }), noon)?.text).toBe('Torn down');
    expect(endWord(aLease({ state: 'expired' }), noon)?.text).toBe('Expired');
    expect(endWord(aLease({ state: 'committed' }), noon)?.text).toBe('Kept');
  });

  it('warns when something could not be removed and is tried again', () => {
    const failed = [{ kind: 'container' as const, id: 'ctr_1', reason: 'in use' }];
    const receipt = { removed: [], saved: [], kept: [], failed };
    expect(endWord(aLease({ state: 'closing', receipt }), noon)).toEqual({
      status: 'warn',
      text: 'Retrying',
    });
  });
});

it('the table has the lease that ends soonest on top, and the ended ones newest first', () => {
  const leases = [
    aLease({ id: 'old', state: 'expired', closed_at: inMinutes(-60) }),
    aLease({ id: 'later', expires_at: inMinutes(20) }),
    aLease({ id: 'new', state: 'rolled_back', closed_at: inMinutes(-1) }),
    aLease({ id: 'soon', expires_at: inMinutes(5) }),
  ];
  expect(inOrder(leases).map(({ id }) => id)).toEqual(['soon', 'later', 'new', 'old']);
});
