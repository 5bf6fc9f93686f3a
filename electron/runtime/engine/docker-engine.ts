import { statfs } from 'node:fs/promises';
import type { Duplex, Readable } from 'node:stream';
import Docker from 'dockerode';
import { AppError } from '../../../shared/errors.ts';
import { within } from '../base/within.ts';
import { attachedOutput } from './attached-output.ts';
import { containerOptions } from './container-options.ts';
import { containerState } from './container-state.ts';
import { containerUsage } from './container-usage.ts';
import type {
  AttachedOutput,
  ContainerSpec,
  ContainerState,
  ContainerUsage,
  Engine,
  EngineEvent,
  EngineInfo,
  ExecSession,
  ImageState,
  NetworkSpec,
  NetworkState,
} from './engine.ts';
import type { LocatedEngine } from './engine-address.ts';
import { engineError, engineWords, statusOf, unreachable } from './engine-error.ts';
import { execSession } from './exec-stream.ts';
import { jsonLines } from './json-lines.ts';
import { labels as labelNames } from './labels.ts';
import { limitedDocker } from './limited-docker.ts';
import { probeEngine } from './probe.ts';

/** How long an engine may take for what it answers at once, and until it begins to stream what is attached to or run. */
const briefMs = 60_000;
/**
 * For what may honestly take its time: ending and removing, and making and starting, where a slow disk copies or unpacks a whole image
 * first.
 */
const longMs = 300_000;

/** What we read of `docker info`. */
interface EngineFacts {
  ID: string;
  OSType: string;
  Architecture: string;
  NCPU: number;
  MemTotal: number;
  ContainersRunning: number;
  DockerRootDir?: string;
  Runtimes?: Record<string, unknown>;
}

/**
 * The engine over its API. One class, since each method is a line or two around a call; what is more than that lies
 * in the files beside it. Statuses that mean "already so" are swallowed here and nowhere else.
 */
export class DockerEngine implements Engine {
  readonly host: string;
  readonly source: string;
  /** For what is waited for: without a limit. */
  readonly #docker: Docker;
  readonly #brief: Docker;
  readonly #long: Docker;
  readonly #located: LocatedEngine;
  readonly #onLost: () => void;

  /** `onLost` hears of every call that found the engine gone. */
  constructor(located: LocatedEngine, onLost: () => void = () => undefined) {
    this.#onLost = onLost;
    this.#located = located;
    this.host = located.host;
    this.source = located.source;
    this.#docker = new Docker({ ...located.connection });
    this.#brief = limitedDocker(located, briefMs);
    this.#long = limitedDocker(located, longMs);
  }

