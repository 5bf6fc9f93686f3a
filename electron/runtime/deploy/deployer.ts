import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import { Signal } from '../base/signal.ts';
import type { Engine } from '../engine/engine.ts';
import { labels } from '../engine/labels.ts';
import type { Container, Deployment } from '../store/deployments.ts';
import type { Store } from '../store/store.ts';
import { ContainerLog } from './container-log.ts';
import type { Gateway } from './gateway.ts';
import { type ContainerChange, Materialization } from './materialization.ts';
import { checkPlacement } from './placement.ts';
import type { DeploymentPlan } from './plan.ts';

/** A runtime's ceiling: how long a deployment without `--fixed-duration` may live (DESIGN §6). */
export const deploymentCeilingMs = 24 * 3600_000;
export const defaultReadyTimeoutMs = 5 * 60_000;

export interface DeployRequest {
  /** Asked for at the moment the deployment is recorded, so that no edit comes between. */
  plan: () => DeploymentPlan;
  runtimeId: string;
  leaseId: string | null;
  fixedDurationMs?: number;
  readyTimeoutMs?: number;
}

export interface DeploymentChange {
  deployment_id: string;
  /** The container that changed; absent when the deployment did. */
  container?: Container;
}

export interface DeployerOptions {
  store: Store;
  engine: () => Promise<Engine>;
  gateway: Gateway;
  /** Makes sure the engine has a version's image. */
  ensureImage: (versionId: string, signal: AbortSignal) => Promise<void>;
  /** Makes sure endpoints can be reached; throws `port_in_use`. */
  listening: () => Promise<void>;
  log: (line: string) => void;
}

interface Live {
  materialization: Materialization;
  starting: AbortController;
  started: Promise<void>;
  ending?: Promise<void>;
}

/**
 * Turns backends into running containers and back. Every step is in SQLite before it is on the engine, so whoever hosts next
 * can finish it: `recover` takes over what runs and removes what should not.
 */
export class Deployer implements AsyncDisposable {
  readonly changed = new Signal<DeploymentChange>();
  readonly #options: DeployerOptions;
  readonly #live = new Map<string, Live>();
  readonly #logs = new Map<string, ContainerLog>();
  #closed = false;

  constructor(options: DeployerOptions) {
    this.#options = options;
  }

  /**
   * Accepts a deployment or refuses it with nothing started: `conflict` when the backend has a live one,
   * `no_nodes_available` when it does not fit. The rest happens in the background; `settled` waits for it.
   */
  async deploy(request: DeployRequest): Promise<string> {
    const { store } = this.#options;
    await this.#options.listening();
    const engine = await this.#options.engine();
    const info = await engine.info();
    const plan = request.plan();
    const live = store.deployments
      .notGone()
      .filter(other => other.status !== 'failed')
      .map(other => JSON.parse(other.plan) as DeploymentPlan);
    checkPlacement(plan, info, live);
    const now = Date.now();
    const id = newId('deployment');
    const deployment: Deployment = {
      id,
      backend_id: plan.backend_id,
      runtime_id: request.runtimeId,
      status: 'deploying',
      lease_id: request.leaseId,
      debug: 0,
      plan: JSON.stringify(plan),
      network_name: `proofbench-${id.slice(-12)}`,
      subnet: null,
      error: null,
      expires_at_ms: now + (request.fixedDurationMs ?? deploymentCeilingMs),
      created_at_ms: now,
      ended_at_ms: null,
    };
    const current = store.deployments.ofBackend(plan.backend_id);
    if (current !== undefined && ['deploying', 'running', 'tearing_down'].includes(current.status)) {
      throw new AppError('conflict', `The backend is deployed already: ${current.id} is ${current.status}.`, {
        hint: 'A backend has at most one live deployment. Undeploy it first, or make another backend of the same graph.',
        details: { deployment_id: current.id },
      });
    }
    store.deployments.insert(
      deployment,
      plan.vertices.map(vertex => ({
        id: vertex.container_id,
        vertex_id: vertex.vertex_id,
        alias: vertex.alias,
      })),
    );
    this.#start(engine, deployment, plan, request.readyTimeoutMs ?? defaultReadyTimeoutMs);
    return id;
  }

