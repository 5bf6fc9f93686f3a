import type { DeploymentPlan } from '../deploy/plan.ts';
import type { Container, Deployment } from '../store/deployments.ts';
import type { Lease } from '../store/leases.ts';
import type { Run } from '../store/runs.ts';
import type { Store } from '../store/store.ts';

/** A deployment, what was materialised of it, and every container it ever had. */
export interface ScopedDeployment {
  row: Deployment;
  plan: DeploymentPlan;
  containers: Container[];
}

/** What belongs to a lease, or did while it was open, as far as it is still recorded. */
export interface LeaseScope {
  lease: Lease;
  run: Run | undefined;
  deployments: ScopedDeployment[];
  /** Those whose log is still here. */
  backendIds: string[];
  versionIds: string[];
}

export function scopeOf(lease: Lease, store: Store): LeaseScope {
  const run = store.runs.ofLease(lease.id);
  const items = [...store.leases.owned(lease.id), ...(lease.receipt?.removed ?? []), ...(lease.receipt?.kept ?? [])];
  const idsOf = (kind: string) => items.filter(item => item.kind === kind).map(item => item.id);
  const told = run === undefined ? [] : store.runs.eventsOfTypes(run.id, ['backend_created', 'vertex_added']);

  const deploymentIds = new Set([
    ...store.deployments.idsOfLease(lease.id),
    ...idsOf('deployment'),
    ...(run?.deployment_id == null ? [] : [run.deployment_id]),
  ]);
  const deployments = [...deploymentIds].flatMap(id => {
    const row = store.deployments.get(id);
    if (row === undefined) return [];
    const plan = JSON.parse(row.plan) as DeploymentPlan;
    return [{ row, plan, containers: store.deployments.containers(id, 'all') }];
  });
  const backendIds = new Set([
    ...idsOf('backend'),
    ...deployments.map(({ row }) => row.backend_id),
    ...told.flatMap(event => (event.type === 'backend_created' ? [event.backend_id] : [])),
  ]);
  const versionIds = new Set([
    ...idsOf('version'),
    ...deployments.flatMap(({ plan }) => plan.vertices.map(vertex => vertex.version_id)),
    ...told.flatMap(event => (event.type === 'vertex_added' ? [event.version_id] : [])),
  ]);
  return {
    lease,
    run,
    deployments,
    backendIds: [...backendIds].filter(id => store.backends.get(id) !== undefined),
    versionIds: [...versionIds],
  };
}
