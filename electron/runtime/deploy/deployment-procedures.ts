import type { Handlers } from '../../../shared/contract/index.ts';
import { parseDuration } from '../../../shared/duration.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Backends } from '../backend/backends.ts';
import type { Engine } from '../engine/engine.ts';
import type { Runtimes } from '../engine/runtimes.ts';
import type { Leases } from '../lease/leases.ts';
import { containerRowOf, type Deployment } from '../store/deployments.ts';
import type { Store } from '../store/store.ts';
import { iso } from '../store/time.ts';
import { containerStats } from './container-stats.ts';
import type { Deployer } from './deployer.ts';
import { logChunks } from './log-chunks.ts';
import { saveLog } from './save-log.ts';

export interface DeploymentServices {
  store: Store;
  runtimes: Runtimes;
  backends: Backends;
  deployer: Deployer;
  leases: Leases;
  engine: () => Promise<Engine>;
}

type DeploymentProcedure =
  | 'backend.deploy'
  | 'backend.redeploy'
  | 'backend.undeploy'
  | `deployment.${'list' | 'show' | 'events'}`
  | `container.${'list' | 'logs' | 'stats' | 'save_log'}`;

/** What backends run as. */
export function deploymentProcedures(services: DeploymentServices): Pick<Handlers, DeploymentProcedure> {
  const { store, runtimes, backends, deployer, leases, engine } = services;
  const row = (deployment: Deployment) => store.deployments.deploymentRow(deployment);
  const find = (ref: { backend?: string | undefined; deployment?: string | undefined }): Deployment => {
    if ((ref.backend === undefined) === (ref.deployment === undefined)) {
      throw new AppError('usage', 'Give either a backend or a deployment.', {
        hint: 'For example: --backend bck_01k…',
      });
    }
    const found =
      ref.deployment !== undefined
        ? store.deployments.get(ref.deployment)
        : store.deployments.ofBackend(backends.resolve(ref.backend as string).id);
    if (found !== undefined) return found;
    throw new AppError(
      'not_found',
      ref.deployment !== undefined
        ? `There is no deployment ${ref.deployment}.`
        : `Backend ${ref.backend} is not deployed.`,
      { hint: 'See them all: ppl deployment list.' },
    );
  };

  return {
    'backend.deploy': async ({ backend, runtime, lease, fixed_duration, debug, wait }, { signal }) => {
      const { id } = backends.resolve(backend);
      const deployment_id = await deployer.deploy(
        {
          plan: () => backends.plan(id),
          runtimeId: runtimes.resolve(runtime),
          leaseId: lease === undefined ? null : leases.requireOpen(lease).id,
          debug: debug === true,
          ...(fixed_duration === undefined ? {} : { fixedDurationMs: parseDuration(fixed_duration) }),
        },
        signal,
      );
      if (wait === true) await deployer.settled(deployment_id, signal);
      return { deployment_id, backend_id: id };
    },
    'backend.redeploy': async (ref, { signal }) => {
      const { id, backend_id, status, runtime_id, lease_id, debug, fixed, created_at_ms, expires_at_ms } = find(ref);
      const plan = () => backends.plan(backend_id);
      if (status !== 'failed') {
        const { generation, gapMs } = await deployer.redeploy(id, plan, signal);
        return { deployment_id: id, backend_id, generation, gap_ms: gapMs };
      }
      // Failed is terminal: nothing serves, and a deployment of its own takes its place.
      const startedMs = performance.now();
      const deployment_id = await deployer.deploy(
        {
          plan,
          runtimeId: runtime_id,
          leaseId: lease_id,
          debug: debug === 1,
          ...(fixed === 1 && expires_at_ms !== null ? { fixedDurationMs: expires_at_ms - created_at_ms } : {}),
        },
        signal,
      );
      await deployer.settled(deployment_id, signal);
      return { deployment_id, backend_id, generation: 1, gap_ms: Math.round(performance.now() - startedMs) };
    },
    'backend.undeploy': async ref => {
      const { id, backend_id } = find(ref);
      await deployer.undeploy(id);
      return { deployment_id: id, backend_id };
    },

    'deployment.list': async () => counted(store.deployments.list().map(row)),
    'deployment.show': async ref => {
      const deployment = find(ref);
      return {
        ...row(deployment),
        containers: store.deployments.containers(deployment.id).map(containerRowOf),
        events: store.deployments.events(deployment.id),
      };
    },
    'deployment.events': ({ deployment, after, follow }, { signal }) =>
      deployer.events(find({ deployment }).id, after ?? 0, follow === true, signal),

    'container.list': async ({ deployment }) =>
      counted(
        store.deployments
          .containers(deployment === undefined ? undefined : find({ deployment }).id)
          .map(containerRowOf),
      ),
    'container.logs': async function* ({ container, ...wanted }, { signal }) {
      for await (const chunk of logChunks(deployer.log(container), wanted, signal)) {
        yield { stream: chunk.stream, at: iso(chunk.atMs), base64: chunk.bytes.toString('base64') };
      }
    },
    'container.save_log': async ({ container, ...request }, context) =>
      saveLog(deployer.log(container), { ...request, name: container }, context),
    'container.stats': async function* ({ container, deployment, follow }, { signal }) {
      if (container !== undefined && deployment !== undefined) {
        throw new AppError('usage', 'Give either a container or a deployment.', { hint: 'Give neither for all.' });
      }
      const of = deployment === undefined ? undefined : find({ deployment }).id;
      const containers = store.deployments
        .containers(of)
        .filter(each => container === undefined || each.id === container);
      if (container !== undefined && containers.length === 0) {
        throw new AppError('not_found', `There is no container ${container}.`, { hint: 'See: ppl container list.' });
      }
      yield* containerStats(await engine(), containers, follow === true, signal);
    },
  };
}

function counted<T>(items: T[]): { count: number; items: T[] } {
  return { count: items.length, items };
}