  /** Resolves once it is running; throws the reason when it failed or was taken down instead. */
  async settled(id: string, signal?: AbortSignal): Promise<void> {
    while (true) {
      const deployment = this.#get(id);
      if (deployment.status === 'running') return;
      if (deployment.error !== null && deployment.status !== 'deploying') throw AppError.fromData(deployment.error);
      if (deployment.status !== 'deploying') throw new AppError('cancelled', `Deployment ${id} was taken down.`);
      signal?.throwIfAborted();
      await this.changed.next({ ms: 1000, ...(signal === undefined ? {} : { signal }) });
    }
  }

  /** Takes a deployment down; resolves when nothing of it is left on the engine. Idempotent. */
  async undeploy(id: string): Promise<void> {
    const deployment = this.#get(id);
    if (deployment.status === 'gone') return;
    if (deployment.status !== 'failed') this.#setStatus(id, 'tearing_down');
    await this.#remove(id);
    this.#setStatus(id, 'gone');
  }

  log(containerId: string): ContainerLog {
    let log = this.#logs.get(containerId);
    if (log === undefined) {
      const container = this.#options.store.deployments.container(containerId);
      if (container === undefined) throw new AppError('not_found', `There is no container ${containerId}.`);
      log = new ContainerLog(join(this.#options.store.home, 'logs', container.deployment_id, containerId));
      this.#logs.set(containerId, log);
    }
    return log;
  }

  /** Where a fixture's bytes lie. */
  blobPath(sha256: string): string {
    return this.#options.store.blobs.path(sha256);
  }

  /** The backend's running deployment; undefined when none runs. */
  running(backendId: string): string | undefined {
    const deployment = this.#options.store.deployments.ofBackend(backendId);
    return deployment?.status === 'running' ? deployment.id : undefined;
  }

  /** A byte stream to a vertex's endpoint. */
  async tunnel(deploymentId: string, vertexId: string, endpoint: string): Promise<Duplex> {
    return (await this.#options.gateway.session()).tunnel(deploymentId, vertexId, endpoint);
  }

  /**
   * After a former host's end: what runs is adopted, what was coming up is brought up anew, what was going is removed, and
   * what carries this workspace's labels and belongs to nothing is swept.
   */
  async recover(): Promise<void> {
    const { store } = this.#options;
    const left = store.deployments.notGone().filter(deployment => deployment.status !== 'failed');
    if (left.length > 0) {
      const engine = await this.#options.engine();
      await Promise.all(left.map(deployment => this.#recoverOne(engine, deployment)));
    }
    await this.sweep();
  }

  /** Removes containers, networks and volumes of this workspace that no live deployment owns. */
  async sweep(): Promise<void> {
    const { store } = this.#options;
    const engine = await this.#options.engine();
    const own = { [labels.workspace]: store.workspaceId };
    const isOrphan = (of: Record<string, string>, name = '') => {
      const id = of[labels.deployment];
      // A check of this process is under way; one of another is of a host that is gone.
      if (of[labels.role] === 'check') return !name.includes(`-${process.pid}-`);
      if (id === undefined) return of[labels.role] !== 'gateway';
      const status = store.deployments.get(id)?.status;
      return status === undefined || status === 'gone' || status === 'failed';
    };
    for (const container of await engine.listContainers(own)) {
      if (isOrphan(container.labels, container.name)) await engine.removeContainer(container.id);
    }
    for (const network of await engine.listNetworks(own)) {
      if (!isOrphan(network.labels)) continue;
      await engine.removeNetwork(network.id);
    }
    for (const volume of await engine.listVolumes(own))
      if (isOrphan(volume.labels)) await engine.removeVolume(volume.name);
  }

  /** Takes down what has reached its deadline. */
  async expire(nowMs: number): Promise<void> {
    await Promise.all(this.#options.store.deployments.due(nowMs).map(deployment => this.undeploy(deployment.id)));
  }

  /** Lets go of what runs without touching it: the next host takes it over. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const live of this.#live.values()) live.starting.abort(new AppError('host_lost', 'The host is leaving.'));
    await Promise.allSettled([...this.#live.values()].map(live => live.started));
  }

  #get(id: string): Deployment {
    const deployment = this.#options.store.deployments.get(id);
    if (deployment === undefined) throw new AppError('not_found', `There is no deployment ${id}.`);
    return deployment;
  }

  #materialize(engine: Engine, deployment: Deployment, plan: DeploymentPlan): Materialization {
    const { gateway, store } = this.#options;
    return new Materialization({
      engine,
      gateway,
      deployment,
      plan,
      workspaceId: store.workspaceId,
      log: container => this.log(container),
      onContainer: (container, change) => this.#changeContainer(deployment.id, container, change),
    });
  }

  #start(engine: Engine, deployment: Deployment, plan: DeploymentPlan, readyTimeoutMs: number): void {
    const materialization = this.#materialize(engine, deployment, plan);
    const starting = new AbortController();
    const started = (async () => {
      try {
        // The gateway starts while images are prepared (DESIGN §1); its own failure shows when it is needed.
        this.#options.gateway.hold(deployment.id);
        this.#options.gateway.session(starting.signal).catch(() => undefined);
        for (const version of new Set(plan.vertices.map(vertex => vertex.version_id))) {
          await this.#options.ensureImage(version, starting.signal);
        }
        await materialization.start(AbortSignal.any([starting.signal, AbortSignal.timeout(readyTimeoutMs)]), subnet =>
          this.#options.store.deployments.setSubnet(deployment.id, subnet),
        );
        if (this.#get(deployment.id).status === 'deploying') this.#setStatus(deployment.id, 'running');
      } catch (error) {
        if (!this.#closed && !starting.signal.aborted) await this.#fail(deployment.id, AppError.from(error));
      }
    })();
    this.#live.set(deployment.id, { materialization, starting, started });
    this.#watch(deployment.id, materialization);
  }

  #watch(id: string, materialization: Materialization): void {
    void materialization.failure.then(async error => {
      if (this.#closed || this.#get(id).status !== 'running') return;
      await this.#fail(id, error);
    });
  }

  /** Failed is terminal: containers and network go, logs stay (docs/deployments.txt, Lifecycle). */
  async #fail(id: string, error: AppError): Promise<void> {
    if (['tearing_down', 'gone', 'failed'].includes(this.#get(id).status)) return;
    this.#options.store.deployments.setStatus(id, 'failed', error.toData());
    try {
      await this.#remove(id);
    } catch (removal) {
      this.#options.log(`${id}: not everything was removed yet: ${AppError.from(removal).message}`);
    }
    this.changed.emit({ deployment_id: id });
  }

  /** Waits for a start under way to let go, then removes; callers share one removal. */
  #remove(id: string): Promise<void> {
    const live = this.#live.get(id);
    if (live?.ending !== undefined) return live.ending;
    const removal = (async () => {
      const deployment = this.#get(id);
      const plan = JSON.parse(deployment.plan) as DeploymentPlan;
      if (live !== undefined && deployment.status !== 'failed') {
        live.starting.abort(new AppError('cancelled', `Deployment ${id} was taken down.`));
        await live.started;
      }
      const materialization =
        live?.materialization ?? this.#materialize(await this.#options.engine(), deployment, plan);
      await materialization.remove();
      this.#live.delete(id);
    })();
    if (live !== undefined) {
      live.ending = removal;
      removal.catch(() => {
        delete live.ending;
      });
    }
    return removal;
  }

  async #recoverOne(engine: Engine, deployment: Deployment): Promise<void> {
    const plan = JSON.parse(deployment.plan) as DeploymentPlan;
    if (deployment.status === 'tearing_down') return this.undeploy(deployment.id);
    const materialization = this.#materialize(engine, deployment, plan);
    if (deployment.status === 'deploying') {
      await materialization.remove();
      this.#start(engine, deployment, plan, defaultReadyTimeoutMs);
      return;
    }
    const adopted = materialization.adopt(AbortSignal.timeout(30_000));
    this.#live.set(deployment.id, {
      materialization,
      starting: new AbortController(),
      started: adopted.then(
        () => undefined,
        () => undefined,
      ),
    });
    try {
      if (!(await adopted)) {
        throw new AppError('container_exited', 'A container of this deployment ended while no host was there.', {
          hint: 'Its output up to then was kept: ppl container logs. Deploy again.',
        });
      }
      this.#watch(deployment.id, materialization);
    } catch (error) {
      await this.#fail(deployment.id, AppError.from(error));
    }
  }

  #changeContainer(deploymentId: string, containerId: string, change: ContainerChange): void {
    const { deployments } = this.#options.store;
    const before = deployments.container(containerId);
    // How it ended by itself is the truth; being removed afterwards does not change it.
    if (before?.status === 'failed' && change.status === 'exited') return;
    deployments.updateContainer(containerId, change);
    const container = deployments.container(containerId);
    if (container !== undefined) this.changed.emit({ deployment_id: deploymentId, container });
  }

  #setStatus(id: string, status: Deployment['status']): void {
    this.#options.store.deployments.setStatus(id, status);
    this.changed.emit({ deployment_id: id });
  }
}
