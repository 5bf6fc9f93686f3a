import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatewaySession } from '../../../../electron/runtime/deploy/gateway-session.ts';
import type { DeploymentPlan } from '../../../../electron/runtime/deploy/plan.ts';
import { EndpointServer } from '../../../../electron/runtime/endpoint/endpoint-server.ts';

const gatewayMain = join(import.meta.dirname, '../../../../resources/images/gateway/main.js');
export const token = 'a-token-of-some-length-1234';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Everything between a client and a component: the real proxy, the real session, the real gateway as a process of this
 * machine (its unix socket stands where `docker exec` is), and a component that is this test's own HTTP server.
 */
export class Proxied implements AsyncDisposable {
  readonly component: Server;
  readonly server: EndpointServer;
  readonly gateway: ChildProcess;
  readonly #folder: string;
  readonly #registration: Socket;
  readonly #sockets = new Set<Socket>();
  readonly #session: GatewaySession;

  private constructor(folder: string, gateway: ChildProcess, session: GatewaySession, link: Socket, component: Server) {
    this.#folder = folder;
    this.gateway = gateway;
    this.#session = session;
    this.#registration = link;
    this.component = component;
    component.on('connection', socket => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined);
    });
    this.server = new EndpointServer({
      resolve: hash => (hash === sha256(token) ? { backend_id: 'bck_1', vertex_id: 'vtx_1', name: 'http' } : undefined),
      running: () => 'dep_1',
      tunnel: target => session.tunnel(target.deployment_id, target.vertex_id, target.name),
      log: () => undefined,
    });
  }

  static async start(): Promise<Proxied> {
    const folder = await mkdtemp(join(tmpdir(), 'ppl-proxied-'));
    const path = join(folder, 'host.sock');
    const gateway = spawn(process.execPath, [gatewayMain], {
      env: { PROOFBENCH_GATEWAY_PORT: '0', PROOFBENCH_GATEWAY_SOCKET: path },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gatewayPort = await new Promise<number>(resolve => {
      gateway.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString()).port));
    });
    const session = new GatewaySession({ stream: connect(path), stderrText: () => '' });
    const component = createServer({ keepAliveTimeout: 60_000 });
    await new Promise<void>(resolve => component.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve));
    await session.putDeployment('dep_1', planOfOne, 'info');
    const link = await register(gatewayPort, (component.address() as AddressInfo).port);
    const proxied = new Proxied(folder, gateway, session, link, component);
    await proxied.server.listen(0, false);
    return proxied;
  }

  get url(): string {
    return this.server.url(token);
  }

  /** Bytes of memory in use, by the gateway or by this process. */
  memory(of: 'gateway' | 'host'): number {
    const pid = of === 'gateway' ? this.gateway.pid : process.pid;
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  }

  /** The component's process dies: every connection to it is cut. */
  killComponent(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    this.#session.close();
    this.#registration.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise(resolve => this.component.close(resolve));
    const gone = new Promise(resolve => this.gateway.once('exit', resolve));
    if (this.gateway.kill('SIGKILL')) await gone;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function register(gatewayPort: number, httpPort: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const line = { type: 'register', token: 'token of vtx_1', edge_port: 1, http_port: httpPort };
    const link = connect(gatewayPort, '127.0.0.1', () => link.write(`${JSON.stringify(line)}\n`));
    link.once('data', () => resolve(link));
    link.on('error', reject);
  });
}

const planOfOne: DeploymentPlan = {
  backend_id: 'bck_1',
  head_seq: 1,
  head_hash: '',
  graph_hash: '',
  vertices: [
    {
      vertex_id: 'vtx_1',
      alias: 'one',
      container_id: 'cnt_1',
      version_id: 'ver_1',
      image_digest: '',
      image_ref: '',
      language: 'js',
      token: 'token of vtx_1',
      config: {},
      inputs: [],
      outputs: [],
      endpoints: [{ name: 'http', kind: 'ingress', transports: ['http', 'ws'] }],
      memory_bytes: 0,
      cpus: 1,
    },
  ],
  edges: [],
};
