import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { AppError } from '../../../shared/errors.ts';
import { Signal } from '../base/signal.ts';
import { leaseFolder } from '../engine/container-options.ts';
import type { ContainerState, Engine } from '../engine/engine.ts';
import { unreachable } from '../engine/engine-error.ts';
import { labels } from '../engine/labels.ts';
import type { ContainerChange, Deployment } from '../store/deployments.ts';
import { deadlineEnv, tellDeadline } from './container-deadline.ts';
import type { ContainerLog } from './container-log.ts';
import type { Gateway } from './gateway.ts';
import type { GatewaySession, VertexStatus } from './gateway-session.ts';
import type { DeploymentPlan, PlannedVertex } from './plan.ts';
import { pickSubnet } from './subnet.ts';

/** How long a container may take to end by itself once asked. */
const stopGraceMs = 3000;
const gatewayRetryMs = 100;

export interface MaterializationOptions {
  engine: Engine;
  gateway: Gateway;
  deployment: Pick<Deployment, 'id' | 'runtime_id' | 'lease_id' | 'debug'>;
  generation: number;
  networkName: string;
  plan: DeploymentPlan;
  workspaceId: string;
  log: (container: string) => ContainerLog;
  /** When the containers end by themselves, if nobody has ended them by then (UTC ms). */
  deadlineMs: () => number;
  /**
   * Told as soon as the engine made a container, and at each change of its status; written before anything else happens. `ended`: why, when
   * it ended by itself.
   */
  onContainer: (containerId: string, change: ContainerChange, ended?: AppError) => void;
  /** How often a container was started again so far. */
  restarts: (containerId: string) => number;
  /** Asked when a container has ended by itself: ms until it is started again; undefined when it may not be. */
  restartDelayMs: (containerId: string) => number | undefined;
}

/** The network on which the containers of a deployment's generation live. */
export function networkNameOf(deploymentId: string, generation: number): string {
  return `proofbench-${deploymentId.slice(-12)}${generation === 1 ? '' : `-${generation}`}`;
}

/**
 * What of one generation of a deployment exists on an engine: a network, a container a vertex, and the gateway's membership. A
 * container that ends is started again within its budget; a gateway that is lost is joined anew.
 */
export class Materialization {
  /** What the gateway knows it by, and how tunnels to it are asked for. */
  readonly key: string;
  readonly #options: MaterializationOptions;
  readonly #containers = new Map<string, string>();
  readonly #watching = new AbortController();
  readonly #failed = Promise.withResolvers<AppError>();
  readonly #changed = new Signal<void>();
  readonly #running = new Set<string>();
  /** Containers whose output is being kept. */
  readonly #read = new Set<string>();
  #network: string | undefined;
  #failure: AppError | undefined;
  /** The deadline that each container knows, where that is known. */
  readonly #toldMs = new Map<string, number>();
  /** Containers that are being told, until they were told all that they were to be so far: of two deadlines, the newer has to come last. */
  readonly #telling = new Map<string, Promise<void>>();
  #session: GatewaySession | undefined;

  constructor(options: MaterializationOptions) {
    this.#options = options;
    this.key = `${options.deployment.id}.${options.generation}`;
  }

  /** Resolves with the reason when it cannot be kept running. */
  get failure(): Promise<AppError> {
    return this.#failed.promise;
  }

  get isRunning(): boolean {
    return this.#running.size === this.#options.plan.vertices.length;
  }

