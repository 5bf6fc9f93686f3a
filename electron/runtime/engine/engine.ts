import type { Duplex, Readable } from 'node:stream';

/** What `docker info` tells of an engine. */
export interface EngineInfo {
  /** The engine's own id, stable across its restarts; Podman says another each time. */
  id: string;
  version: string;
  apiVersion: string;
  os: string;
  /** As Node names it: `x64` or `arm64`. */
  architecture: 'x64' | 'arm64';
  cpus: number;
  memoryBytes: number;
  containersRunning: number;
  /** Whether it can hand GPUs to containers. */
  hasGpu: boolean;
  /** Free on the disk that holds its images and containers; null where that cannot be seen from here. */
  diskFreeBytes: number | null;
}

export interface MountSpec {
  volume: string;
  target: string;
  readOnly: boolean;
}

/** A container to be made. Hardening (DESIGN §6: dropped capabilities, no new privileges, read-only root) is always on. */
export interface ContainerSpec {
  name: string;
  /** An image reference or id that the engine has. */
  image: string;
  command?: string[];
  entrypoint?: string[];
  env: Record<string, string>;
  labels: Record<string, string>;
  /** `bridge` for the gateway, `none` for checks, else the name or id of a network. */
  network: string;
  /** Names under which others on `network` find it. */
  aliases?: string[];
  memoryBytes: number;
  cpus: number;
  pids: number;
  /** Writable tmpfs mounts, path → size in bytes; the rest of the root is read-only. */
  tmpfs: Record<string, number>;
  mounts?: MountSpec[];
  workdir?: string;
  /** How many of the engine's GPUs it is given. */
  gpus?: number;
}

/** What a container uses at one moment. */
export interface ContainerUsage {
  atMs: number;
  /** 100 is one CPU. */
  cpuPercent: number;
  /** Without the page cache. */
  memoryBytes: number;
  memoryLimitBytes: number;
  pids: number;
  receivedBytes: number;
  sentBytes: number;
}

export interface ContainerState {
  id: string;
  name: string;
  labels: Record<string, string>;
  running: boolean;
  /** Null while it has not ended. */
  exitCode: number | null;
  oomKilled: boolean;
  restartCount: number;
  startedAtMs: number | null;
  finishedAtMs: number | null;
}

export interface ImageState {
  id: string;
  tags: string[];
  labels: Record<string, string>;
  /** Diff ids of its layers, lowest first. */
  layers: string[];
}

/** Output of a container from its first byte, both streams apart, exactly as written. Both must be read or it stalls. */
export interface AttachedOutput {
  stdout: Readable;
  stderr: Readable;
  close(): void;
}

/** A process inside a running container, spoken to over its stdin and stdout as one binary-safe duplex. */
export interface ExecSession {
  stream: Duplex;
  /** What the process wrote to stderr so far. */
  stderrText(): string;
}

export interface EngineEvent {
  kind: 'container' | 'network' | 'volume' | 'image';
  action: string;
  id: string;
  attributes: Record<string, string>;
  atMs: number;
}

export interface NetworkSpec {
  name: string;
  labels: Record<string, string>;
  /** CIDR, e.g. `10.213.0.32/27`. */
  subnet: string;
  /** No route out and no address of the host on it (`--internal`, `inhibit_ipv4`). */
  internal: boolean;
}

export interface NetworkState {
  id: string;
  name: string;
  labels: Record<string, string>;
  subnets: string[];
}

/**
 * A Docker engine, as little of it as Proofbench needs. Nothing of dockerode's types leaves this folder.
 * Every method throws AppError: `docker_unreachable` or `docker_denied` where the engine does not answer (one that hangs, after a minute;
 * what ends or removes something has five, what streams or waits has no limit),
 * `disk_full`, `image_missing`, else `docker_error` with the engine's words. Removing or stopping what is already
 * gone or stopped is no error.
 */
