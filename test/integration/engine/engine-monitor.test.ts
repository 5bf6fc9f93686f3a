import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectEngine } from '../../../electron/runtime/engine/connect.ts';
import { EngineMonitor } from '../../../electron/runtime/engine/engine-monitor.ts';
import { engineHost, locateEngine } from '../../../electron/runtime/engine/locate.ts';
import { Runtimes } from '../../../electron/runtime/engine/runtimes.ts';
import type { EngineStatus } from '../../../shared/contract/index.ts';

/** The real engine behind a socket of our own, which can be taken away and given back. */
class Door {
  readonly path: string;
  readonly #open = new Set<Socket>();
  #server: Server | undefined;

  constructor(path: string) {
    this.path = path;
  }

  async open(): Promise<void> {
    const { connection } = locateEngine({ env: process.env });
    this.#server = createServer(near => {
      const far = connect(connection.socketPath ?? '');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#open.add(from);
        from.on('error', () => undefined).on('close', () => to.destroy());
        from.pipe(to);
      }
    });
    await new Promise<void>(resolve => this.#server?.listen(this.path, resolve));
  }

  shut(): void {
    this.#server?.close();
    for (const socket of this.#open) socket.destroy();
  }
}

it('follows an engine that goes and comes back, and so do calls', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'monitor-'));
  const door = new Door(join(folder, 'docker.sock'));
  await door.open();
  const env = { ...process.env, DOCKER_HOST: `unix://${door.path}` };
  let timesBack = 0;
  const runtimes: Runtimes = new Runtimes({
    connect: () => connectEngine(env, { onLost: () => monitor.lost() }),
    host: () => engineHost({ env }),
    doctor: async () => [],
  });
  using monitor: EngineMonitor = new EngineMonitor({
    env,
    forget: () => runtimes.forget(),
    back: () => {
      timesBack++;
    },
    log: () => undefined,
    startLog: join(folder, 'start.log'),
    // Longer than the test: what it hears of a loss it hears from the call that failed.
    pollMs: 600_000,
  });
  const over = new AbortController();
  const told: EngineStatus[] = [];
  const watching = (async () => {
    for await (const status of monitor.watch(over.signal)) told.push(status);
  })();
  const states = () => told.map(status => status.state);
  await expect.poll(states, { timeout: 10_000 }).toEqual(['checking', 'ready']);
  const { version } = await (await runtimes.engine()).info();
  expect(told.at(-1)).toMatchObject({ version, host: env.DOCKER_HOST, source: 'DOCKER_HOST', said: [] });

  door.shut();
  await expect((await runtimes.engine()).info()).rejects.toMatchObject({ code: 'docker_unreachable' });
  await expect.poll(states, { timeout: 10_000 }).toEqual(['checking', 'ready', 'wrong_context']);
  expect(told.at(-1)?.said[0]).toBe(`connect ENOENT ${door.path}`);
  expect(told.at(-1)?.start_command).toBeNull();
  await expect(runtimes.engine()).rejects.toMatchObject({ code: 'docker_unreachable' });

  expect(timesBack).toBe(0);
  await door.open();
  await monitor.check();
  await expect.poll(states, { timeout: 10_000 }).toEqual(['checking', 'ready', 'wrong_context', 'ready']);
  expect(timesBack, 'what waits for Docker is tried at once').toBe(1);
  expect((await (await runtimes.engine()).info()).version).toBe(version);

  over.abort();
  await watching;
  door.shut();
  await rm(folder, { recursive: true });
}, 60_000);
