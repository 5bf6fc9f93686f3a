import { existsSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { componentFolder, manifest } from '../support/components.ts';
import { eventsOf, untilEvent, Workspace } from '../support/workspace.ts';

/** The engine's socket as the product sees it; stopping it is what a stopped Docker looks like. */
class DockerSocket implements AsyncDisposable {
  readonly path = join(tmpdir(), `pb-docker-${process.pid}.sock`);
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  async start(): Promise<void> {
    rmSync(this.path, { force: true });
    this.#server = createServer({ allowHalfOpen: true }, client => {
      const engine = connect({ path: '/var/run/docker.sock', allowHalfOpen: true });
      for (const socket of [client, engine]) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => this.#sockets.delete(socket));
      }
      client.pipe(engine);
      engine.pipe(client);
    });
    await new Promise<void>(listening => this.#server?.listen(this.path, listening));
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise(closed => this.#server?.close(closed));
    rmSync(this.path, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (existsSync(this.path)) await this.stop();
  }
}

describe('Docker stops in the middle of a run', () => {
  for (const event of ['deploy_started', 'container']) {
    it(`at "${event}": the run says so, and when Docker is back everything is removed`, async () => {
      await using docker = new DockerSocket();
      await docker.start();
      await using workspace = new Workspace({ DOCKER_HOST: `unix://${docker.path}` });
      const dir = workspace.folder({
        ...componentFolder({}),
        'live-test.yml': manifest(),
        'hello.json': '{"text": "hello"}',
      });
      const run = workspace.start(['lease', 'run', '--test=live-test.yml', '--runtime=local'], { cwd: dir });
      await untilEvent(run, event);
      await docker.stop();
      const outcome = await run.outcome;
      expect(outcome.code, outcome.stderr).toBe(1);
      expect(eventsOf(outcome.stdout).at(-1)).toMatchObject({ type: 'failed', error: { code: 'docker_unreachable' } });
      const refused = await workspace.ppl(['lease', 'run', '--test=live-test.yml', '--runtime=local'], { cwd: dir });
      expect(refused.code, 'a stopped Docker is told apart').toBe(3);

      await docker.start();
      await expect
        .poll(
          async () =>
            (await workspace.json<{ items: { state: string }[] }>(['lease', 'list'])).items.map(lease => lease.state),
          { timeout: 60_000 },
        )
        .toEqual(['rolled_back']);
      expect((await workspace.onEngine()).filter(name => !name.includes('gateway'))).toEqual([]);
    });
  }
});