export interface Engine {
  /** How it was found, e.g. `unix:///var/run/docker.sock` and `default socket`. */
  readonly host: string;
  readonly source: string;
  info(signal?: AbortSignal): Promise<EngineInfo>;
  /**
   * Whether it takes new connections. One that shuts down ends its containers while it still answers on those that are open, so what it
   * says then is no truth about a container.
   */
  isStaying(): Promise<boolean>;

  /** The image on this engine, or undefined. `ref`: a tag or an id. */
  findImage(ref: string): Promise<ImageState | undefined>;
  /** Streams a tar to `docker load`; throws `docker_error` with the engine's words when it refuses. */
  loadImage(tar: Readable, signal?: AbortSignal): Promise<void>;
  tagImage(id: string, ref: string): Promise<void>;
  removeImage(ref: string): Promise<void>;
  listImages(labels: Record<string, string>): Promise<{ id: string; tags: string[]; labels: Record<string, string> }[]>;
  /** Pulls from a registry; `undefined` when none answers within `timeoutMs`. */
  pullImage(ref: string, timeoutMs: number, signal?: AbortSignal): Promise<{ id: string } | undefined>;
  /** The flattened root file system of an image, as one tar. */
  exportRootFs(imageRef: string, signal?: AbortSignal): Promise<Readable>;

  createContainer(spec: ContainerSpec, signal?: AbortSignal): Promise<string>;
  /** Before `startContainer`: the only byte-exact way to its output. */
  attachContainer(id: string): Promise<AttachedOutput>;
  /**
   * After a host was lost: everything the engine kept, from the first byte, then with `follow` what comes. Following one that does not run
   * waits for its next start.
   */
  reattachContainer(id: string, follow: boolean): Promise<AttachedOutput>;
  startContainer(id: string): Promise<void>;
  /** Asks it to end and kills it after `graceMs`. */
  stopContainer(id: string, graceMs: number): Promise<void>;
  killContainer(id: string): Promise<void>;
  /** Kills it if need be. */
  removeContainer(id: string): Promise<void>;
  /** What it uses, each second until it has ended or `signal` aborts. */
  containerUsage(id: string, signal: AbortSignal): AsyncIterable<ContainerUsage>;
  /** Undefined when it is gone. */
  inspectContainer(id: string): Promise<ContainerState | undefined>;
  /** All that the engine says of a thing, in its own words, for people to read; undefined when it is gone. */
  describe(
    kind: 'container' | 'network' | 'volume',
    id: string,
    signal?: AbortSignal,
  ): Promise<Record<string, unknown> | undefined>;
  /** Resolves with the exit code once the container has ended. */
  waitContainer(id: string, signal?: AbortSignal): Promise<number>;
  listContainers(labels: Record<string, string>): Promise<ContainerState[]>;
  exec(containerId: string, command: string[]): Promise<ExecSession>;
  /** Runs a command in a running container as its root user, which has no capability; its exit code, or -1 when it has not ended after 60 s. */
  executeAsRoot(containerId: string, command: string[]): Promise<number>;

  createNetwork(spec: NetworkSpec): Promise<string>;
  connectNetwork(network: string, container: string, aliases: string[]): Promise<void>;
  /** Whatever is still connected is disconnected first. */
  removeNetwork(id: string): Promise<void>;
  /** The ids of the containers on a network; undefined when it is gone. */
  networkMembers(id: string): Promise<string[] | undefined>;
  listNetworks(labels?: Record<string, string>): Promise<NetworkState[]>;

  createVolume(name: string, labels: Record<string, string>): Promise<void>;
  removeVolume(name: string): Promise<void>;
  listVolumes(labels: Record<string, string>): Promise<{ name: string; labels: Record<string, string> }[]>;

  /** The engine's events from now on, until aborted or the connection is lost (then it throws). */
  events(labels: Record<string, string>, signal: AbortSignal): AsyncIterable<EngineEvent>;
}
