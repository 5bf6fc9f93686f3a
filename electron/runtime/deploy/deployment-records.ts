import type { DeploymentEvent } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { Signal } from '../base/signal.ts';
import { deploymentCeilingMs } from '../engine/runtimes.ts';
import type { Container, ContainerChange, Deployment } from '../store/deployments.ts';
import type { Store } from '../store/store.ts';
import { isLive, isUp, mayBecome } from './deployment-state.ts';
import type { DeploymentPlan } from './plan.ts';

export interface DeploymentChange {
  deployment_id: string;
  /** The container that changed; absent when the deployment did. */
  container?: Container;
  /** Why, when it ended by itself. */
  ended?: AppError;
}

/** What is known of deployments, which outlasts every host: each change is written, checked and told to who listens. */
export class DeploymentRecords {
  readonly changed = new Signal<DeploymentChange>();
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get(id: string): Deployment {
    const deployment = this.#store.deployments.get(id);
    if (deployment === undefined) throw new AppError('not_found', `There is no deployment ${id}.`);
    return deployment;
  }

  isUp(id: string): boolean {
    return isUp(this.get(id).status);
  }

  /** @throws AppError `conflict` when the backend has a live deployment. */
  requireNone(backendId: string): void {
    const current = this.#store.deployments.ofBackend(backendId);
    if (current === undefined || !isLive(current.status)) return;
    throw new AppError('conflict', `The backend is deployed already: ${current.id} is ${current.status}.`, {
      hint: `A backend has at most one live deployment. To run the same graph once more, fork it (ppl backend fork ${backendId}) and deploy the fork.`,
      details: { deployment_id: current.id },
    });
  }

  /** Of the live deployments of which this `holds`. */
  livePlans(holds: (deployment: Deployment) => boolean): DeploymentPlan[] {
    const live = this.#store.deployments.notGone().filter(each => isLive(each.status) && holds(each));
    return live.map(({ plan }) => JSON.parse(plan) as DeploymentPlan);
  }

  /** When its containers end at the latest (UTC ms): they outlive neither the deployment nor the lease that owns it. */
  deadlineMs(id: string): number {
    const { lease_id, expires_at_ms, created_at_ms } = this.get(id);
    const lease = lease_id === null ? undefined : this.#store.leases.get(lease_id);
    return Math.min(
      expires_at_ms ?? created_at_ms + deploymentCeilingMs,
      lease?.expires_at_ms ?? Number.POSITIVE_INFINITY,
    );
  }

  /** @throws AppError `internal` for a transition that the states do not know. */
  become(id: string, status: Deployment['status'], why: Parameters<Store['deployments']['setStatus']>[2] = {}): void {
    const from = this.get(id).status;
    if (!mayBecome(from, status)) {
      throw new AppError('internal', `Deployment ${id} is ${from} and cannot become ${status}.`);
    }
    this.#store.deployments.setStatus(id, status, why);
    this.tell(id);
  }

  /** The container as it is now; undefined where nothing changed. `ended`: why, when it ended by itself. */
  changeContainer(
    id: string,
    containerId: string,
    change: ContainerChange,
    ended?: AppError | undefined,
  ): Container | undefined {
    const { deployments } = this.#store;
    const before = deployments.container(containerId);
    // How it ended by itself is the truth; being removed afterwards does not change it.
    if (before === undefined || (before.status === 'failed' && change.status === 'exited')) return undefined;
    deployments.updateContainer(containerId, change);
    const container = deployments.container(containerId) as Container;
    this.changed.emit({ deployment_id: id, container, ...(ended === undefined ? {} : { ended }) });
    return container;
  }

  tell(id: string): void {
    this.changed.emit({ deployment_id: id });
  }

  /** Resolves once it is running; throws the reason when it failed or was taken down instead. */
  async settled(id: string, signal?: AbortSignal): Promise<void> {
    while (true) {
      const { status, error } = this.get(id);
      if (status === 'running') return;
      if (error !== null && status !== 'deploying') throw AppError.fromData(error);
      if (status !== 'deploying') throw new AppError('cancelled', `Deployment ${id} was taken down.`);
      signal?.throwIfAborted();
      await this.changed.next({ ms: 1000, ...(signal === undefined ? {} : { signal }) });
    }
  }

  /** What happened to it after event `after`; with `follow`, until it is gone or has failed. */
  async *events(id: string, after: number, follow: boolean, signal: AbortSignal): AsyncGenerator<DeploymentEvent> {
    for (let last = after; ; ) {
      const { status } = this.get(id);
      for (const event of this.#store.deployments.events(id, last)) {
        last = event.seq;
        yield event;
      }
      if (!follow || signal.aborted || status === 'gone' || status === 'failed') return;
      await this.changed.next({ ms: 1000, signal });
    }
  }
}
