import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The engine's socket as the product sees it; stopping it is what a stopped Docker looks like. */
export class DockerSocket implements AsyncDisposable {
  readonly path = join(mkdtempSync(join(tmpdir(), 'pb-docker-')), 'docker.sock');
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
