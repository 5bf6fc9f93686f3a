import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';

export interface OwnEngineOptions {
  /** Its images and containers lie on a disk of this size. `seen: false`: in a place that this machine's processes do not see, as in a virtual machine. */
  disk?: { megabytes: number; seen: boolean };
}

/**
 * A Docker engine that belongs to one test, which may stop, kill and fill it: a `dockerd` with a network namespace of its own, so that
 * it and the machine's engine do not meet in the firewall or on an address.
 */
export class OwnEngine implements AsyncDisposable {
  readonly host: string;
  readonly docker: Docker;
  readonly #dir = mkdtempSync(join(tmpdir(), 'pb-engine-'));
  readonly #options: OwnEngineOptions;
  #process: ChildProcess | undefined;

  private constructor(options: OwnEngineOptions) {
    this.#options = options;
    const socketPath = join(this.#dir, 'docker.sock');
    this.host = `unix://${socketPath}`;
    this.docker = new Docker({ socketPath });
    mkdirSync(this.#data);
    writeFileSync(this.#net, '');
    execFileSync('unshare', [`--net=${this.#net}`, 'ip', 'link', 'set', 'lo', 'up']);
    const { disk } = options;
    if (disk?.seen) execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${disk.megabytes}m`, 'tmpfs', this.#data]);
  }

  /** Why there cannot be one here; undefined where there can. */
  static get impossible(): string | undefined {
    if (process.platform !== 'linux') return 'a second Docker engine can only be started on Linux';
    if (process.getuid?.() !== 0) return 'a second Docker engine can only be started by root';
    const missing = ['dockerd', 'fallocate', 'ip', 'nsenter', 'unshare'].filter(
      program =>
        !['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/bin'].some(dir => existsSync(join(dir, program))),
    );
    return missing.length === 0 ? undefined : `a second Docker engine needs ${missing.join(', ')}`;
  }

  /** One that answers. */
  static async create(options: OwnEngineOptions = {}): Promise<OwnEngine> {
    const engine = new OwnEngine(options);
    try {
      await engine.start();
    } catch (error) {
      await engine.#clear();
      throw error;
    }
    return engine;
  }

  get #data(): string {
    return join(this.#dir, 'data');
  }

  get #net(): string {
    return join(this.#dir, 'net');
  }

  get #log(): string {
    return join(this.#dir, 'dockerd.log');
  }

  /** Starts it, or starts it again, unless it runs; resolves when it answers. */
  async start(): Promise<void> {
    if (this.#runs) return;
    const { disk } = this.#options;
    const dockerd = [
      'dockerd',
      ...['--data-root', this.#data],
      ...['--exec-root', join(this.#dir, 'exec')],
      ...['--pidfile', join(this.#dir, 'dockerd.pid')],
      ...['--host', this.host],
    ];
    const hidden = `mount -t tmpfs -o size=${disk?.megabytes}m tmpfs '${this.#data}' && exec "$@"`;
    const command = disk?.seen === false ? ['unshare', '--mount', 'sh', '-c', hidden, 'sh', ...dockerd] : dockerd;
    const log = openSync(this.#log, 'a');
    // By nsenter, as `ip netns exec` would hide the cgroups. Each of these becomes the next: the child is dockerd itself.
    this.#process = spawn('nsenter', [`--net=${this.#net}`, ...command], { stdio: ['ignore', log, log] });
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(50)) {
      if (this.#process.exitCode !== null) break;
      const answers = await this.docker.ping().then(
        () => true,
        () => false,
      );
      if (answers) return;
    }
    throw new Error(`dockerd did not start:\n${readFileSync(this.#log, 'utf8').split('\n').slice(-15).join('\n')}`);
  }

  /** As `systemctl stop docker`: its containers are stopped with it. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Its containers go on without it until it is there again. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Leaves `megabytes` of its disk. */
  fill(megabytes: number): void {
    const { bavail, bsize } = statfsSync(this.#seenData);
    const bytes = Math.max(0, bavail * bsize - megabytes * 2 ** 20);
    execFileSync('fallocate', ['-l', String(bytes), this.#filler]);
  }

  /** Gives back what `fill` took. */
  free(): void {
    rmSync(this.#filler, { force: true });
  }

  /** Where the data lies, through the engine's own eyes. */
  get #seenData(): string {
    return `/proc/${this.#process?.pid}/root${this.#data}`;
  }

  get #filler(): string {
    return join(this.#seenData, 'filler');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#process === undefined || !this.#runs) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
    // Its containerd goes with it, a moment later: a dockerd that finds it alive would wait for it in vain.
    const pidFile = join(this.#dir, 'exec/containerd/containerd.pid');
    if (!existsSync(pidFile)) return;
    const containerd = `/proc/${readFileSync(pidFile, 'utf8').trim()}`;
    while (existsSync(containerd)) await sleep(20);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      // Only an engine that runs ends what it started.
      await this.start();
      const all = await this.docker.listContainers({ all: true });
      await Promise.all(all.map(({ Id }) => this.docker.getContainer(Id).remove({ force: true, v: true })));
    } finally {
      await this.#clear();
    }
  }

  get #runs(): boolean {
    return this.#process?.exitCode === null && this.#process.signalCode === null;
  }

  async #clear(): Promise<void> {
    await this.stop();
    const mounted = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map(line => line.split(' ')[1] ?? '')
      .filter(path => path.startsWith(`${this.#dir}/`));
    for (const path of mounted.reverse()) execFileSync('umount', ['-l', path]);
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