  /** Makes and starts everything; `running` tells when it is. */
  async start(signal: AbortSignal, onSubnet: (subnet: string) => void): Promise<void> {
    const { engine, gateway, deployment, plan } = this.#options;
    gateway.hold(this.key);
    // The network needs nothing of the gateway, which may still be starting.
    const [session, network] = await allOf([gateway.session(signal), this.#createNetwork(onSubnet)]);
    this.#session = session;
    this.#network = network;
    const joined = engine.connectNetwork(network, gateway.containerId as string, ['gateway']);
    const told = session.putDeployment(this.key, plan, deployment.debug === 1 ? 'debug' : 'info');
    await allOf([joined, told, ...plan.vertices.map(vertex => this.#makeContainer(vertex, network, told))]);
    this.#follow(session);
    // Which may have moved while they were made.
    await this.tellDeadline();
  }

  /** Whether every container and the network exist, running or not. */
  async isWhole(): Promise<boolean> {
    const { engine, plan } = this.#options;
    const [containers, networks] = await allOf([
      engine.listContainers(this.#labels()),
      engine.listNetworks(this.#labels()),
    ]);
    const own = containers.filter(({ labels }) => this.#isOwn(labels));
    return own.length === plan.vertices.length && networks.some(({ labels }) => this.#isOwn(labels));
  }

  /**
   * Takes over what a former host left; false when it is not all there any more. What ended meanwhile is started again, which is no
   * restart of its own making where `engineWasAway`.
   */
  async adopt(signal: AbortSignal, engineWasAway = false): Promise<boolean> {
    const { engine, gateway, plan } = this.#options;
    gateway.hold(this.key);
    const found = (await engine.listContainers(this.#labels())).filter(each => this.#isOwn(each.labels));
    const states = new Map<PlannedVertex, ContainerState>();
    for (const vertex of plan.vertices) {
      const state = found.find(container => container.labels[labels.vertex] === vertex.vertex_id);
      if (state === undefined) return false;
      states.set(vertex, state);
      this.#containers.set(vertex.vertex_id, state.id);
    }
    const network = (await engine.listNetworks(this.#labels())).find(each => this.#isOwn(each.labels));
    if (network === undefined) return false;
    this.#network = network.id;
    const session = await this.#join(signal);
    for (const [vertex, { id, running, exitCode }] of states) {
      this.#options.log(vertex.container_id).recover(await engine.reattachContainer(id, running));
      this.#read.add(id);
      if (running) this.#watchExit(vertex, id);
      else {
        const again = engineWasAway ? this.#startAgain(vertex, id) : this.#ended(vertex, id, exitCode ?? 0);
        void again.catch(error => this.#fail(AppError.from(error)));
      }
    }
    this.#follow(session);
    await this.tellDeadline();
    return true;
  }

  /**
   * Resolves when every container is running: registered, edges connected, ready (DESIGN §6).
   * @throws the reason of the failure, or of `signal`; after a time limit, `timed_out` naming those that were never ready.
   */
  async running(signal: AbortSignal): Promise<void> {
    while (!this.isRunning) {
      if (this.#failure !== undefined) throw this.#failure;
      if (signal.aborted) throw this.#neverReady(signal.reason);
      await this.#changed.next({ signal });
    }
  }

  /** Why it really broke: whatever goes wrong on an engine that is going away, that is the reason. */
  async reasonOf(error: AppError): Promise<AppError> {
    const { engine } = this.#options;
    if (error.code === 'docker_unreachable' || (await engine.isStaying())) return error;
    return unreachable(`Docker at ${engine.host} went away.`, error);
  }

  /** A byte stream to a vertex's endpoint. */
  async tunnel(vertexId: string, endpoint: string): Promise<Duplex> {
    return (await this.#options.gateway.session()).tunnel(this.key, vertexId, endpoint);
  }

  /** A new value for a mutable parameter of a running container; `false` when it will only be told when it registers again. */
  async setConfig(vertexId: string, name: string, value: unknown): Promise<boolean> {
    const vertex = this.#options.plan.vertices.find(each => each.vertex_id === vertexId);
    if (vertex !== undefined) vertex.config[name] = value;
    if (!this.#session?.isOpen) return false;
    return (await this.#session.setConfig(this.key, vertexId, name, value)) === 'applied';
  }

  /**
   * Compares what should be on the engine with what is, as someone may have removed a network or a container by hand.
   * What is missing for good is told as the failure. A container that could not be told its deadline is told again, which nobody waits for:
   * one that hangs must not keep the others from being looked at.
   */
  async check(): Promise<void> {
    const { engine, gateway, plan } = this.#options;
    for (const id of this.#containers.values()) if (!this.#telling.has(id)) void this.#tellDeadline(id);
    if (this.#network === undefined || this.#watching.signal.aborted) return;
    const members = await engine.networkMembers(this.#network);
    if (this.#watching.signal.aborted) return;
    if (members === undefined) return this.#fail(takenAway(`its network ${this.#options.networkName}`));
    const cut = plan.vertices.find(
      ({ vertex_id }) => this.#running.has(vertex_id) && !members.includes(this.#containers.get(vertex_id) as string),
    );
    if (cut !== undefined) {
      // One that has ended is on no network either, and is told otherwise.
      const state = await engine.inspectContainer(this.#containers.get(cut.vertex_id) as string);
      if (state?.running !== true || !this.#running.has(cut.vertex_id) || this.#watching.signal.aborted) return;
      return this.#fail(takenAway(`the container of vertex ${cut.alias}, or its place on the deployment's network`));
    }
    const joined = gateway.containerId;
    if (this.#session?.isOpen && joined !== undefined && !members.includes(joined)) {
      await engine.connectNetwork(this.#network, joined, ['gateway']);
    }
  }

  /** Tells every container when it has to end by itself, if that is another time than it knows; one that cannot be told keeps it. */
  async tellDeadline(): Promise<void> {
    await Promise.all([...this.#containers.values()].map(id => this.#tellDeadline(id)));
  }

  /** Stops watching and touches nothing: the next host takes it over. */
  letGo(): void {
    this.#watching.abort();
  }

  /** Removes all of it, whoever made it and however far it came. Idempotent. Logs are complete when it resolves. */
  async remove(): Promise<void> {
    this.#watching.abort();
    try {
      await this.#removeAll();
    } finally {
      this.#options.gateway.release(this.key);
    }
  }

  async #removeAll(): Promise<void> {
    const { engine, plan } = this.#options;
    if (this.#session?.isOpen) await this.#session.deleteDeployment(this.key).catch(() => undefined);
    for (const container of await engine.listContainers(this.#labels())) {
      if (!this.#isOwn(container.labels)) continue;
      const vertex = plan.vertices.find(candidate => candidate.vertex_id === container.labels[labels.vertex]);
      if (vertex !== undefined) this.#containers.set(vertex.vertex_id, container.id);
      else await engine.removeContainer(container.id);
    }
    await allOf(
      plan.vertices.map(async vertex => {
        const id = this.#containers.get(vertex.vertex_id);
        if (id !== undefined) await this.#removeContainer(vertex, id);
      }),
    );
    for (const network of await engine.listNetworks(this.#labels())) {
      if (this.#isOwn(network.labels)) await engine.removeNetwork(network.id);
    }
    for (const volume of await engine.listVolumes(this.#labels())) {
      if (this.#isOwn(volume.labels)) await engine.removeVolume(volume.name);
    }
  }

  #tellDeadline(id: string, hasForgotten = false): Promise<void> {
    const { engine, deadlineMs } = this.#options;
    const tell = async () => {
      const wantedMs = deadlineMs();
      if (hasForgotten) this.#toldMs.delete(id);
      if (this.#watching.signal.aborted || this.#toldMs.get(id) === wantedMs) return;
      if (await tellDeadline(engine, id, wantedMs, Date.now())) this.#toldMs.set(id, wantedMs);
    };
    const told = (this.#telling.get(id) ?? Promise.resolve())
      .then(tell)
      .catch(() => undefined)
      .finally(() => {
        if (this.#telling.get(id) === told) this.#telling.delete(id);
      });
    this.#telling.set(id, told);
    return told;
  }

  #labels(): Record<string, string> {
    return { [labels.workspace]: this.#options.workspaceId, [labels.deployment]: this.#options.deployment.id };
  }

  #isOwn(of: Record<string, string>): boolean {
    return (of[labels.generation] ?? '1') === String(this.#options.generation);
  }

  #allLabels(): Record<string, string> {
    const { deployment, generation } = this.#options;
    return {
      ...this.#labels(),
      [labels.generation]: String(generation),
      [labels.runtime]: deployment.runtime_id,
      ...(deployment.lease_id === null ? {} : { [labels.lease]: deployment.lease_id }),
    };
  }

  /** Another program may take a subnet between the look and the call: the next free one is tried then. */
  async #createNetwork(onSubnet: (subnet: string) => void): Promise<string> {
    const { engine, networkName } = this.#options;
    const refused: string[] = [];
    while (true) {
      const taken = (await engine.listNetworks()).flatMap(network => network.subnets);
      const subnet = pickSubnet([...taken, ...refused]);
      onSubnet(subnet);
      try {
        return await engine.createNetwork({
          name: networkName,
          labels: this.#allLabels(),
          subnet,
          internal: true,
        });
      } catch (error) {
        if (refused.length >= 8 || !(error instanceof AppError) || !/overlap/i.test(error.message)) throw error;
        refused.push(subnet);
      }
    }
  }

  async #makeContainer(vertex: PlannedVertex, network: string, gatewayTold: Promise<void>): Promise<void> {
    const { engine, deployment } = this.#options;
    const deadlineMs = this.#options.deadlineMs();
    this.#options.log(vertex.container_id).begin();
    const id = await engine.createContainer({
      name: `proofbench-${vertex.alias.toLowerCase()}-${vertex.container_id.slice(-10)}`,
      image: vertex.image_ref,
      env: {
        PROOFBENCH_GATEWAY: 'gateway:7000',
        PROOFBENCH_TOKEN: vertex.token,
        PROOFBENCH_LOG_LEVEL: deployment.debug === 1 ? 'debug' : 'info',
        ...deadlineEnv(deadlineMs, Date.now()),
        // Below the limit, so that a component meets its own limit before the kernel's.
        ...(vertex.language === 'js'
          ? { NODE_OPTIONS: `--max-old-space-size=${Math.floor((vertex.memory_bytes / 2 ** 20) * 0.75)}` }
          : {}),
      },
      labels: { ...this.#allLabels(), [labels.vertex]: vertex.vertex_id },
      network,
      aliases: [vertex.alias.toLowerCase()],
      memoryBytes: vertex.memory_bytes,
      cpus: vertex.cpus,
      ...(vertex.gpus ? { gpus: vertex.gpus } : {}),
      pids: 512,
      tmpfs: { '/tmp': 64 * 2 ** 20, [leaseFolder]: 2 ** 16 },
    });
    this.#containers.set(vertex.vertex_id, id);
    this.#toldMs.set(id, deadlineMs);
    this.#options.onContainer(vertex.container_id, { engine_id: id });
    await gatewayTold;
    await this.#startContainer(vertex, id);
  }

  async #startContainer(vertex: PlannedVertex, id: string): Promise<void> {
    const { engine, log, onContainer } = this.#options;
    log(vertex.container_id).capture(await engine.attachContainer(id));
    this.#read.add(id);
    await engine.startContainer(id);
    // It may have been ready before the engine's answer came.
    const status = this.#running.has(vertex.vertex_id) ? 'running' : 'starting';
    onContainer(vertex.container_id, { status, started_at_ms: Date.now(), ended_at_ms: null });
    this.#watchExit(vertex, id);
  }

  #watchExit(vertex: PlannedVertex, id: string): void {
    const { engine } = this.#options;
    engine
      .waitContainer(id, this.#watching.signal)
      .then(exitCode => this.#ended(vertex, id, exitCode))
      .catch(error => {
        if (!this.#watching.signal.aborted) this.#fail(AppError.from(error));
      });
  }

  async #ended(vertex: PlannedVertex, id: string, exitCode: number): Promise<void> {
    const { engine, log, onContainer, restartDelayMs } = this.#options;
    const { signal } = this.#watching;
    const state = await engine.inspectContainer(id);
    if (!(await engine.isStaying())) return this.#fail(unreachable(`Docker at ${engine.host} went away.`));
    if (signal.aborted) return;
    const own = log(vertex.container_id);
    await complete(own);
    if (signal.aborted) return;
    const restarts = this.#options.restarts(vertex.container_id);
    const delayMs = state === undefined ? undefined : restartDelayMs(vertex.container_id);
    const ended =
      state === undefined
        ? takenAway(`the container of vertex ${vertex.alias}`)
        : exited(vertex, exitCode, state.oomKilled, restarts, own);
    this.#running.delete(vertex.vertex_id);
    onContainer(
      vertex.container_id,
      {
        status: delayMs === undefined ? 'failed' : 'restarting',
        exit_code: exitCode,
        oom_killed: state?.oomKilled ? 1 : 0,
        ended_at_ms: Date.now(),
        ...(delayMs === undefined ? {} : { restarts: restarts + 1 }),
      },
      ended,
    );
    if (delayMs === undefined) return this.#fail(ended);
    await pause(delayMs, signal);
    await this.#startAgain(vertex, id);
  }

  /** Once what it wrote before is kept. */
  async #startAgain(vertex: PlannedVertex, id: string): Promise<void> {
    const { engine, log } = this.#options;
    await complete(log(vertex.container_id));
    if (this.#watching.signal.aborted) return;
    log(vertex.container_id).expectMore();
    try {
      await this.#startContainer(vertex, id);
      // It knows the deadline of its making only.
      await this.#tellDeadline(id, true);
    } catch (error) {
      if ((await engine.inspectContainer(id)) !== undefined) throw error;
      this.#fail(takenAway(`the container of vertex ${vertex.alias}`));
    }
  }

  async #removeContainer(vertex: PlannedVertex, id: string): Promise<void> {
    const { engine, log, onContainer } = this.#options;
    const own = log(vertex.container_id);
    await engine.stopContainer(id, stopGraceMs);
    const state = await engine.inspectContainer(id);
    // What it wrote while no host was there to read it.
    if (state !== undefined && !this.#read.has(id)) own.recover(await engine.reattachContainer(id, false));
    own.close();
    await complete(own);
    await engine.removeContainer(id);
    onContainer(vertex.container_id, {
      ...(state?.oomKilled || state?.exitCode == null ? {} : { exit_code: state.exitCode }),
      status: 'exited',
      ended_at_ms: Date.now(),
    });
  }

  /** The gateway, made to know this generation; a new one, when the one before was lost. */
  async #join(signal: AbortSignal): Promise<GatewaySession> {
    const { engine, gateway, deployment, plan } = this.#options;
    const session = await gateway.session(signal);
    this.#session = session;
    await engine.connectNetwork(this.#network as string, gateway.containerId as string, ['gateway']);
    await session.putDeployment(this.key, plan, deployment.debug === 1 ? 'debug' : 'info');
    return session;
  }

  #fail(error: AppError): void {
    this.#failure ??= error;
    this.#failed.resolve(error);
    this.#changed.emit();
  }

  #follow(session: GatewaySession): void {
    void this.#followGateway(session).catch((error: unknown) => this.#fail(AppError.from(error)));
  }

  /** Keeps to what the gateway says of each vertex. */
  async #followGateway(first: GatewaySession): Promise<void> {
    const { signal } = this.#watching;
    for (let session = first; !signal.aborted; ) {
      try {
        for await (const { vertex_id, status } of session.reports(this.key, signal)) this.#report(vertex_id, status);
      } catch {
        // A session that ended: the components are there still, and look for a gateway until they find one.
      }
      if (signal.aborted) return;
      for (const vertex_id of [...this.#running]) this.#report(vertex_id, 'lost');
      try {
        await pause(gatewayRetryMs, signal);
        session = await this.#join(signal);
      } catch (error) {
        if (!signal.aborted) this.#fail(AppError.from(error));
        return;
      }
    }
  }

  #report(vertexId: string, status: VertexStatus): void {
    const vertex = this.#options.plan.vertices.find(candidate => candidate.vertex_id === vertexId);
    if (vertex === undefined || this.#watching.signal.aborted) return;
    if (status === 'ready' && !this.#running.has(vertexId)) {
      this.#running.add(vertexId);
      this.#options.onContainer(vertex.container_id, { status: 'running' });
    } else if (status !== 'ready' && this.#running.delete(vertexId)) {
      this.#options.onContainer(vertex.container_id, { status: 'starting' });
    }
    this.#changed.emit();
  }

  #neverReady(reason: unknown): unknown {
    if (!(reason instanceof DOMException) || reason.name !== 'TimeoutError') return reason;
    const aliases = this.#options.plan.vertices
      .filter(vertex => !this.#running.has(vertex.vertex_id))
      .map(vertex => vertex.alias);
    return new AppError('timed_out', `Not ready in time: ${aliases.join(', ')} never reported ready.`, {
      hint: 'A component is ready once it has called run(). Read its output with `ppl container logs`, or raise deploy.ready_timeout in the manifest.',
      details: { waiting_for: aliases },
    });
  }
}

/** A failure of one must not leave another still making things: all settle before the first error is thrown. */
async function allOf<T extends readonly unknown[]>(
  work: readonly [...{ [K in keyof T]: Promise<T[K]> | T[K] }],
): Promise<T> {
  const made = await Promise.allSettled(work);
  for (const result of made) if (result.status === 'rejected') throw result.reason;
  return made.map(result => (result as PromiseFulfilledResult<unknown>).value) as unknown as T;
}

/** The stream may stay silent after the end on a broken connection; what was captured is on disk either way. */
async function complete(log: ContainerLog): Promise<void> {
  await Promise.race([log.ended, setTimeout(2000, undefined, { ref: false })]);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => undefined);
}

function takenAway(what: string): AppError {
  return new AppError('deploy_failed', `Something outside Proofbench removed ${what}.`, {
    hint: 'Deploy again: ppl backend deploy.',
  });
}

function exited(
  vertex: PlannedVertex,
  exitCode: number,
  oomKilled: boolean,
  restarts: number,
  log: ContainerLog,
): AppError {
  const tail = log.tail(20);
  return new AppError(
    'container_exited',
    `The container of vertex ${vertex.alias} ended with exit code ${exitCode}${oomKilled ? ' (out of memory)' : ''}${restarts === 0 ? '' : `, after ${restarts} restart${restarts === 1 ? '' : 's'}`}.${
      tail === '' ? ' It wrote nothing.' : `\n${tail}`
    }`,
    {
      hint: `Read its whole output with: ppl container logs ${vertex.container_id}`,
      details: {
        vertex_id: vertex.vertex_id,
        alias: vertex.alias,
        container_id: vertex.container_id,
        exit_code: exitCode,
        oom_killed: oomKilled,
        restarts,
      },
    },
  );
}
