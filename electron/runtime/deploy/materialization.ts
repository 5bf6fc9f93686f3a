import { AppError } from '../../../shared/errors.ts';
import type { ContainerStatus } from '../../../shared/events.ts';
import type { Engine } from '../engine/engine.ts';
import { labels } from '../engine/labels.ts';
import type { Deployment } from '../store/deployments.ts';
import type { ContainerLog } from './container-log.ts';
import type { Gateway } from './gateway.ts';
import type { GatewaySession } from './gateway-session.ts';
import type { DeploymentPlan, PlannedVertex } from './plan.ts';
import { pickSubnet } from './subnet.ts';

/** How long a container may take to end by itself once asked. */
const stopGraceMs = 3000;

export interface MaterializationOptions {
  engine: Engine;
  gateway: Gateway;
  deployment: Deployment;
  plan: DeploymentPlan;
  workspaceId: string;
  log: (container: string) => ContainerLog;
  /** Told as soon as the engine made a container, and at each change of its status; written before anything else happens. */
  onContainer: (containerId: string, change: ContainerChange) => void;
}

export interface ContainerChange {
  engine_id?: string;
  status?: ContainerStatus;
  exit_code?: number;
  oom_killed?: 0 | 1;
  started_at_ms?: number;
  ended_at_ms?: number;
}

/** What of one deployment exists on an engine: a network, a container a vertex, and the gateway's membership. */
export class Materialization {
  readonly #options: MaterializationOptions;
  readonly #containers = new Map<string, string>();
  readonly #watching = new AbortController();
  readonly #failed = Promise.withResolvers<AppError>();
  #session: GatewaySession | undefined;

  constructor(options: MaterializationOptions) {
    this.#options = options;
  }

  /** Resolves with the reason when a container ends, or the engine is lost, while it should be running. */
  get failure(): Promise<AppError> {
    return this.#failed.promise;
  }

