import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { type ClientHttp2Session, connect } from 'node:http2';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const resources = join(import.meta.dirname, '../../../resources');
const DEADLINE_MS = 15_000;

export interface Vertex {
  language?: 'js' | 'py';
  /** The text of main.js or main.py, or the folder of a component under resources/components. */
  source: string | { component: string };
  inputs?: unknown[];
  outputs?: unknown[];
  endpoints?: { name: string; kind: string; transports: string[] }[];
  config?: Record<string, unknown>;
  /** Given to the container instead of the token the gateway knows. */
  wrongToken?: string;
  logLevel?: 'info' | 'debug';
  env?: Record<string, string>;
}

/** A component as a process of this machine, with all that it said. */
export interface Component {
  readonly process: ChildProcess;
  readonly httpPort: number;
  stdout: string;
  stderr: string;
  readonly exited: Promise<number | null>;
}

/** The real gateway and real components, as processes of this machine instead of containers. */
export class LocalGraph implements AsyncDisposable {
  readonly components: Record<string, Component> = {};
  readonly statuses: Record<string, string> = {};
  /** Every status the gateway told of, as `alias status`, in order. */
  readonly changes: string[] = [];
  readonly id: string;
  readonly #folder: string;
  readonly #processes: ChildProcess[] = [];
  readonly #socketPath: string;
  #gateway: ChildProcess | undefined;
  #port = 0;
  #session: ClientHttp2Session | undefined;
  #plan: { vertices: Record<string, unknown>[]; edges: unknown[] } = { vertices: [], edges: [] };
  readonly #vertices: Record<string, Vertex> = {};

  private constructor(folder: string, id: string) {
    this.#folder = folder;
    this.#socketPath = join(folder, 'host.sock');
    this.id = id;
  }

  /** `edges` as `from.output → to.input`, e.g. `in.0 > cut.0`. */
  static async start(
    vertices: Record<string, Vertex>,
    edges: string[] = [],
    id = 'dep_test',
    gatewayEnv: Record<string, string> = {},
  ): Promise<LocalGraph> {
    const graph = new LocalGraph(await mkdtemp(join(tmpdir(), 'ppl-sdk-')), id);
    try {
      await graph.startGateway(gatewayEnv);
      await graph.deploy(vertices, edges);
      return graph;
    } catch (error) {
      await graph[Symbol.asyncDispose]();
      throw error;
    }
  }

  get session(): ClientHttp2Session {
    return this.#session as ClientHttp2Session;
  }

  get socketPath(): string {
    return this.#socketPath;
  }

  get gatewayPort(): number {
    return this.#port;
  }

  get gateway(): ChildProcess {
    return this.#gateway as ChildProcess;
  }

