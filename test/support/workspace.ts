import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { expect } from 'vitest';

export const projectDir = resolve(import.meta.dirname, '../..');
const cli = join(projectDir, 'out/cli/ppl.js');

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export type Event = Record<string, unknown> & { type: string; seq: number; lease_id: string };

/** A workspace of its own in a temporary folder, driven by the built `ppl` as a user drives it. */
export class Workspace implements AsyncDisposable {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly #scratch: string;
  readonly #children = new Set<ChildProcess>();
  readonly #docker: Docker;
  #isGone = false;

  /** `docker` is where it looks for what is left; the engine that is worked with is said by `env`. */
  constructor(env: NodeJS.ProcessEnv = {}, docker = new Docker()) {
    this.#docker = docker;
    this.#scratch = mkdtempSync(join(tmpdir(), 'proofbench-test-'));
    this.home = env.PROOFBENCH_HOME ?? join(this.#scratch, 'home');
    this.env = {
      ...process.env,
      PROOFBENCH_HOME: this.home,
      PROOFBENCH_HOST_LINGER_MS: '500',
      PROOFBENCH_PORT: String(portOfItsOwn()),
      NO_COLOR: '1',
      ...env,
    };
    delete this.env.INIT_CWD;
  }

  get workspaceId(): string | undefined {
    const path = join(this.home, 'workspace-id');
    return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
  }

  /** Writes files below a new folder of this workspace's scratch space and returns it. */
  folder(files: Record<string, string | Buffer>): string {
    const dir = mkdtempSync(join(this.#scratch, 'dir-'));
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), content);
    }
    return dir;
  }

  start(
    args: string[],
    options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
  ): ChildProcess & { outcome: Promise<Outcome> } {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: options.cwd ?? this.#scratch,
      env: { ...this.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text;
    });
    const outcome = new Promise<Outcome>(done => {
      child.on('close', code => {
        this.#children.delete(child);
        done({ code, stdout, stderr });
      });
    });
    return Object.assign(child, { outcome });
  }

  ppl(args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Outcome> {
    return this.start(args, options).outcome;
  }

  /** Runs a verb that must succeed and returns its JSON. */
  async json<T = Record<string, unknown>>(args: string[], options: { cwd?: string } = {}): Promise<T> {
    const outcome = await this.ppl(args, options);
    expect(outcome, `ppl ${args.join(' ')}\n${outcome.stderr}`).toMatchObject({ code: 0 });
    return JSON.parse(outcome.stdout) as T;
  }

  /** Containers, networks and volumes that carry this workspace's label. */
  async onEngine(): Promise<string[]> {
    const id = this.workspaceId;
    if (id === undefined) return [];
    const docker = this.#docker;
    const filters = { label: [`proofbench.workspace=${id}`] };
    const [containers, networks, volumes] = await Promise.all([
      docker.listContainers({ all: true, filters }),
      docker.listNetworks({ filters }),
      docker.listVolumes({ filters: JSON.stringify(filters) as never }),
    ]);
    return [
      ...containers.map(container => `container ${container.Names[0]}`),
      ...networks.map(network => `network ${network.Name}`),
      ...(volumes.Volumes ?? []).map(volume => `volume ${volume.Name}`),
    ];
  }

  /** The same without the gateway, which stays for a while after the last deployment. */
  async besideGateway(): Promise<string[]> {
    return (await this.onEngine()).filter(name => !name.includes('gateway'));
  }

  async leaseStates(): Promise<string[]> {
    const { items } = await this.json<{ items: { state: string }[] }>(['lease', 'list']);
    return items.map(({ state }) => state);
  }

  async hostPid(): Promise<number> {
    const info = await this.json<{ pid: number }>(['host', 'info']);
    return info.pid;
  }

  /** Asks the host to leave and checks that it took everything of its own along. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isGone) return;
    this.#isGone = true;
    for (const child of this.#children) child.kill('SIGKILL');
    await this.ppl(['host', 'stop']);
    try {
      let left = await this.onEngine();
      for (const deadline = Date.now() + 20_000; left.length > 0 && Date.now() < deadline; left = await this.onEngine())
        await sleep(200);
      expect(left, 'left on the engine').toEqual([]);
    } finally {
      rmSync(this.#scratch, { recursive: true, force: true });
    }
  }
}

/**
 * A workspace keeps its port, and needs it again when its host was killed: another that is tested at the same time must not have taken it
 * meanwhile. Below the ports that systems give away.
 */
function portOfItsOwn(): number {
  return 10_000 + randomInt(20_000);
}

export function eventsOf(stdout: string): Event[] {
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Event);
}

/** Resolves with the first event of `type` that a running `ppl` prints. */
export function untilEvent(child: ChildProcess, type: string): Promise<Event> {
  return new Promise((found, failed) => {
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.on('line', line => {
      const event = JSON.parse(line) as Event;
      if (event.type === type) found(event);
    });
    lines.on('close', () => failed(new Error(`ppl ended before it told "${type}"`)));
  });
}
