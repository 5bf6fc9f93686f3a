import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DockerEngine } from '../../../../electron/runtime/engine/docker-engine.ts';
import type { ContainerSpec } from '../../../../electron/runtime/engine/engine.ts';

it('A Docker that breaks the connection of a command is an error of that command, and of nothing else', async () => {
  const server = createServer((request, response) => {
    request.resume();
    if (request.url?.endsWith('/start')) return;
    response.writeHead(request.method === 'POST' ? 201 : 500, { 'content-type': 'application/json' });
    response.end('{"Id":"e1","message":"shutting down"}');
  });
  server.on('upgrade', (_request, socket: Socket) => {
    socket.write('HTTP/1.1 101 UPGRADED\r\nconnection: Upgrade\r\nupgrade: tcp\r\n\r\n');
    setTimeout(() => socket.resetAndDestroy(), 20);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const engine = engineAt(server);
  await expect(engine.executeAsRoot('c1', ['true'])).rejects.toMatchObject({ code: 'docker_error' });
  server.close();
  server.closeAllConnections();
});

it('A Docker that hangs between making a command and starting it is given up, but not one whose command is silent', async () => {
  let begins = false;
  let starting = Promise.withResolvers<void>();
  const sockets: Socket[] = [];
  const server = createServer((_request, response) => response.writeHead(201).end('{"Id":"e1"}'));
  server.on('upgrade', (_request, socket: Socket) => {
    sockets.push(socket);
    if (begins) socket.write('HTTP/1.1 101 UPGRADED\r\nconnection: Upgrade\r\nupgrade: tcp\r\n\r\n');
    starting.resolve();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const engine = engineAt(server);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const refused = expect(engine.exec('c', ['cat'])).rejects.toMatchObject({ code: 'docker_unreachable' });
  await starting.promise;
  await vi.advanceTimersByTimeAsync(60_000);
  await refused;
  begins = true;
  starting = Promise.withResolvers();
  const { stream } = await engine.exec('c', ['cat']);
  await vi.advanceTimersByTimeAsync(24 * 3600_000);
  expect(stream.destroyed).toBe(false);
  vi.useRealTimers();
  stream.destroy();
  for (const socket of sockets) socket.destroy();
  server.close();
  server.closeAllConnections();
});

it('A command that does not end is waited for no longer than a minute, and has no exit code', async () => {
  const closed = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    response.writeHead(request.method === 'POST' ? 201 : 200);
    response.end(request.method === 'POST' ? '{"Id":"e1"}' : '{"Running":true,"ExitCode":null}');
  });
  server.on('upgrade', (_request, socket: Socket) => {
    socket.on('error', () => undefined);
    socket.once('end', () => closed.resolve()).resume();
    socket.write('HTTP/1.1 101 UPGRADED\r\nconnection: Upgrade\r\nupgrade: tcp\r\n\r\n');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const engine = engineAt(server);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const answer = settling(engine.executeAsRoot('c', ['sleep']));
  // One for each of its requests, then that of the command itself.
  await vi.waitUntil(() => timers.mock.calls.length === 3);
  timers.mockRestore();
  await vi.advanceTimersByTimeAsync(59_000);
  expect(answer.settled).toBe(false);
  await vi.advanceTimersByTimeAsync(1000);
  await expect(answer.over).resolves.toBe(-1);
  await closed.promise;
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  server.close();
  server.closeAllConnections();
});

describe('A Docker that takes connections and never answers', () => {
  let server: Server;
  let engine: DockerEngine;
  let asked: string[];
  let lost: number;

  beforeEach(async () => {
    asked = [];
    lost = 0;
    server = createServer(request => asked.push(`${request.method} ${request.url}`));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    engine = engineAt(server, () => {
      lost += 1;
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
    server.close();
    server.closeAllConnections();
  });

  const brief: Record<string, (on: DockerEngine) => Promise<unknown>> = {
    'is asked for its version': on => on.info(),
    'is asked for an image': on => on.findImage('i'),
    'looks at a container': on => on.inspectContainer('c'),
    'lists containers': on => on.listContainers({}),
    'lists networks': on => on.listNetworks(),
    'removes a network': on => on.removeNetwork('n'),
    'begins a command': on => on.exec('c', ['true']),
    'is attached to a container': on => on.attachContainer('c'),
    'is attached to one that a former host left': on => on.reattachContainer('c', true),
  };
  it.each(Object.entries(brief))('is given up as unreachable when it %s', async (_what, ask) => {
    const answer = settling(ask(engine));
    await vi.waitUntil(() => asked.length > 0);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(answer.settled).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    await expect(answer.over).rejects.toMatchObject({
      code: 'docker_unreachable',
      message: expect.stringMatching(/^Docker at tcp:.* did not answer within 1m\.$/),
    });
    expect(lost).toBe(1);
  });

  it('has longer to make and start a container, to stop one and to remove one', async () => {
    const answers = [
      engine.createContainer(spec),
      engine.exportRootFs('i'),
      engine.startContainer('c'),
      engine.stopContainer('c', 1000),
      engine.removeContainer('c'),
      engine.removeImage('i'),
    ].map(settling);
    await vi.waitUntil(() => asked.length === answers.length);
    await vi.advanceTimersByTimeAsync(299_000);
    expect(answers.some(({ settled }) => settled)).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    for (const { over } of answers) await expect(over).rejects.toMatchObject({ code: 'docker_unreachable' });
  });

  it('is waited for without a limit where it may take any time', async () => {
    const leaving = new AbortController();
    const following = (async () => {
      for await (const _ of engine.events({}, leaving.signal));
    })();
    const answers = [
      engine.loadImage(Readable.from(['tar']), leaving.signal),
      engine.waitContainer('c', leaving.signal),
      following,
    ].map(settling);
    await vi.waitUntil(() => asked.length === 3);
    await vi.advanceTimersByTimeAsync(24 * 3600_000);
    expect(answers.map(({ settled }) => settled)).toEqual([false, false, false]);
    leaving.abort();
    await Promise.allSettled(answers.map(({ over }) => over));
  });

  it('is heard no more once the caller has stopped waiting', async () => {
    const leaving = new AbortController();
    const answer = engine.info(leaving.signal);
    await vi.waitUntil(() => asked.length > 0);
    leaving.abort();
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('A Docker that answers in time leaves no timer behind', async () => {
  const server = createServer((_request, response) => response.end('[]'));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const engine = engineAt(server);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  await expect(engine.listNetworks()).resolves.toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  server.close();
  server.closeAllConnections();
});

const spec: ContainerSpec = {
  name: 'c',
  image: 'i',
  env: {},
  labels: {},
  network: 'none',
  memoryBytes: 1,
  cpus: 1,
  pids: 1,
  tmpfs: {},
};

function engineAt(server: Server, onLost?: () => void): DockerEngine {
  const { port } = server.address() as AddressInfo;
  const connection = { host: '127.0.0.1', port, protocol: 'http' as const };
  return new DockerEngine({ host: `tcp://127.0.0.1:${port}`, source: 'test', connection }, onLost);
}

/** Whether it has settled by now; what it came to is for whoever asks. */
function settling(over: Promise<unknown>): { over: Promise<unknown>; readonly settled: boolean } {
  let settled = false;
  over.then(
    () => {
      settled = true;
    },
    () => {
      settled = true;
    },
  );
  return {
    over,
    get settled() {
      return settled;
    },
  };
}
