import { PassThrough } from 'node:stream';
import type {
  AttachedOutput,
  ContainerSpec,
  ContainerState,
  Engine,
} from '../../../../electron/runtime/engine/engine.ts';
import { unreachable } from '../../../../electron/runtime/engine/engine-error.ts';

interface Kept {
  id: string;
  spec: ContainerSpec;
  running: boolean;
  exitCode: number | null;
  outputs: PassThrough[];
  /** What it wrote to stdout in its life. */
  written: Buffer;
  waiting: ((code: number) => void)[];
}

/** What a deployment needs of an engine, with containers that do what the test says. */
export class MemoryEngine {
  readonly host: string;
  /** What it says that its id is. */
  id = 'engine';
  readonly containers = new Map<string, Kept>();
  readonly networks = new Map<string, { id: string; name: string; labels: Record<string, string>; subnet: string }>();
  /** Commands that were run as root, by container. */
  readonly commands: { container: string; command: string }[] = [];
  /** It does not answer. */
  isAway = false;
  /** Awaited before a call of that name is answered. */
  readonly before = new Map<string, () => Promise<void> | void>();
  onStarted: (spec: ContainerSpec, id: string) => void = () => undefined;
  onEnded: (spec: ContainerSpec, id: string) => void = () => undefined;
  #made = 0;

  constructor(host = 'memory') {
    this.host = host;
  }

  get engine(): Engine {
    return this as unknown as Engine;
  }

  /** Those of a vertex, oldest first. */
  of(vertex: string): Kept[] {
    return [...this.containers.values()].filter(({ spec }) => spec.labels['proofbench.vertex'] === vertex);
  }

  say(id: string, text: string): void {
    const container = this.#container(id);
    container.written = Buffer.concat([container.written, Buffer.from(text)]);
    for (const output of container.outputs) output.write(text);
  }

  end(id: string, code: number): void {
    const container = this.#container(id);
    if (!container.running) return;
    container.running = false;
    container.exitCode = code;
    for (const output of container.outputs.splice(0)) output.end();
    for (const resolve of container.waiting.splice(0)) resolve(code);
    this.onEnded(container.spec, id);
  }

  async info() {
    await this.#call('info');
    return { id: this.id, cpus: 64, memoryBytes: 2 ** 40, hasGpu: false, diskFreeBytes: null };
  }

  async isStaying(): Promise<boolean> {
    return !this.isAway;
  }

  async createContainer(spec: ContainerSpec): Promise<string> {
    await this.#call('createContainer');
    const id = `c${++this.#made}`;
    const fresh = { running: false, exitCode: null, outputs: [], written: Buffer.alloc(0), waiting: [] };
    this.containers.set(id, { id, spec, ...fresh });
    return id;
  }

  async attachContainer(id: string): Promise<AttachedOutput> {
    await this.#call('attachContainer');
    return this.#output(id, false, true);
  }

  async reattachContainer(id: string, follow: boolean): Promise<AttachedOutput> {
    await this.#call('reattachContainer');
    return this.#output(id, true, follow);
  }

  async startContainer(id: string): Promise<void> {
    await this.#call('startContainer');
    const container = this.#container(id);
    container.running = true;
    container.exitCode = null;
    this.onStarted(container.spec, id);
    await this.before.get('started')?.();
  }

  async stopContainer(id: string): Promise<void> {
    await this.#call('stopContainer');
    if (this.containers.has(id)) this.end(id, 143);
  }

  async removeContainer(id: string): Promise<void> {
    await this.#call('removeContainer');
    if (!this.containers.has(id)) return;
    this.end(id, 137);
    this.containers.delete(id);
  }

  async inspectContainer(id: string): Promise<ContainerState | undefined> {
    await this.#call('inspectContainer');
    const container = this.containers.get(id);
    return container === undefined ? undefined : stateOf(container);
  }

  async waitContainer(id: string, signal: AbortSignal): Promise<number> {
    await this.#call('waitContainer');
    const container = this.#container(id);
    if (!container.running) return container.exitCode as number;
    return new Promise((resolve, reject) => {
      container.waiting.push(resolve);
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }

  async listContainers(labels: Record<string, string>): Promise<ContainerState[]> {
    await this.#call('listContainers');
    return [...this.containers.values()].filter(({ spec }) => has(spec.labels, labels)).map(stateOf);
  }

  async executeAsRoot(container: string, command: string[]): Promise<number> {
    await this.#call('executeAsRoot');
    if (!this.#container(container).running) throw new Error('it is not running');
    this.commands.push({ container, command: command.join(' ') });
    return 0;
  }

  async createNetwork({ name, labels, subnet }: { name: string; labels: Record<string, string>; subnet: string }) {
    await this.#call('createNetwork');
    const id = `n${++this.#made}`;
    this.networks.set(id, { id, name, labels, subnet });
    return id;
  }

  async connectNetwork(): Promise<void> {
    await this.#call('connectNetwork');
  }

  async removeNetwork(id: string): Promise<void> {
    await this.#call('removeNetwork');
    this.networks.delete(id);
  }

  async networkMembers(id: string): Promise<string[] | undefined> {
    await this.#call('networkMembers');
    const network = this.networks.get(id);
    if (network === undefined) return undefined;
    const on = [...this.containers.values()].filter(({ spec, running }) => running && spec.network === id);
    return [...on.map(container => container.id), 'gateway'];
  }

  async listNetworks(labels: Record<string, string> = {}) {
    await this.#call('listNetworks');
    return [...this.networks.values()]
      .filter(network => has(network.labels, labels))
      .map(({ subnet, ...network }) => ({ ...network, subnets: [subnet] }));
  }

  async listVolumes() {
    await this.#call('listVolumes');
    return [];
  }

  #container(id: string): Kept {
    const container = this.containers.get(id);
    if (container === undefined) throw new Error(`there is no container ${id}`);
    return container;
  }

  async #call(name: string): Promise<void> {
    await this.before.get(name)?.();
    if (this.isAway) throw unreachable('Docker at memory does not answer.');
  }

  #output(id: string, past: boolean, follow: boolean): AttachedOutput {
    const container = this.#container(id);
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    stderr.end();
    if (past) stdout.write(container.written);
    if (follow) container.outputs.push(stdout);
    else stdout.end();
    return { stdout, stderr, close: () => stdout.end() };
  }
}

function stateOf({ id, spec, running, exitCode }: Kept): ContainerState {
  const times = { restartCount: 0, startedAtMs: null, finishedAtMs: null };
  return { id, name: spec.name, labels: spec.labels, running, exitCode, oomKilled: false, ...times };
}

function has(labels: Record<string, string>, wanted: Record<string, string>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}
