import type { Handlers } from '../../../shared/contract/index.ts';
import { parseDuration } from '../../../shared/duration.ts';
import { AppError } from '../../../shared/errors.ts';
import type { DebugBundles } from '../debug/debug-bundles.ts';
import type { Deployer } from '../deploy/deployer.ts';
import type { Runtimes } from '../engine/runtimes.ts';
import { type Lease, leaseRowOf } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import { iso } from '../store/time.ts';
import type { Leases } from './leases.ts';

const listedAtOnce = 1000;

export interface LeaseServices {
  store: Store;
  runtimes: Runtimes;
  deployer: Deployer;
  leases: Leases;
  debugBundles: DebugBundles;
}

type LeaseName = Extract<keyof Handlers, `lease.${string}`>;

/** Scopes that own and clean up everything temporary (DESIGN §7). */
export function leaseProcedures(services: LeaseServices): Pick<Handlers, LeaseName> {
  const { store, runtimes, deployer, leases, debugBundles } = services;

  const isSettled = (lease: Lease, wanted: 'running' | 'closed'): boolean => {
    const hasEnded = lease.state !== 'open' && lease.state !== 'closing';
    if (wanted === 'closed') return hasEnded;
    if (lease.state !== 'open') {
      throw new AppError('lease_closed', `Lease ${lease.id} is ${lease.state}: nothing of it will run.`);
    }
    // One that failed does not matter any more when its backend was deployed again.
    const newest = new Map(store.deployments.ofLease(lease.id).map(each => [each.backend_id, each]));
    const deployments = [...newest.values()];
    const failed = deployments.find(({ status }) => status === 'failed');
    if (failed !== undefined) {
      throw failed.error === null
        ? new AppError('deploy_failed', `Deployment ${failed.id} failed.`)
        : AppError.fromData(failed.error);
    }
    return deployments.length > 0 && deployments.every(({ status }) => status === 'running');
  };

  return {
    'lease.create': async ({ runtime, ttl, label }) => {
      const lease = leases.open({ ttl, label, runtimeId: runtimes.resolve(runtime) });
      return { lease_id: lease.id, expires_at: iso(lease.expires_at_ms) };
    },
    'lease.list': async ({ limit, ...filter }) => ({
      count: store.leases.count(filter),
      items: store.leases.list(filter, limit ?? listedAtOnce).map(leaseRowOf),
    }),
    'lease.show': async ({ lease }) => {
      const found = leases.resolve(lease);
      return { ...leaseRowOf(found), owned: store.leases.owned(found.id) };
    },
    'lease.renew': async ({ lease, ttl }) => {
      const { id, expires_at_ms } = leases.renew(lease, ttl);
      return { lease_id: id, expires_at: iso(expires_at_ms) };
    },
    'lease.wait': async ({ lease: ref, for: wanted = 'running', timeout }, { signal }) => {
      const { id } = leases.resolve(ref);
      const late = timeout === undefined ? undefined : AbortSignal.timeout(parseDuration(timeout));
      const over = late === undefined ? signal : AbortSignal.any([signal, late]);
      while (!isSettled(leases.get(id), wanted)) {
        if (late?.aborted) {
          throw new AppError('timed_out', `Lease ${id} was not ${wanted} within ${timeout}.`, {
            hint: `See what it owns: ppl lease show ${id}`,
          });
        }
        over.throwIfAborted();
        await Promise.race([
          deployer.changed.next({ signal: over, ms: 1000 }),
          leases.changed.next({ signal: over, ms: 1000 }),
        ]);
      }
      return {
        ...leaseRowOf(leases.get(id)),
        deployments: store.deployments.ofLease(id).map(deployment => store.deployments.deploymentRow(deployment)),
      };
    },
    'lease.promote': async ({ lease, resources }) => ({
      lease_id: leases.resolve(lease).id,
      promoted: leases.promote(lease, resources),
    }),
    'lease.commit': async ({ lease }) => {
      const { id } = leases.resolve(lease);
      return { lease_id: id, receipt: leases.commit(id) };
    },
    'lease.rollback': async ({ lease }) => {
      const { id } = leases.resolve(lease);
      return { lease_id: id, receipt: await leases.rollback(id) };
    },
    'lease.set_result': async ({ lease, result }) => {
      leases.setResult(lease, result);
      return { lease_id: leases.resolve(lease).id };
    },
    'lease.collect_outputs': async ({ lease }) => {
      const { id } = leases.resolve(lease);
      return { lease_id: id, saved: leases.collectOutputs(id) };
    },
    'lease.debug': async ({ lease, to, overwrite }, work) => {
      const found = leases.resolve(lease);
      return { lease_id: found.id, ...(await debugBundles.save(found, { to, overwrite }, work)) };
    },
    'lease.delete': async ({ lease }) => ({ lease_id: leases.delete(lease) }),
    'lease.delete_bulk': async ({ label, state, older_than, dry_run }, work) => {
      if (label === undefined && state === undefined && older_than === undefined) {
        throw new AppError('usage', 'Nothing says which leases to delete.', {
          hint: 'Give a label, a state or an age: ppl lease delete-bulk --label ci',
        });
      }
      const filter = {
        label,
        state,
        createdUntilMs: older_than === undefined ? undefined : Date.now() - parseDuration(older_than),
      };
      if (dry_run === true) return { matched: store.leases.count(filter), deleted: 0, failed: [] };
      return leases.deleteAll(filter, work);
    },
  };
}