  info(signal?: AbortSignal): Promise<EngineInfo> {
    return this.#call(
      'asking for its version',
      async () => {
        const [info, version] = await Promise.all([
          this.#brief.info(abortable(signal) as never) as unknown as Promise<EngineFacts>,
          this.#brief.version(abortable(signal) as never) as unknown as Promise<Docker.DockerVersion>,
        ]);
        return {
          id: info.ID,
          version: version.Version,
          apiVersion: version.ApiVersion,
          os: info.OSType,
          architecture: /^(aarch64|arm64)/.test(info.Architecture) ? 'arm64' : 'x64',
          cpus: info.NCPU,
          memoryBytes: info.MemTotal,
          containersRunning: info.ContainersRunning,
          hasGpu: Object.keys(info.Runtimes ?? {}).some(name => name.startsWith('nvidia')),
          diskFreeBytes: await freeBytes(info.DockerRootDir),
        };
      },
      signal,
    );
  }

  async isStaying(): Promise<boolean> {
    if ((await probeEngine(this.#located)).outcome === 'answers') return true;
    this.#onLost();
    return false;
  }

  findImage(ref: string): Promise<ImageState | undefined> {
    return this.#call(`looking for image ${ref}`, () =>
      unless([404], async () => {
        const image = await this.#brief.getImage(ref).inspect();
        return {
          id: image.Id,
          tags: image.RepoTags ?? [],
          labels: image.Config?.Labels ?? {},
          layers: image.RootFS?.Layers ?? [],
        };
      }),
    );
  }

  loadImage(tar: Readable, signal?: AbortSignal): Promise<void> {
    return this.#call(
      'loading an image',
      async () => {
        const response = await this.#docker.loadImage(tar, { quiet: true, ...abortable(signal) });
        for await (const entry of jsonLines(response as Readable)) throwIfRefused(entry);
      },
      signal,
    );
  }

  tagImage(id: string, ref: string): Promise<void> {
    return this.#call(`tagging ${ref}`, async () => {
      const colon = ref.lastIndexOf(':');
      await this.#brief.getImage(id).tag({ repo: ref.slice(0, colon), tag: ref.slice(colon + 1) });
    });
  }

  removeImage(ref: string): Promise<void> {
    return this.#call(`removing image ${ref}`, async () => {
      await unless([404], () => this.#long.getImage(ref).remove());
    });
  }

  listImages(
    labels: Record<string, string>,
  ): Promise<{ id: string; tags: string[]; labels: Record<string, string> }[]> {
    return this.#call('listing images', async () => {
      const images = await this.#brief.listImages({ filters: labelFilter(labels) });
      return images.map(image => ({
        id: image.Id,
        tags: (image.RepoTags ?? []).filter(tag => tag !== '<none>:<none>'),
        labels: image.Labels ?? {},
      }));
    });
  }

  async pullImage(ref: string, timeoutMs: number, signal?: AbortSignal): Promise<{ id: string } | undefined> {
    const noAnswer = new AbortController();
    const timer = setTimeout(() => noAnswer.abort(), timeoutMs);
    const either = signal ? AbortSignal.any([signal, noAnswer.signal]) : noAnswer.signal;
    try {
      await this.#call(
        `pulling ${ref}`,
        async () => {
          const stream = (await this.#docker.pull(ref, { abortSignal: either })) as Readable;
          for await (const entry of jsonLines(stream)) {
            throwIfRefused(entry);
            clearTimeout(timer);
          }
        },
        either,
      );
    } catch (error) {
      const { code } = AppError.from(error);
      if (signal?.aborted || code === 'docker_unreachable' || code === 'docker_denied' || code === 'disk_full')
        throw error;
      return undefined;
    } finally {
      clearTimeout(timer);
    }
    return this.findImage(ref);
  }

  exportRootFs(imageRef: string, signal?: AbortSignal): Promise<Readable> {
    return this.#call(
      `exporting ${imageRef}`,
      async () => {
        const { id } = await this.#long.createContainer({
          Image: imageRef,
          Cmd: ['true'],
          NetworkDisabled: true,
          Labels: { [labelNames.role]: 'export' },
          ...abortable(signal),
        });
        try {
          const stream = (await this.#docker.getContainer(id).export(abortable(signal))) as Readable;
          stream.once('close', () => void this.removeContainer(id).catch(() => undefined));
          return stream;
        } catch (error) {
          await this.removeContainer(id);
          throw error;
        }
      },
      signal,
    );
  }

  createContainer(spec: ContainerSpec, signal?: AbortSignal): Promise<string> {
    return this.#call(
      `creating container ${spec.name}`,
      async () => {
        const container = await this.#long.createContainer({ ...containerOptions(spec), ...abortable(signal) });
        return container.id;
      },
      signal,
    );
  }

  attachContainer(id: string): Promise<AttachedOutput> {
    return this.#attach(id, { logs: false, stream: true });
  }

  reattachContainer(id: string, follow: boolean): Promise<AttachedOutput> {
    return this.#attach(id, { logs: true, stream: follow });
  }

  #attach(id: string, what: { logs: boolean; stream: boolean }): Promise<AttachedOutput> {
    const lost = (cause: unknown) => unreachable(`The connection to Docker at ${this.host} was lost.`, cause);
    return this.#call(`attaching to container ${id}`, async () => {
      const options = { ...what, hijack: true, stdout: true, stderr: true };
      const socket = (await this.#brief.getContainer(id).attach(options)) as unknown as Readable;
      return attachedOutput(socket, lost, () => this.#goneWith(id));
    });
  }

  /** An engine that dies closes a connection just as a process that ends: only the engine can tell which it was. */
  #goneWith(container: string): Promise<AppError | undefined> {
    return this.inspectContainer(container).then(
      () => undefined,
      error => AppError.from(error),
    );
  }

  startContainer(id: string): Promise<void> {
    return this.#call(`starting container ${id}`, async () => {
      await unless([304], () => this.#long.getContainer(id).start());
    });
  }

  stopContainer(id: string, graceMs: number): Promise<void> {
    return this.#call(`stopping container ${id}`, async () => {
      await unless([304, 404], () => this.#long.getContainer(id).stop({ t: Math.ceil(graceMs / 1000) }));
    });
  }

  killContainer(id: string): Promise<void> {
    return this.#call(`killing container ${id}`, async () => {
      await unless([404, 409], () => this.#long.getContainer(id).kill());
    });
  }

  removeContainer(id: string): Promise<void> {
    return this.#call(`removing container ${id}`, async () => {
      const busy = await unless([404], () =>
        unless([409], async () => {
          await this.#long.getContainer(id).remove({ force: true, v: true });
          return 'removed' as const;
        }),
      );
      if (busy === undefined) await this.#gone(id);
    });
  }

  /** Someone else's removal is under way: only when it is through are the container's name and network free. */
  async #gone(id: string): Promise<void> {
    for (const end = Date.now() + 10_000; Date.now() < end; ) {
      if (!(await this.inspectContainer(id))) return;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    throw new AppError('docker_error', `Container ${id} is still there 10 s after its removal began.`);
  }

  async *containerUsage(id: string, signal: AbortSignal): AsyncGenerator<ContainerUsage> {
    try {
      const stream = (await this.#docker
        .getContainer(id)
        .stats({ stream: true, abortSignal: signal } as never)) as unknown as Readable;
      for await (const entry of jsonLines(stream)) {
        const usage = containerUsage(entry as never);
        if (usage !== undefined) yield usage;
      }
    } catch (error) {
      if (signal.aborted || statusOf(error) === 404) return;
      throw engineError(error, `measuring container ${id}`, this.host);
    }
  }

  inspectContainer(id: string): Promise<ContainerState | undefined> {
    return this.#call(`looking at container ${id}`, () =>
      unless([404], async () => containerState(await this.#brief.getContainer(id).inspect())),
    );
  }

  describe(
    kind: 'container' | 'network' | 'volume',
    id: string,
    signal?: AbortSignal,
  ): Promise<Record<string, unknown> | undefined> {
    return this.#call(
      `looking at ${kind} ${id}`,
      () =>
        unless([404], async () => {
          const told = await this.#thing(kind, id).inspect({ ...abortable(signal) });
          return told as unknown as Record<string, unknown>;
        }),
      signal,
    );
  }

  #thing(kind: 'container' | 'network' | 'volume', id: string): Docker.Container | Docker.Network | Docker.Volume {
    if (kind === 'container') return this.#brief.getContainer(id);
    return kind === 'network' ? this.#brief.getNetwork(id) : this.#brief.getVolume(id);
  }

  waitContainer(id: string, signal?: AbortSignal): Promise<number> {
    return this.#call(
      `waiting for container ${id} to end`,
      async () => {
        // Not dockerode's wait(): it never settles when the engine dies while it waits.
        const response = await this.#dial({
          path: `/containers/${encodeURIComponent(id)}/wait?`,
          method: 'POST',
          statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
          ...abortable(signal),
        });
        for await (const entry of jsonLines(response)) return Number(entry.StatusCode);
        throw unreachable(`The connection to Docker at ${this.host} was lost.`);
      },
      signal,
    );
  }

  listContainers(labels: Record<string, string>): Promise<ContainerState[]> {
    return this.#call('listing containers', async () => {
      const found = await this.#brief.listContainers({ all: true, filters: labelFilter(labels) });
      const states = await Promise.all(found.map(each => this.inspectContainer(each.Id)));
      return states.filter(state => state !== undefined);
    });
  }

  exec(containerId: string, command: string[]): Promise<ExecSession> {
    return this.#call(`running ${command[0]} in container ${containerId}`, async () => {
      const streams = { AttachStdin: true, AttachStdout: true, AttachStderr: true };
      const { id } = await this.#brief.getContainer(containerId).exec({ Cmd: command, ...streams, Tty: false });
      const socket = (await this.#brief.getExec(id).start({ hijack: true, stdin: true, Tty: false })) as Duplex;
      const lost = (cause: unknown) => unreachable(`The connection to Docker at ${this.host} was lost.`, cause);
      return execSession(socket, lost, () => this.#goneWith(containerId));
    });
  }

  executeAsRoot(containerId: string, command: string[]): Promise<number> {
    return this.#call(`running ${command[0]} in container ${containerId}`, async () => {
      const exec = await this.#brief.getContainer(containerId).exec({ Cmd: command, User: '0:0', AttachStdout: true });
      const output = (await this.#brief.getExec(exec.id).start({ hijack: true, Tty: false })) as Duplex;
      output.resume();
      // An engine that went away in between is told by the question after it.
      const ended = new Promise(over => output.on('error', over).once('close', over).once('end', over));
      await within(briefMs, ended);
      output.destroy();
      return (await exec.inspect()).ExitCode ?? -1;
    });
  }

  createNetwork(spec: NetworkSpec): Promise<string> {
    return this.#call(`creating network ${spec.name}`, async () => {
      const network = await this.#brief.createNetwork({
        Name: spec.name,
        CheckDuplicate: true,
        Driver: 'bridge',
        Internal: spec.internal,
        Labels: spec.labels,
        IPAM: { Driver: 'default', Config: [{ Subnet: spec.subnet }] },
        // Without it a container reaches services of the laptop through the bridge's own address, internal or not.
        Options: spec.internal ? { 'com.docker.network.bridge.inhibit_ipv4': 'true' } : {},
      });
      return network.id;
    });
  }

  connectNetwork(network: string, container: string, aliases: string[]): Promise<void> {
    return this.#call(`connecting container ${container} to network ${network}`, async () => {
      try {
        await this.#brief.getNetwork(network).connect({ Container: container, EndpointConfig: { Aliases: aliases } });
      } catch (error) {
        if (!/already exists in network|already attached/i.test(engineWords(error))) throw error;
      }
    });
  }

  removeNetwork(id: string): Promise<void> {
    return this.#call(`removing network ${id}`, async () => {
      const network = this.#brief.getNetwork(id);
      const state = await unless([404], () => network.inspect());
      // Whoever is still on it, such as a gateway that a former host connected, would keep it from going.
      for (const container of Object.keys(state?.Containers ?? {})) {
        await unless([403, 404], () => network.disconnect({ Container: container, Force: true }));
      }
      await unless([404], () => network.remove());
    });
  }

  networkMembers(id: string): Promise<string[] | undefined> {
    return this.#call(`looking at network ${id}`, () =>
      unless([404], async () => Object.keys((await this.#brief.getNetwork(id).inspect()).Containers ?? {})),
    );
  }

  listNetworks(labels: Record<string, string> = {}): Promise<NetworkState[]> {
    return this.#call('listing networks', async () => {
      const networks = await this.#brief.listNetworks({ filters: labelFilter(labels) });
      return networks.map(network => ({
        id: network.Id,
        name: network.Name,
        labels: network.Labels ?? {},
        subnets: (network.IPAM?.Config ?? []).flatMap(each => (each.Subnet ? [each.Subnet] : [])),
      }));
    });
  }

  createVolume(name: string, labels: Record<string, string>): Promise<void> {
    return this.#call(`creating volume ${name}`, async () => {
      await this.#brief.createVolume({ Name: name, Labels: labels });
    });
  }

  removeVolume(name: string): Promise<void> {
    return this.#call(`removing volume ${name}`, async () => {
      await unless([404], () => this.#long.getVolume(name).remove());
    });
  }

  listVolumes(labels: Record<string, string>): Promise<{ name: string; labels: Record<string, string> }[]> {
    return this.#call('listing volumes', async () => {
      const { Volumes } = await this.#brief.listVolumes({ filters: JSON.stringify(labelFilter(labels)) as never });
      return (Volumes ?? []).map(volume => ({ name: volume.Name, labels: volume.Labels ?? {} }));
    });
  }

  async *events(labels: Record<string, string>, signal: AbortSignal): AsyncGenerator<EngineEvent> {
    try {
      const stream = (await this.#docker.getEvents({ filters: labelFilter(labels), abortSignal: signal })) as Readable;
      for await (const entry of jsonLines(stream)) {
        const event = engineEvent(entry);
        if (event) yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      throw engineError(error, 'following its events', this.host);
    }
    if (!signal.aborted) throw unreachable(`The connection to Docker at ${this.host} was lost.`);
  }

  async #call<T>(doing: string, action: () => Promise<T>, signal?: AbortSignal | undefined): Promise<T> {
    try {
      return await action();
    } catch (error) {
      // An aborted request ends like a lost one.
      if (signal?.aborted) throw new AppError('cancelled', `Cancelled: ${doing}.`, { cause: error });
      const told = engineError(error, doing, this.host);
      if (told.code === 'docker_unreachable') this.#onLost();
      throw told;
    }
  }

  #dial(request: Record<string, unknown>): Promise<Readable> {
    return new Promise((resolve, reject) => {
      this.#docker.modem.dial({ isStream: true, options: {}, ...request } as never, (error, response) => {
        if (error) reject(error);
        else resolve(response as Readable);
      });
    });
  }
}

/** Runs `action`; undefined where the engine answers with one of these statuses. */
async function unless<T>(statuses: number[], action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}

/** An empty value asks for the label whatever its value. */
function labelFilter(labels: Record<string, string>): { label?: string[] } {
  const label = Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  return label.length > 0 ? { label } : {};
}

/** Load and pull answer 200 and put a refusal into the stream. */
function throwIfRefused(entry: Record<string, unknown>): void {
  if (typeof entry.error === 'string') throw new Error(entry.error);
}

/** Of the engine's own folder, where it is on this machine: inside a virtual machine it is not. */
async function freeBytes(folder: string | undefined): Promise<number | null> {
  if (folder === undefined) return null;
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

function engineEvent(entry: Record<string, unknown>): EngineEvent | undefined {
  const kind = entry.Type;
  if (kind !== 'container' && kind !== 'network' && kind !== 'volume' && kind !== 'image') return undefined;
  const actor = (entry.Actor ?? {}) as { ID?: string; Attributes?: Record<string, string> };
  return {
    kind,
    action: String(entry.Action),
    id: actor.ID ?? '',
    attributes: actor.Attributes ?? {},
    atMs: Math.floor(Number(entry.timeNano ?? 0) / 1e6),
  };
}