  /** Brings everything up; resolves when every container is running: registered, edges connected, ready (DESIGN §6). */
  async start(signal: AbortSignal, onSubnet: (subnet: string) => void): Promise<void> {
    const { engine, gateway, deployment, plan } = this.#options;
    gateway.hold(deployment.id);
    const session = await gateway.session(signal);
    this.#session = session;
    const network = await this.#createNetwork(onSubnet);
    const joined = engine.connectNetwork(network, gateway.containerId as string, ['gateway']);
    const told = session.putDeployment(deployment.id, plan, deployment.debug === 1 ? 'debug' : 'info');
    // A failure of one must not leave another still making things: all settle before the first error is thrown.
    const made = await Promise.allSettled([
      joined,
      told,
      ...plan.vertices.map(vertex => this.#startContainer(vertex, network, told)),
    ]);
    for (const result of made) if (result.status === 'rejected') throw result.reason;
    await this.#untilReady(session, signal);
    this.#followGateway(session);
  }

  /** Takes over what a former host left running; false when it is not all there any more. */
  async adopt(signal: AbortSignal): Promise<boolean> {
    const { engine, gateway, deployment, plan } = this.#options;
    gateway.hold(deployment.id);
    const found = await engine.listContainers(this.#labels());
    for (const vertex of plan.vertices) {
      const state = found.find(container => container.labels[labels.vertex] === vertex.vertex_id && container.running);
      if (state === undefined) return false;
      this.#containers.set(vertex.vertex_id, state.id);
    }
    const session = await gateway.session(signal);
    this.#session = session;
    const networks = await engine.listNetworks(this.#labels());
    const network = networks[0];
    if (network === undefined) return false;
    await engine.connectNetwork(network.id, gateway.containerId as string, ['gateway']).catch(error => {
      if (!(error instanceof AppError) || !/already exists/.test(String(error.details?.engine ?? error.message)))
        throw error;
    });
    await session.putDeployment(deployment.id, plan, deployment.debug === 1 ? 'debug' : 'info');
    for (const vertex of plan.vertices) {
      const id = this.#containers.get(vertex.vertex_id) as string;
      this.#options.log(vertex.container_id).recover(await engine.reattachContainer(id));
      this.#watchExit(vertex, id);
    }
    await this.#untilReady(session, signal);
    this.#followGateway(session);
    return true;
  }

  /** Removes all of it, whoever made it and however far it came. Idempotent. Logs are complete when it resolves. */
  async remove(): Promise<void> {
    const { engine, gateway, deployment, plan } = this.#options;
    this.#watching.abort();
    if (this.#session?.isOpen) await this.#session.deleteDeployment(deployment.id).catch(() => undefined);
    for (const container of await engine.listContainers(this.#labels())) {
      const vertex = plan.vertices.find(candidate => candidate.vertex_id === container.labels[labels.vertex]);
      if (vertex !== undefined) this.#containers.set(vertex.vertex_id, container.id);
      else await engine.removeContainer(container.id);
    }
    await Promise.all(
      plan.vertices.map(async vertex => {
        const id = this.#containers.get(vertex.vertex_id);
        if (id !== undefined) await this.#removeContainer(vertex, id);
      }),
    );
    for (const network of await engine.listNetworks(this.#labels())) {
      await engine.removeNetwork(network.id);
    }
    for (const volume of await engine.listVolumes(this.#labels())) await engine.removeVolume(volume.name);
    gateway.release(deployment.id);
  }

  #labels(): Record<string, string> {
    return { [labels.workspace]: this.#options.workspaceId, [labels.deployment]: this.#options.deployment.id };
  }

  #allLabels(): Record<string, string> {
    const { deployment } = this.#options;
    return {
      ...this.#labels(),
      [labels.runtime]: deployment.runtime_id,
      ...(deployment.lease_id === null ? {} : { [labels.lease]: deployment.lease_id }),
    };
  }

  /** Another program may take a subnet between the look and the call: the next free one is tried then. */
  async #createNetwork(onSubnet: (subnet: string) => void): Promise<string> {
    const { engine, deployment } = this.#options;
    const refused: string[] = [];
    while (true) {
      const taken = (await engine.listNetworks()).flatMap(network => network.subnets);
      const subnet = pickSubnet([...taken, ...refused]);
      onSubnet(subnet);
      try {
        return await engine.createNetwork({
          name: deployment.network_name,
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

  async #startContainer(vertex: PlannedVertex, network: string, gatewayTold: Promise<void>): Promise<void> {
    const { engine, deployment } = this.#options;
    const id = await engine.createContainer({
      name: `proofbench-${vertex.alias.toLowerCase()}-${vertex.container_id.slice(-10)}`,
      image: vertex.image_ref,
      env: {
        PROOFBENCH_GATEWAY: 'gateway:7000',
        PROOFBENCH_TOKEN: vertex.token,
        PROOFBENCH_LOG_LEVEL: deployment.debug === 1 ? 'debug' : 'info',
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
      pids: 512,
      tmpfs: { '/tmp': 64 * 2 ** 20 },
    });
    this.#containers.set(vertex.vertex_id, id);
    this.#options.onContainer(vertex.container_id, { engine_id: id });
    this.#options.log(vertex.container_id).capture(await engine.attachContainer(id));
    await gatewayTold;
    await engine.startContainer(id);
    this.#options.onContainer(vertex.container_id, { status: 'starting', started_at_ms: Date.now() });
    this.#watchExit(vertex, id);
  }

  #watchExit(vertex: PlannedVertex, id: string): void {
    const { engine, log, onContainer } = this.#options;
    engine.waitContainer(id, this.#watching.signal).then(
      async exitCode => {
        const state = await engine.inspectContainer(id).catch(() => undefined);
        if (this.#watching.signal.aborted) return;
        await log(vertex.container_id).ended;
        onContainer(vertex.container_id, {
          status: 'failed',
          exit_code: exitCode,
          oom_killed: state?.oomKilled ? 1 : 0,
          ended_at_ms: Date.now(),
        });
        this.#failed.resolve(exited(vertex, exitCode, state?.oomKilled ?? false, log(vertex.container_id)));
      },
      error => {
        if (!this.#watching.signal.aborted) this.#failed.resolve(AppError.from(error));
      },
    );
  }

  async #removeContainer(vertex: PlannedVertex, id: string): Promise<void> {
    const { engine, log, onContainer } = this.#options;
    await engine.stopContainer(id, stopGraceMs);
    const state = await engine.inspectContainer(id);
    // The stream may stay silent after the end on a broken connection; what was captured is on disk either way.
    await Promise.race([log(vertex.container_id).ended, new Promise(resolve => setTimeout(resolve, 2000).unref())]);
    await engine.removeContainer(id);
    onContainer(vertex.container_id, {
      ...(state?.oomKilled || state?.exitCode == null ? {} : { exit_code: state.exitCode }),
      status: 'exited',
      ended_at_ms: Date.now(),
    });
  }

  async #untilReady(session: GatewaySession, signal: AbortSignal): Promise<void> {
    const waiting = new Set(this.#options.plan.vertices.map(vertex => vertex.vertex_id));
    const listening = new AbortController();
    const ready = async () => {
      for await (const report of session.reports(
        this.#options.deployment.id,
        AbortSignal.any([signal, listening.signal]),
      )) {
        const vertex = this.#options.plan.vertices.find(candidate => candidate.vertex_id === report.vertex_id);
        if (vertex === undefined || report.status !== 'ready' || !waiting.delete(report.vertex_id)) continue;
        this.#options.onContainer(vertex.container_id, { status: 'running' });
        if (waiting.size === 0) return;
      }
      signal.throwIfAborted();
      throw new AppError('deploy_failed', 'The gateway closed before every container was ready.');
    };
    try {
      await Promise.race([
        ready(),
        this.failure.then(error => {
          throw error;
        }),
      ]);
    } catch (error) {
      throw signal.aborted && !(error instanceof AppError)
        ? neverReady(this.#options.plan, waiting, signal.reason)
        : error;
    } finally {
      listening.abort();
    }
  }

  /** A container that loses its place in the graph while the deployment runs is not running any more. */
  #followGateway(session: GatewaySession): void {
    const lost = new AppError(
      'docker_unreachable',
      'The gateway container was lost while the deployment was running.',
      {
        hint: 'Check that Docker is running (`ppl doctor`), then deploy again.',
      },
    );
    session.onClose(() => this.#failed.resolve(lost), this.#watching.signal);
  }
}

function exited(vertex: PlannedVertex, exitCode: number, oomKilled: boolean, log: ContainerLog): AppError {
  const tail = log.tail(20);
  return new AppError(
    'container_exited',
    `The container of vertex ${vertex.alias} ended with exit code ${exitCode}${oomKilled ? ' (out of memory)' : ''}.${
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
      },
    },
  );
}

function neverReady(plan: DeploymentPlan, waiting: ReadonlySet<string>, reason: unknown): unknown {
  if (!(reason instanceof DOMException) || reason.name !== 'TimeoutError') return reason;
  const aliases = plan.vertices.filter(vertex => waiting.has(vertex.vertex_id)).map(vertex => vertex.alias);
  return new AppError('timed_out', `Not ready in time: ${aliases.join(', ')} never reported ready.`, {
    hint: 'A component is ready once it has called run(). Read its output with `ppl container logs`, or raise deploy.ready_timeout in the manifest.',
    details: { waiting_for: aliases },
  });
}
