import { AppError } from '../../../shared/errors.ts';
import type { Deployment } from '../store/deployments.ts';
import type { Store } from '../store/store.ts';
import type { DeploymentRecords } from './deployment-records.ts';
import { type Materialization, networkNameOf } from './materialization.ts';
import { containersOf, type DeploymentPlan, type ParameterEdit } from './plan.ts';

export interface RedeploymentOptions {
  store: Store;
  records: DeploymentRecords;
  deployment: Deployment;
  /** Of the containers that come up, which are `next`. */
  plan: DeploymentPlan;
  generation: number;
  next: Materialization;
  /** When to give up. */
  limit: AbortSignal;
  /** What those that serve are still being told. */
  pushed: () => Promise<unknown>;
  /** What a backend's log says of parameters by now, by vertex id. */
  configOf: (backendId: string) => Map<string, Record<string, unknown>>;
  /** Makes `next` the one that serves, and gives back the one that did. */
  handOver: () => Materialization;
  log: (line: string) => void;
}

/**
 * Brings up containers beside those that serve, hands the endpoints over when they are running, and removes the old. When they do not come
 * up, the old go on serving and the reason is thrown. Resolves with the ms from the hand-over until the new accept connections.
 */
export async function replaceContainers(options: RedeploymentOptions): Promise<number> {
  const { store, records, deployment, plan, generation, next } = options;
  const { id } = deployment;
  store.transaction(() => {
    store.deployments.insertContainers(id, generation, containersOf(plan));
    store.deployments.addEvent(id, 'redeploy_started', { generation });
  });
  records.tell(id);
  let subnet: string | null;
  try {
    subnet = await bringUp(options);
  } catch (error) {
    const reason = AppError.from(error);
    await next.remove().catch(removal => options.log(`${id}: ${AppError.from(removal).message}`));
    store.deployments.addEvent(id, 'redeploy_failed', { generation, error: reason.toData() });
    records.tell(id);
    throw reason;
  }
  const handedOver = performance.now();
  const network_name = networkNameOf(id, generation);
  store.deployments.switchTo(id, { generation, plan: JSON.stringify(plan), network_name, subnet });
  const old = options.handOver();
  let gapMs = 0;
  try {
    await accepting(next, plan);
  } finally {
    // Even if they take no connection, the new ones are those that serve.
    gapMs = Math.round((performance.now() - handedOver) * 10) / 10;
    store.deployments.addEvent(id, 'redeployed', { generation, gap_ms: gapMs });
    records.tell(id);
    await old.remove();
  }
  return gapMs;
}

/** Resolves with their network's subnet, when all are running and know the newest values of parameters. */
async function bringUp(options: RedeploymentOptions): Promise<string | null> {
  const { records, deployment, next, limit } = options;
  let subnet: string | null = null;
  await next.start(limit, taken => {
    subnet = taken;
  });
  do {
    await next.running(limit);
    await options.pushed();
    for (const { vertex_id, name, value } of editsSince(options)) {
      await next
        .setConfig(vertex_id, name, value)
        .catch(error => options.log(`${deployment.id}: ${AppError.from(error).message}`));
    }
    await next.tellDeadline();
  } while (!next.isRunning || editsSince(options).length > 0);
  if (records.get(deployment.id).status === 'running') return subnet;
  throw new AppError('cancelled', `Deployment ${deployment.id} stopped running while it was redeployed.`, {
    hint: 'See why: ppl deployment events. What serves is unchanged.',
  });
}

/** What was edited since the plan was made. */
function editsSince({ configOf, deployment, plan }: RedeploymentOptions): ParameterEdit[] {
  const current = configOf(deployment.backend_id);
  return plan.vertices.flatMap(({ vertex_id, config }) =>
    Object.entries(current.get(vertex_id) ?? {})
      .filter(([name, value]) => JSON.stringify(config[name]) !== JSON.stringify(value))
      .map(([name, value]) => ({ vertex_id, name, value })),
  );
}

/** Resolves when its first endpoint takes connections; at once when it has none. */
async function accepting(materialization: Materialization, plan: DeploymentPlan): Promise<void> {
  const vertex = plan.vertices.find(({ endpoints }) => endpoints.length > 0);
  const endpoint = vertex?.endpoints[0];
  if (vertex === undefined || endpoint === undefined) return;
  (await materialization.tunnel(vertex.vertex_id, endpoint.name)).destroy();
}
