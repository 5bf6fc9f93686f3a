import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { StartOptions } from '../../../../electron/runtime/engine/start-engine.ts';

/** How a fake engine answers a ping: with a status, or never. */
export type Answer = 200 | 403 | 404 | 500 | 'hangs';

/** A machine in a folder of its own: nothing of the real one is seen. */
export class FakeMachine implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'machine-'));
  readonly home = join(this.folder, 'home');
  readonly root = join(this.folder, 'root');
  readonly #servers = new Map<string, Server>();

  options(env: NodeJS.ProcessEnv = {}, platform: NodeJS.Platform = 'linux'): StartOptions {
    return { env: { PATH: '', ...env }, home: this.home, root: this.root, platform, uid: 0 };
  }

  get defaultSocket(): string {
    return join(this.root, 'var/run/docker.sock');
  }

  write(path: string, content = ''): string {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
    return join(this.folder, path);
  }

  program(path: string, script = ''): string {
    const file = this.write(path, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  /** A context of the Docker config; without a host it is only the current one, and has no definition. */
  useContext(name: string, host?: string): void {
    this.write('home/.docker/config.json', JSON.stringify({ currentContext: name }));
    if (host === undefined) return;
    const folder = createHash('sha256').update(name).digest('hex');
    const meta = { Name: name, Endpoints: { docker: { Host: host } } };
    this.write(`home/.docker/contexts/meta/${folder}/meta.json`, JSON.stringify(meta));
  }

  /** An engine that listens at `path` and answers as told, by a function each time anew. */
  async serve(path: string, answer: Answer | (() => Answer) = 200): Promise<string> {
    const server = createServer((request, response) => {
      const told = typeof answer === 'function' ? answer() : answer;
      if (told === 'hangs') return;
      response.writeHead(told, { 'content-type': 'application/json' });
      if (told !== 200) response.end(JSON.stringify({ message: 'not now' }));
      else response.end(request.url?.includes('version') ? JSON.stringify({ Version: '99.1.2' }) : 'OK');
    });
    mkdirSync(dirname(path), { recursive: true });
    await new Promise<void>(resolve => server.listen(path, resolve));
    this.#servers.set(path, server);
    return `unix://${path}`;
  }

  async stop(path: string): Promise<void> {
    const server = this.#servers.get(path);
    this.#servers.delete(path);
    await new Promise<void>(resolve => {
      server?.close(() => resolve());
      server?.closeAllConnections();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const path of [...this.#servers.keys()]) await this.stop(path);
    rmSync(this.folder, { recursive: true });
  }
}
