import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { DeploymentEvent } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { Signal } from '../base/signal.ts';
import type { Engine, EngineInfo } from '../engine/engine.ts';
import { labels } from '../engine/labels.ts';
import { deploymentCeilingMs } from '../engine/runtimes.ts';
import type { Container, ContainerChange, Deployment } from '../store/deployments.ts';
import type { Store } from '../store/store.ts';
import { ContainerLog } from './container-log.ts';
import { crashWindowMs, restartDelayMs } from './crash-budget.ts';
import { type DeploymentChange, DeploymentRecords } from './deployment-records.ts';
import { isLive, isUp } from './deployment-state.ts';
import type { Gateway } from './gateway.ts';
import { elsewhere, madeOn } from './made-on.ts';
import { Materialization, networkNameOf } from './materialization.ts';
import { checkPlacement } from './placement.ts';
import { containersOf, type DeploymentPlan, type ParameterEdit } from './plan.ts';
import { replaceContainers } from './redeployment.ts';
import { sweepEngine } from './sweep.ts';

/** A deployment without a fixed duration is given this long, and again whenever half of it has passed. */
const extensionMs = 3600_000;
export const defaultReadyTimeoutMs = 5 * 60_000;

export interface DeployRequest {
  /** Asked for at the moment the deployment is recorded, so that no edit comes between. */
  plan: () => DeploymentPlan;
  runtimeId: string;
  leaseId: string | null;
  fixedDurationMs?: number;
  readyTimeoutMs?: number;
  debug?: boolean;
}

export interface DeployerOptions {
  store: Store;
  engine: () => Promise<Engine>;
  gateway: Gateway;
  /** Makes sure the engine has a version's image. */
  ensureImage: (versionId: string, signal: AbortSignal) => Promise<void>;
  /** What a backend's log says by now that its vertices' parameters are, by vertex id. */
  configOf: (backendId: string) => Map<string, Record<string, unknown>>;
  /** Makes sure endpoints can be reached; throws `port_in_use`. */
  listening: () => Promise<void>;
  log: (line: string) => void;
}

interface Live {
  /** The one that it was made on. */
  engine: Engine;
  materialization: Materialization;
  readyTimeoutMs: number;
  /** Bringing it up, whatever way; aborted when it is taken down. */
  starting: AbortController;
  started: Promise<unknown>;
  ending?: Promise<void>;
  /** The last edit on its way to the containers: the next one follows it. */
  pushed: Promise<unknown>;
}

/**
 * Turns backends into running containers and back. Every step is in SQLite before it is on the engine, so whoever hosts next
 * can finish it: `recover` takes over what runs and removes what should not.
 */
export class Deployer implements AsyncDisposable {
  readonly #options: DeployerOptions;
  readonly #records: DeploymentRecords;
  readonly #live = new Map<string, Live>();
  readonly #logs = new Map<string, ContainerLog>();
  readonly #redeploying = new Map<string, { plan: DeploymentPlan; over: Promise<unknown> }>();
  /** Deployments whose engine was lost; they are brought up anew when it is back. */
  readonly #stranded = new Set<string>();
  #lookingForEngine = false;
  #closed = false;

  constructor(options: DeployerOptions) {
    this.#options = options;
    this.#records = new DeploymentRecords(options.store);
  }