  async startGateway(env: Record<string, string> = {}): Promise<void> {
    const gateway = spawn(process.execPath, [join(resources, 'images/gateway/main.js')], {
      env: { ...env, PROOFBENCH_GATEWAY_PORT: String(this.#port), PROOFBENCH_GATEWAY_SOCKET: this.#socketPath },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#processes.push(gateway);
    this.#gateway = gateway;
    this.#port = await new Promise<number>(resolve => {
      gateway.stdout?.once('data', (line: Buffer) => resolve(JSON.parse(line.toString()).port));
    });
    this.#session = connect('http://gateway', {
      createConnection: () => createConnection(this.#socketPath),
    });
    this.#session.on('error', () => {});
  }

  async killGateway(): Promise<void> {
    const gone = new Promise(resolve => this.#gateway?.once('exit', resolve));
    this.#gateway?.kill('SIGKILL');
    await gone;
    this.#session?.destroy();
  }

  async deploy(vertices: Record<string, Vertex>, edges: string[]): Promise<void> {
    Object.assign(this.#vertices, vertices);
    this.#plan = {
      vertices: Object.entries(vertices).map(([alias, vertex]) => ({
        vertex_id: alias,
        alias,
        token: `token of ${alias} in ${this.id}`,
        config: vertex.config ?? {},
        inputs: (vertex.inputs ?? []).map(type => ({ type })),
        outputs: (vertex.outputs ?? []).map(type => ({ type })),
        endpoints: vertex.endpoints ?? [],
        log_level: vertex.logLevel ?? 'info',
      })),
      edges: edges.map((edge, index) => {
        const [from, from_output, to, to_input] = edge.split(/[.\s>]+/);
        return { id: `edge${index}`, from, from_output: Number(from_output), to, to_input: Number(to_input) };
      }),
    };
    await this.put();
    await Promise.all(Object.keys(vertices).map(alias => this.startComponent(alias)));
  }

  /** Tells the gateway the plan again, with `config` in place of the one that a vertex had. */
  async put(config: Record<string, Record<string, unknown>> = {}): Promise<void> {
    for (const vertex of this.#plan.vertices) vertex.config = config[vertex.alias as string] ?? vertex.config;
    const { status, body } = await this.request('PUT', `/deployments/${this.id}`, JSON.stringify(this.#plan));
    if (status !== 204) throw new Error(`PUT answered ${status}: ${body}`);
    void this.#watch();
  }

  async #watch(): Promise<void> {
    const stream = this.session.request({ ':method': 'GET', ':path': `/deployments/${this.id}/events` });
    stream.setEncoding('utf8');
    stream.on('error', () => {});
    let rest = '';
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() as string;
      for (const line of lines) {
        const { vertex_id, status } = JSON.parse(line);
        this.statuses[vertex_id] = status;
        this.changes.push(`${vertex_id} ${status}`);
      }
    });
  }

  async startComponent(alias: string): Promise<Component> {
    const vertex = this.#vertices[alias] as Vertex;
    const language = vertex.language ?? 'js';
    const folder = join(this.#folder, alias);
    if (!this.components[alias]) await layOut(folder, vertex, language);
    const httpPort = await freePort();
    const command =
      language === 'js'
        ? [process.execPath, join(folder, 'src/main.js')]
        : ['python3', '-u', join(folder, 'src/main.py')];
    const child = spawn(command[0] as string, command.slice(1), {
      env: {
        PATH: process.env.PATH,
        PYTHONPATH: join(resources, 'sdk/python'),
        PYTHONDONTWRITEBYTECODE: '1',
        PROOFBENCH_GATEWAY: `127.0.0.1:${this.#port}`,
        PROOFBENCH_TOKEN: vertex.wrongToken ?? `token of ${alias} in ${this.id}`,
        PROOFBENCH_EDGE_PORT: '0',
        PROOFBENCH_HTTP_PORT: String(httpPort),
        ...vertex.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#processes.push(child);
    const component: Component = {
      process: child,
      httpPort,
      stdout: '',
      stderr: '',
      exited: new Promise(resolve => child.once('close', code => resolve(code))),
    };
    child.stdout.on('data', chunk => {
      component.stdout += chunk;
    });
    child.stderr.on('data', chunk => {
      component.stderr += chunk;
    });
    this.components[alias] = component;
    return component;
  }

  folderOf(alias: string): string {
    return join(this.#folder, alias);
  }

  component(alias: string): Component {
    return this.components[alias] as Component;
  }

  /** Waits until every vertex is ready. */
  async ready(): Promise<void> {
    const aliases = Object.keys(this.#vertices);
    await until(
      () => aliases.every(alias => this.statuses[alias] === 'ready'),
      () => `${JSON.stringify(this.statuses)}\n${aliases.map(alias => this.components[alias]?.stderr).join('')}`,
    );
  }

  async request(method: string, path: string, body?: string): Promise<{ status: number; body: string }> {
    const stream = this.session.request({ ':method': method, ':path': path }, { endStream: body === undefined });
    if (body !== undefined) stream.end(body);
    const status = await new Promise<number>((resolve, reject) => {
      stream.once('response', headers => resolve(Number(headers[':status'])));
      stream.once('error', reject);
    });
    let text = '';
    for await (const chunk of stream) text += chunk;
    return { status, body: text };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session?.destroy();
    await Promise.all(
      this.#processes.map(child => {
        if (child.exitCode !== null || child.signalCode !== null) return undefined;
        const gone = new Promise(resolve => child.once('exit', resolve));
        child.kill('SIGKILL');
        return gone;
      }),
    );
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export async function until(condition: () => boolean, describe: () => string = () => ''): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`gave up waiting: ${condition} ${describe()}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise(resolve => server.close(resolve));
  return port;
}

async function layOut(folder: string, { source }: Vertex, language: string): Promise<void> {
  if (typeof source === 'object') {
    await cp(join(resources, 'components', source.component), folder, { recursive: true });
    if (existsSync(join(folder, 'src/package-lock.json'))) await installDependencies(folder);
  } else {
    const main = join(folder, 'src', language === 'js' ? 'main.js' : 'main.py');
    await mkdir(dirname(main), { recursive: true });
    await writeFile(main, source);
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  }
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  await symlink(join(resources, 'sdk/js'), join(folder, 'node_modules/pipelogic'));
}

/** As in an image: what the lockfile in `src` names lies beside `src`. */
async function installDependencies(folder: string): Promise<void> {
  for (const name of ['package.json', 'package-lock.json']) await cp(join(folder, 'src', name), join(folder, name));
  const npm = spawn('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise(resolve => npm.once('close', resolve));
  if (code !== 0) throw new Error(`npm ci of ${folder} ended with ${code}`);
}
