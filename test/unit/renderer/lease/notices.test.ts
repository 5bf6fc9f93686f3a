import { describe, expect, it } from 'vitest';
import { DeadlineWatch, leaseNotice, runNotices } from '../../../../renderer/lease/notices.ts';
import { aRun } from '../runs/rows.ts';
import { aLease, inMinutes, noon } from './leases.ts';

const minute = 60_000;

describe('messages about runs', () => {
  it('are none when the list is read for the first time', () => {
    expect(runNotices(undefined, [aRun()])).toEqual([]);
  });

  it('come when a run becomes ready, fails or is done', () => {
    const before = [
      aRun({ id: 'run_a', number: 1, state: 'running' }),
      aRun({ id: 'run_b', number: 2, state: 'running' }),
      aRun({ id: 'run_c', number: 3, state: 'running' }),
    ];
    const after = [
      aRun({ id: 'run_a', number: 1, state: 'ready', verdict: null }),
      aRun({ id: 'run_b', number: 2, state: 'failed', verdict: null }),
      aRun({ id: 'run_c', number: 3, state: 'done', verdict: 'pass', warnings: 1 }),
    ];
    expect(runNotices(before, after)).toEqual([
      { title: 'pets #1 is ready', body: 'Its endpoints take messages.', route: '/runs/run_a' },
      { title: 'pets #2 failed', body: 'The run itself broke.', route: '/runs/run_b' },
      { title: 'pets #3 is done', body: 'Verdict pass: 1 of 1 cases passed, 1 warning.', route: '/runs/run_c' },
    ]);
  });

  it('come once, and not for what stays as it is', () => {
    const run = aRun();
    expect(runNotices([run], [{ ...run, evidence_id: 'evd_2' }])).toEqual([]);
    expect(runNotices([aRun({ state: 'running' })], [aRun({ state: 'running' })])).toEqual([]);
  });

  it('come for a run that began and ended between two looks', () => {
    expect(runNotices([], [aRun()])).toHaveLength(1);
  });
});

describe('messages about leases', () => {
  it('come once when five minutes are left', () => {
    const watch = new DeadlineWatch();
    const leases = [aLease()];
    expect(watch.due(leases, noon)).toEqual([]);
    expect(watch.due(leases, noon + 25 * minute)).toEqual(leases);
    expect(watch.due(leases, noon + 26 * minute)).toEqual([]);
  });

  it('come again after the lease was extended', () => {
    const watch = new DeadlineWatch();
    watch.due([aLease()], noon);
    watch.due([aLease()], noon + 26 * minute);
    const extended = [aLease({ expires_at: inMinutes(60) })];
    expect(watch.due(extended, noon + 27 * minute)).toEqual([]);
    expect(watch.due(extended, noon + 56 * minute)).toEqual(extended);
  });

  it('do not come for a lease that is under five minutes when it is first seen', () => {
    expect(new DeadlineWatch().due([aLease({ expires_at: inMinutes(3) })], noon)).toEqual([]);
  });

  it('do not come for a lease that is over', () => {
    const watch = new DeadlineWatch();
    watch.due([aLease()], noon);
    expect(watch.due([aLease({ state: 'closing' })], noon + 26 * minute)).toEqual([]);
  });

  it('name the run and lead to it', () => {
    const lease = aLease({ expires_at: inMinutes(5) });
    const run = aRun({ id: 'run_a', number: 42, lease_id: lease.id });
    expect(leaseNotice(lease, [run], noon)).toMatchObject({
      title: 'The lease of pets #42 ends in 5 min',
      route: '/runs/run_a',
    });
    expect(leaseNotice({ ...lease, label: 'demo' }, [], noon)).toMatchObject({
      title: 'The lease of demo ends in 5 min',
      route: '/leases',
    });
  });
});