  /**
   * Accepts a deployment or refuses it with nothing started: `conflict` when the backend has a live one,
   * `no_nodes_available` when it does not fit. The rest happens in the background; `settled` waits for it.
   */
  async deploy(request: DeployRequest, signal = new AbortController().signal): Promise<string> {
    const { store } = this.#options;
    await this.#options.listening();
    const engine = await this.#options.engine();
    this.#records.requireNone(request.plan().backend_id);
    const [info, again] = await Promise.all([engine.info(), engine.info(), this.#ensureImages(request.plan(), signal)]);
    const plan = request.plan();
    checkPlacement(plan, info, this.#plansOn(engine, info));
    this.#records.requireNone(plan.backend_id);
    const now = Date.now();
    const id = newId('deployment');
    const deployment: Deployment = {
      id,
      backend_id: plan.backend_id,
      runtime_id: request.runtimeId,
      status: 'deploying',
      lease_id: request.leaseId,
      debug: request.debug === true ? 1 : 0,
      plan: JSON.stringify(plan),
      network_name: networkNameOf(id, 1),
      subnet: null,
      error: null,
      expires_at_ms: now + (request.fixedDurationMs ?? extensionMs),
      created_at_ms: now,
      ended_at_ms: null,
      fixed: request.fixedDurationMs === undefined ? 0 : 1,
      generation: 1,
      ...madeOn(engine, info, again),
    };
    store.transaction(() => store.deployments.insert(deployment, containersOf(plan)));
    this.#bringUp(engine, deployment, plan, request.readyTimeoutMs ?? defaultReadyTimeoutMs);
    return id;
  }

  /**
   * Brings up fresh containers of `plan` beside those that serve, hands the endpoints over when they are running, and removes the old. When
   * they do not come up, the old go on serving and the reason is thrown. `gapMs`: from the hand-over until the new accept connections.
   * @throws AppError `conflict` when the deployment is not running or is being redeployed, `no_nodes_available` when both do not fit.
   */
  async redeploy(
    id: string,
    planNow: () => DeploymentPlan,
    signal: AbortSignal,
  ): Promise<{ generation: number; gapMs: number }> {
    const engine = await this.#options.engine();
    const [info] = await Promise.all([engine.info(), this.#ensureImages(planNow(), signal)]);
    const deployment = this.#records.get(id);
    const away = elsewhere(deployment, engine, info);
    if (away !== undefined) throw away;
    const live = this.#live.get(id);
    if (deployment.status !== 'running' || live === undefined) {
      throw new AppError('conflict', `Deployment ${id} is ${deployment.status}: only a running one is redeployed.`, {
        hint: 'See what it is doing: ppl deployment show.',
      });
    }
    if (this.#redeploying.has(id)) {
      throw new AppError('conflict', `Deployment ${id} is being redeployed already.`, { hint: 'Wait for that one.' });
    }
    const plan = planNow();
    checkPlacement(plan, info, this.#plansOn(engine, info));
    const over = this.#replace(engine, deployment, live, plan, signal).finally(() => this.#redeploying.delete(id));
    this.#redeploying.set(id, { plan, over });
    return over;
  }

  get changed(): Signal<DeploymentChange> {
    return this.#records.changed;
  }

  /** Resolves once it is running; throws the reason when it failed or was taken down instead. */
  settled(id: string, signal?: AbortSignal): Promise<void> {
    return this.#records.settled(id, signal);
  }

  /** Whether it runs or is coming up, so that waiting for it is worth while. */
  isUp(id: string): boolean {
    return this.#records.isUp(id);
  }

  /** What happened to a deployment after event `after`; with `follow`, until it is gone or has failed. */
  events(id: string, after: number, follow: boolean, signal: AbortSignal): AsyncGenerator<DeploymentEvent> {
    return this.#records.events(id, after, follow, signal);
  }

  /** Takes a deployment down; resolves when nothing of it is left on the engine. Idempotent. */
  async undeploy(id: string, reason?: string): Promise<void> {
    const deployment = this.#records.get(id);
    if (deployment.status === 'gone') return;
    if (isUp(deployment.status)) this.#records.become(id, 'tearing_down', { reason });
    await this.#remove(id);
    if (this.#records.get(id).status !== 'gone') this.#records.become(id, 'gone');
    for (const container of this.#options.store.deployments.containers(id, 'all')) this.#logs.delete(container.id);
  }

  /**
   * Carries new values of mutable parameters to the backend's running containers, in the order of the calls; a container that is just
   * starting gets them as it registers. Resolves with whether all were acknowledged; null when nothing runs.
   */
  async push(backendId: string, edits: readonly ParameterEdit[]): Promise<boolean | null> {
    const { store } = this.#options;
    const deployment = store.deployments.ofBackend(backendId);
    if (deployment === undefined || !isLive(deployment.status)) return null;
    const plan = JSON.parse(deployment.plan) as DeploymentPlan;
    for (const { vertex_id, name, value } of edits) {
      const vertex = plan.vertices.find(each => each.vertex_id === vertex_id);
      if (vertex !== undefined) vertex.config[name] = value;
    }
    store.deployments.setPlan(deployment.id, JSON.stringify(plan));
    const live = this.#live.get(deployment.id);
    if (live === undefined) return false;
    const delivered = live.pushed.then(async () => {
      let all = true;
      for (const { vertex_id, name, value } of edits) {
        const told = await live.materialization.setConfig(vertex_id, name, value).catch((error: unknown) => {
          this.#options.log(`${deployment.id}: ${AppError.from(error).message}`);
          return false;
        });
        all &&= told;
        const alias = plan.vertices.find(each => each.vertex_id === vertex_id)?.alias;
        store.deployments.addEvent(deployment.id, 'parameter', { vertex_id, alias, name, delivered: told });
      }
      this.#records.tell(deployment.id);
      return all;
    });
    live.pushed = delivered.catch(() => undefined);
    return delivered;
  }

  log(containerId: string): ContainerLog {
    let log = this.#logs.get(containerId);
    if (log === undefined) {
      const container = this.#options.store.deployments.container(containerId);
      if (container === undefined) throw new AppError('not_found', `There is no container ${containerId}.`);
      log = new ContainerLog(join(this.#options.store.logsOf(container.deployment_id), containerId));
      // What is written no more is read from its files, for as long as the deployment is known.
      if (this.#records.get(container.deployment_id).status !== 'gone') this.#logs.set(containerId, log);
    }
    return log;
  }

  /** Where a fixture's bytes lie. */
  blobPath(sha256: string): string {
    return this.#options.store.blobs.path(sha256);
  }

  /** How tunnels to the backend's running containers are asked for; undefined when none run. */
  running(backendId: string): string | undefined {
    const id = this.#options.store.deployments.runningOf(backendId);
    return id === undefined ? undefined : this.#live.get(id)?.materialization.key;
  }

  /** A byte stream to a vertex's endpoint; `key` as `running` gave it. */
  async tunnel(key: string, vertexId: string, endpoint: string): Promise<Duplex> {
    return (await this.#options.gateway.session()).tunnel(key, vertexId, endpoint);
  }

  /**
   * After a former host's end, or when the engine is back: what runs is adopted, what was coming up is brought up anew, what was going is
   * removed, and what carries this workspace's labels and belongs to nothing is swept. What another engine has waits for that one, and is
   * thrown as `docker_unreachable` after the rest is done.
   */
  async recover(): Promise<void> {
    const { store } = this.#options;
    const left = store.deployments.notGone().filter(({ id, status }) => status !== 'failed' && !this.#live.has(id));
    if (left.length === 0) return this.sweep();
    const { engine, info } = await this.#answering(left);
    const here: Deployment[] = [];
    let away: AppError | undefined;
    let isKnown = true;
    for (const deployment of left) {
      const error = elsewhere(deployment, engine, info);
      away ??= error;
      if (error === undefined) here.push(deployment);
      else {
        isKnown &&= this.#stranded.has(deployment.id);
        this.#strandLeft(deployment.id, error);
      }
    }
    const recovered = await Promise.allSettled(here.map(deployment => this.#recoverOne(engine, deployment)));
    for (const result of recovered) if (result.status === 'rejected') throw result.reason;
    // Who waits for another engine asks every few seconds.
    if (here.length > 0 || !isKnown) await this.sweep();
    if (away !== undefined) throw away;
  }

  /** Removes containers, networks and volumes of this workspace that no live deployment owns. */
  async sweep(): Promise<void> {
    const { store } = this.#options;
    await sweepEngine(await this.#options.engine(), { [labels.workspace]: store.workspaceId }, (of, name) => {
      // A check of this process is under way; one of another is of a host that is gone.
      if (of[labels.role] === 'check') return !name.includes(`-${process.pid}-`);
      const id = of[labels.deployment];
      if (id === undefined) return of[labels.role] !== 'gateway';
      const deployment = store.deployments.get(id);
      if (deployment === undefined || !isLive(deployment.status)) return true;
      return (of[labels.generation] ?? '1') !== String(deployment.generation) && !this.#redeploying.has(id);
    });
  }

  /** Takes down what has reached its deadline, and gives more time to what may have it. */
  async expire(nowMs: number): Promise<void> {
    const { deployments } = this.#options.store;
    const ended: string[] = [];
    for (const { id, fixed, created_at_ms, expires_at_ms } of deployments.due(nowMs + extensionMs / 2)) {
      const ceilingMs = created_at_ms + deploymentCeilingMs;
      const expiresAtMs = expires_at_ms ?? ceilingMs;
      const wantedMs = fixed === 1 ? expiresAtMs : Math.min(nowMs + extensionMs, ceilingMs);
      if (wantedMs > expiresAtMs) {
        deployments.extend(id, wantedMs);
        await this.#live.get(id)?.materialization.tellDeadline();
      } else if (expiresAtMs <= nowMs) ended.push(id);
    }
    await Promise.all(ended.map(id => this.undeploy(id, 'Its time was up.')));
  }

  /** Tells containers when they end by themselves, where that has changed with a lease. */
  async tellDeadlines(): Promise<void> {
    await Promise.all([...this.#live.values()].map(({ materialization }) => materialization.tellDeadline()));
  }

  /** Compares what is recorded with what is on the engine, and looks whether an engine that was lost is back. */
  async check(): Promise<void> {
    if (this.#stranded.size > 0 && !this.#lookingForEngine) {
      this.#lookingForEngine = true;
      try {
        await this.recover();
        // One may have been stranded anew meanwhile.
        for (const id of [...this.#stranded]) {
          const status = this.#options.store.deployments.get(id)?.status;
          if (status === undefined || !isLive(status)) this.#stranded.delete(id);
        }
      } catch {
        // Not yet.
      } finally {
        this.#lookingForEngine = false;
      }
    }
    for (const [id, { materialization }] of this.#live) {
      if (this.#records.get(id).status === 'running') await materialization.check().catch(() => undefined);
    }
  }

  /** Lets go of what runs without touching it: the next host takes it over. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const live of this.#live.values()) {
      live.starting.abort(new AppError('host_lost', 'The host is leaving.'));
      live.materialization.letGo();
    }
    // What is being removed is removed to its end: the gateway leaves with the last that needs it.
    await Promise.allSettled([...this.#live.values()].flatMap(({ started, ending }) => [started, ending]));
    await Promise.allSettled([...this.#redeploying.values()].map(({ over }) => over));
  }

  /** What the engine has to have room for: what comes up beside what serves needs its own, and what another engine has needs none here. */
  #plansOn(engine: Engine, info: EngineInfo): DeploymentPlan[] {
    const isHere = (deployment: Deployment) => elsewhere(deployment, engine, info) === undefined;
    const comingUp = [...this.#redeploying].filter(([id]) => isHere(this.#records.get(id)));
    return [...this.#records.livePlans(isHere), ...comingUp.map(([, { plan }]) => plan)];
  }

  async #ensureImages(plan: DeploymentPlan, signal: AbortSignal): Promise<void> {
    const versions = new Set(plan.vertices.map(vertex => vertex.version_id));
    await Promise.all([...versions].map(version => this.#options.ensureImage(version, signal)));
  }

  #materialize(engine: Engine, deployment: Deployment, plan: DeploymentPlan, generation: number): Materialization {
    const { gateway, store } = this.#options;
    return new Materialization({
      engine,
      gateway,
      deployment,
      plan,
      generation,
      networkName: networkNameOf(deployment.id, generation),
      workspaceId: store.workspaceId,
      log: container => this.log(container),
      onContainer: (container, change, ended) => this.#changeContainer(deployment.id, container, change, ended),
      deadlineMs: () => this.#records.deadlineMs(deployment.id),
      restarts: container => store.deployments.container(container)?.restarts ?? 0,
      restartDelayMs: container => {
        const now = Date.now();
        return restartDelayMs(store.deployments.restartsSince(container, now - crashWindowMs), now);
      },
    });
  }

  #bringUp(engine: Engine, deployment: Deployment, plan: DeploymentPlan, readyTimeoutMs: number): void {
    const materialization = this.#materialize(engine, deployment, plan, deployment.generation);
    const live = this.#keep(engine, deployment.id, materialization, readyTimeoutMs);
    live.started = this.#untilRunning(deployment.id, live, limit =>
      materialization.start(limit, subnet => this.#options.store.deployments.setSubnet(deployment.id, subnet)),
    );
  }

  async #replace(
    engine: Engine,
    deployment: Deployment,
    live: Live,
    plan: DeploymentPlan,
    signal: AbortSignal,
  ): Promise<{ generation: number; gapMs: number }> {
    const { store, configOf, log } = this.#options;
    const { id } = deployment;
    const generation = 1 + Math.max(...store.deployments.containers(id, 'all').map(each => each.generation));
    const next = this.#materialize(engine, deployment, plan, generation);
    const gapMs = await replaceContainers({
      store,
      records: this.#records,
      deployment,
      plan,
      generation,
      next,
      limit: AbortSignal.any([signal, live.starting.signal, AbortSignal.timeout(live.readyTimeoutMs)]),
      pushed: () => live.pushed,
      configOf,
      handOver: () => {
        const old = live.materialization;
        live.materialization = next;
        this.#watch(id, next);
        return old;
      },
      log,
    });
    return { generation, gapMs };
  }

  #keep(engine: Engine, id: string, materialization: Materialization, readyTimeoutMs: number): Live {
    const live: Live = {
      engine,
      materialization,
      readyTimeoutMs,
      starting: new AbortController(),
      started: Promise.resolve(),
      pushed: Promise.resolve(),
    };
    this.#live.set(id, live);
    this.#watch(id, materialization);
    return live;
  }

  /** Does `work`, then waits until every container is running; what goes wrong becomes the deployment's failure. */
  async #untilRunning(id: string, live: Live, work: (limit: AbortSignal) => Promise<unknown>): Promise<void> {
    const limit = AbortSignal.any([live.starting.signal, AbortSignal.timeout(live.readyTimeoutMs)]);
    try {
      await work(limit).catch(error => {
        if (!limit.aborted) throw error;
      });
      await live.materialization.running(limit);
    } catch (error) {
      if (!live.starting.signal.aborted) await this.#broke(id, live.materialization, AppError.from(error));
    }
  }

  #watch(id: string, materialization: Materialization): void {
    void materialization.failure
      .then(error => this.#broke(id, materialization, error))
      .catch((error: unknown) => this.#options.log(`${id}: ${AppError.from(error).message}`));
  }

  /**
   * Failed is terminal: containers and network go, logs stay (docs/deployments.txt, Lifecycle). Only what the workspace owns outlasts the
   * loss of its engine: it is brought up anew when that is back, as after any maintenance.
   */
  async #broke(id: string, materialization: Materialization, thrown: AppError): Promise<void> {
    const { store, log } = this.#options;
    const error = await materialization.reasonOf(thrown);
    if (this.#closed || this.#live.get(id)?.materialization !== materialization) return;
    const deployment = this.#records.get(id);
    if (!isUp(deployment.status)) return;
    if (error.code === 'docker_unreachable' && deployment.lease_id === null) return this.#strand(deployment, error);
    this.#records.become(id, 'failed', { error: error.toData() });
    try {
      await this.#remove(id);
    } catch (removal) {
      log(`${id}: not everything was removed yet: ${AppError.from(removal).message}`);
    }
    for (const { id: container, status } of store.deployments.containers(id, 'all')) {
      if (status !== 'failed' && status !== 'exited') this.#changeContainer(id, container, { status: 'exited' });
    }
    this.#records.tell(id);
  }

  #strand({ id, status }: Deployment, error: AppError): void {
    const { store, gateway } = this.#options;
    const live = this.#live.get(id);
    this.#live.delete(id);
    live?.starting.abort(error);
    live?.materialization.letGo();
    if (live !== undefined) gateway.release(live.materialization.key);
    this.#stranded.add(id);
    if (status === 'running') this.#records.become(id, 'deploying', { reason: error.message });
    for (const container of store.deployments.containers(id)) {
      if (container.status !== 'exited') this.#changeContainer(id, container.id, { status: 'exited' });
    }
  }

  /** Waits for a start under way to let go, then removes; callers share one removal. */
  #remove(id: string): Promise<void> {
    const { store } = this.#options;
    const live = this.#live.get(id);
    if (live?.ending !== undefined) return live.ending;
    const removal = (async () => {
      const deployment = this.#records.get(id);
      const engine = live?.engine ?? (await this.#engineOf(deployment));
      if (live !== undefined) {
        live.starting.abort(new AppError('cancelled', `Deployment ${id} was taken down.`));
        if (deployment.status !== 'failed') await live.started;
        await this.#redeploying.get(id)?.over.catch(() => undefined);
      }
      const plan = JSON.parse(deployment.plan) as DeploymentPlan;
      const materialization =
        live?.materialization ?? this.#materialize(engine, deployment, plan, deployment.generation);
      await materialization.remove();
      // Of another generation, when it was being redeployed.
      await sweepEngine(engine, { [labels.workspace]: store.workspaceId, [labels.deployment]: id }, () => true);
      this.#live.delete(id);
      this.#stranded.delete(id);
    })();
    if (live !== undefined) live.ending = removal;
    removal.catch(() => {
      // It is gone on with when the engine is back, by whoever hosts then.
      this.#live.delete(id);
      if (live !== undefined) this.#options.gateway.release(live.materialization.key);
      this.#stranded.add(id);
    });
    return removal;
  }

  /** The engine that has a deployment. @throws AppError `docker_unreachable` when it is not the user's now. */
  async #engineOf(deployment: Deployment): Promise<Engine> {
    const engine = await this.#options.engine();
    const away = deployment.made_on_id == null ? undefined : elsewhere(deployment, engine, await engine.info());
    if (away !== undefined) throw away;
    return engine;
  }

  /** The engine; where it does not answer, all of `left` is stranded. */
  async #answering(left: readonly Deployment[]): Promise<{ engine: Engine; info: EngineInfo }> {
    try {
      const engine = await this.#options.engine();
      return { engine, info: await engine.info() };
    } catch (thrown) {
      const error = AppError.from(thrown);
      for (const { id } of left) this.#strandLeft(id, error);
      throw error;
    }
  }

  #strandLeft(id: string, error: AppError): void {
    this.#stranded.add(id);
    const deployment = this.#records.get(id);
    if (isUp(deployment.status)) this.#strand(deployment, error);
  }

  async #recoverOne(engine: Engine, deployment: Deployment): Promise<void> {
    const { store } = this.#options;
    const { id, generation } = deployment;
    if (deployment.status === 'tearing_down') return this.undeploy(id);
    for (const container of store.deployments.containers(id, 'all')) {
      if (container.generation === generation || container.status === 'exited') continue;
      this.#changeContainer(id, container.id, { status: 'exited' });
    }
    const plan = this.#planOf(deployment);
    const materialization = this.#materialize(engine, deployment, plan, generation);
    const stranded = this.#stranded.has(id);
    const anew = stranded ? !(await materialization.isWhole()) : deployment.status !== 'running';
    if (anew) await materialization.remove();
    // It may have been undeployed meanwhile, or this host be leaving.
    if (this.#closed || !this.#records.isUp(id)) return;
    if (anew) {
      this.#stranded.delete(id);
      this.#bringUp(engine, deployment, plan, defaultReadyTimeoutMs);
      return;
    }
    this.#stranded.delete(id);
    const live = this.#keep(engine, id, materialization, defaultReadyTimeoutMs);
    live.started = this.#untilRunning(id, live, async limit => {
      if (await materialization.adopt(AbortSignal.any([limit, AbortSignal.timeout(30_000)]), stranded)) return;
      throw new AppError('container_exited', 'A container of this deployment was removed while nobody was watching.', {
        hint: 'Its output up to then was kept: ppl container logs. Deploy again.',
      });
    });
  }

  /** With what was changed of its parameters and may not have been told to it. */
  #planOf(deployment: Deployment): DeploymentPlan {
    const plan = JSON.parse(deployment.plan) as DeploymentPlan;
    const current = this.#options.configOf(deployment.backend_id);
    for (const vertex of plan.vertices) Object.assign(vertex.config, current.get(vertex.vertex_id));
    this.#options.store.deployments.setPlan(deployment.id, JSON.stringify(plan));
    return plan;
  }

  #changeContainer(id: string, containerId: string, change: ContainerChange, ended?: AppError): void {
    const container = this.#records.changeContainer(id, containerId, change, ended);
    if (container !== undefined) this.#follow(id, container);
  }

  /** Running exactly while every container is (DESIGN §6). */
  #follow(id: string, container: Container): void {
    const live = this.#live.get(id);
    const { status, generation } = this.#records.get(id);
    if (live === undefined || container.generation !== generation || live.starting.signal.aborted) return;
    const { isRunning } = live.materialization;
    if (status === 'deploying' && isRunning) this.#records.become(id, 'running');
    if (status !== 'running' || isRunning || !['starting', 'restarting'].includes(container.status)) return;
    this.#records.become(id, 'deploying', { reason: `${container.alias} is ${container.status}.` });
    live.started = this.#untilRunning(id, live, async () => undefined);
  }
}
