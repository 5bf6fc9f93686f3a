import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import Docker from 'dockerode';
import { openRuntime, type Runtime } from '../../../electron/runtime/runtime.ts';
import type { Handlers, Input, Output, UnaryName } from '../../../shared/contract/index.ts';

const projectDir = resolve(import.meta.dirname, '../../..');

export const docker = new Docker();

/** A workspace of its own whose runtime lives in this process; all that was made in it goes with it. */
export class Lab implements AsyncDisposable {
  readonly #scratch = mkdtempSync(join(tmpdir(), 'proofbench-bench-'));
  readonly #log: string[] = [];
  #runtime!: Runtime;
  #lease!: string;
  #workspaceId!: string;
  #port!: number;

  static async open(): Promise<Lab> {
    const lab = new Lab();
    lab.#port = await freePort();
    await lab.#open();
    lab.#workspaceId = lab.#runtime.workspaceId;
    labs.add(lab);
    lab.#lease = (await lab.call('lease.create', { ttl: '4h', label: 'bench' })).lease_id;
    return lab;
  }

  get lease(): string {
    return this.#lease;
  }

  get handlers(): Handlers {
    return this.#runtime.handlers;
  }

  call<N extends UnaryName>(name: N, input: Input<N>): Promise<Output<N>> {
    const handler = this.#runtime.handlers[name] as unknown as (
      input: Input<N>,
      context: unknown,
    ) => Promise<Output<N>>;
    return handler(input, context());
  }

  /** As a host's leave and another's start: a gateway that serves nothing goes with the first. */
  async reopen(): Promise<void> {
    await this.#runtime[Symbol.asyncDispose]();
    await this.#open();
  }

  /** Publishes a component of these files; answers with its version. */
  async publish(files: Record<string, string>): Promise<string> {
    const dir = mkdtempSync(join(this.#scratch, 'component-'));
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), content);
    }
    return (await this.call('component.publish', { dir, lease: this.#lease })).version_id;
  }

  async released(component: string): Promise<string> {
    const found = (await this.call('component.list', { query: component })).items[0];
    if (found === undefined) throw new Error(`there is no component ${component}`);
    const versions = await this.call('component.versions', { component: found.id });
    const latest = versions.find(version => version.tags.includes('latest'));
    if (latest === undefined) throw new Error(`${component} has no latest version`);
    return latest.id;
  }

  /** A backend of vertices in a row, each feeding the next; aliases and their versions. */
  async chain(vertices: Record<string, string>): Promise<string> {
    const { backend_id: backend } = await this.call('backend.create', { lease: this.#lease });
    let before: string | undefined;
    for (const [alias, version] of Object.entries(vertices)) {
      const { vertex_id } = await this.call('backend.add_vertex', { backend, version, alias });
      if (before !== undefined) {
        await this.call('backend.connect', {
          backend,
          from_vertex: before,
          from_output: 0,
          to_vertex: vertex_id,
          to_input: 0,
        });
      }
      before = vertex_id;
    }
    return backend;
  }

  /** Input JSON HTTP → a small component → Output JSON HTTP. */
  async jsonGraph(): Promise<string> {
    const echo = await this.publish({
      'component.yml':
        'name: Bench Echo\nlanguage: js\nworker:\n  input_type: "{text: String}"\n  output_type: "{text: String}"\n',
      'src/main.js': `import { run } from 'pipelogic';\n\nrun(message => message);\n`,
      'README.md': '# Bench Echo\n',
    });
    return this.chain({
      in: await this.released('Input JSON HTTP'),
      cut: echo,
      out: await this.released('Output JSON HTTP'),
    });
  }

  /** Resolves when everything is ready. */
  async deploy(backend: string): Promise<string> {
    return (await this.call('backend.deploy', { backend, runtime: 'local', lease: this.#lease, wait: true }))
      .deployment_id;
  }

  async undeploy(backend: string): Promise<void> {
    await this.call('backend.undeploy', { backend });
  }

  /** The deployment's containers as the engine knows them, in the order of the graph. */
  async inspect(deployment: string): Promise<Docker.ContainerInspectInfo[]> {
    const { items } = await this.call('container.list', { deployment });
    const found = await docker.listContainers({
      all: true,
      filters: { label: [`proofbench.deployment=${deployment}`] },
    });
    const all = await Promise.all(found.map(({ Id }) => docker.getContainer(Id).inspect()));
    return items.map(({ vertex_id }) => {
      const container = all.find(({ Config }) => Config.Labels['proofbench.vertex'] === vertex_id);
      if (container === undefined) throw new Error(`vertex ${vertex_id} has no container`);
      return container;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.call('lease.rollback', { lease: this.#lease });
      await this.#runtime[Symbol.asyncDispose]();
    } catch (error) {
      process.stderr.write(`${this.#log.slice(-20).join('\n')}\n`);
      throw error;
    } finally {
      labs.delete(this);
      await this.clear();
    }
  }

  /** Takes what is left away, however far it came; says so if there was anything. */
  async clear(): Promise<void> {
    const left = await clear(`proofbench.workspace=${this.#workspaceId}`);
    rmSync(this.#scratch, { recursive: true, force: true });
    if (left > 0) process.stderr.write(`the workspace of a bench left ${left} things behind; they are removed\n`);
  }

  async #open(): Promise<void> {
    this.#runtime = await openRuntime({
      home: join(this.#scratch, 'home'),
      env: { ...process.env, PROOFBENCH_PORT: String(this.#port) },
      resources: join(projectDir, 'resources'),
      version: 'bench',
      log: line => this.#log.push(line),
    });
  }
}

const labs = new Set<Lab>();

/** Not the usual one: that is for people's workspaces, which come and go while a bench reopens its own. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise(closed => server.close(closed));
  return port;
}

/** For an interrupted run: what was under way may still arrive, so it is looked for until there is nothing. */
export async function clearLabs(): Promise<void> {
  await Promise.allSettled([...labs].map(lab => lab.clear()));
  const images = await docker.listImages({ filters: { reference: ['proofbench/bench_*'] } });
  await Promise.allSettled(
    images.flatMap(({ RepoTags }) => (RepoTags ?? []).map(tag => docker.getImage(tag).remove())),
  );
}

/** Removes containers and networks with this label until none is found; answers with how many there were. */
export async function clear(label: string): Promise<number> {
  let removed = 0;
  for (let tries = 0; tries < 5; tries++) {
    const found = await clearOnce(label);
    if (found === 0) break;
    removed += found;
  }
  return removed;
}

async function clearOnce(label: string): Promise<number> {
  const filters = { label: [label] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.allSettled(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  const networks = await docker.listNetworks({ filters });
  await Promise.allSettled(networks.map(({ Id }) => docker.getNetwork(Id).remove()));
  return containers.length + networks.length;
}

export function context() {
  return { session: 'bench', signal: new AbortController().signal, progress: () => undefined };
}
