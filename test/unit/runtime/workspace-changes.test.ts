import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Leases } from '../../../electron/runtime/lease/leases.ts';
import { Store } from '../../../electron/runtime/store/store.ts';
import { watchChanges } from '../../../electron/runtime/workspace-changes.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-watch-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const nothing = () => undefined;
const leasesOf = (store: Store) =>
  new Leases({
    store,
    discard: {
      deployment: async () => undefined,
      backend: nothing,
      version: nothing,
      file: nothing,
      image: async () => true,
    },
    log: () => undefined,
  });

describe('watching a workspace', () => {
  it('tells what changed, what comes together at once, until nobody listens', async () => {
    using store = new Store(home);
    const stop = new AbortController();
    const batches = watchChanges(store.changed, stop.signal);
    const first = batches.next();
    using leases = leasesOf(store);
    leases.open({ runtimeId: 'rt_1' });
    leases.open({ runtimeId: 'rt_1' });
    store.deployments.setStatus('dep_1', 'gone');
    expect((await first).value).toEqual({ changed: ['leases', 'runs'] });

    const { sha256 } = await store.blobs.putBytes(Buffer.from('x'));
    const file = { id: 'fil_1', name: 'x', type: 'text', media_type: 'text/plain', readme: '', lease_id: null };
    const second = batches.next();
    store.files.insert({ ...file, sha256, created_at_ms: 1 });
    expect((await second).value).toEqual({ changed: ['files'] });

    const last = batches.next();
    stop.abort();
    expect((await last).done).toBe(true);
  });

  it('tells what changed while nobody took a batch in the next', async () => {
    using store = new Store(home);
    const stop = new AbortController();
    const batches = watchChanges(store.changed, stop.signal);
    const first = batches.next();
    store.changed.emit('runs');
    await first;
    store.changed.emit('evidence');
    expect((await batches.next()).value).toEqual({ changed: ['evidence'] });
    stop.abort();
  });
});

describe('renewing a lease', () => {
  it('moves its deadline, to the cap at most, and not the fixed duration of what is deployed under it', () => {
    using store = new Store(home);
    using leases = leasesOf(store);
    const lease = leases.open({ runtimeId: 'rt_1', ttl: '1m' });
    const deployment = { backend_id: 'bck_1', runtime_id: 'rt_1', debug: 0 as const, plan: '{}', subnet: null };
    const served = { fixed: 0 as const, generation: 1 };
    const times = { error: null, expires_at_ms: lease.expires_at_ms, created_at_ms: 1, ended_at_ms: null };
    store.deployments.insert(
      { id: 'dep_1', ...deployment, status: 'running', lease_id: lease.id, network_name: 'a', ...served, ...times },
      [],
    );
    const changed: string[] = [];
    leases.changed.on(id => changed.push(id));
    const renewed = leases.renew(lease.id, '30m');
    expect(renewed.expires_at_ms).toBeGreaterThan(Date.now() + 29 * 60_000);
    expect(store.deployments.get('dep_1')?.expires_at_ms).toBe(times.expires_at_ms);
    expect(changed).toEqual([lease.id]);
    expect(leases.renew(lease.id, '100h').expires_at_ms).toBeLessThanOrEqual(Date.now() + 24 * 3600_000);
    expect(leases.renew(lease.id, '1m').expires_at_ms).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it('is refused for a lease that is not open, and for no time at all', async () => {
    using store = new Store(home);
    using leases = leasesOf(store);
    const lease = leases.open({ runtimeId: 'rt_1' });
    expect(() => leases.renew(lease.id, '0s')).toThrow(expect.objectContaining({ code: 'usage' }));
    await leases.rollback(lease.id);
    expect(() => leases.renew(lease.id, '1m')).toThrow(expect.objectContaining({ code: 'lease_closed' }));
  });
});
