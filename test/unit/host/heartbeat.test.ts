import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostClient } from '../../../electron/host/client.ts';
import { Heartbeat } from '../../../electron/host/heartbeat.ts';
import { HostServer } from '../../../electron/host/server.ts';
import { socketPath } from '../../../electron/host/socket-path.ts';
import { protocolVersion } from '../../../electron/host/wire.ts';
import type { Handlers } from '../../../shared/contract/index.ts';

let home: string;
let server: HostServer;
let sessions: string[];
let sockets: Socket[];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-heartbeat-'));
  sessions = [];
  sockets = [];
  server = new HostServer({
    path: socketPath(home),
    version: '1',
    handlers: {} as Handlers,
    sessionOpened: token => sessions.push(`opened ${token}`),
    sessionLost: token => sessions.push(`lost ${token}`),
    sessionClosed: token => sessions.push(`closed ${token}`),
    onCallers: () => undefined,
    log: () => undefined,
    heartbeat: { everyMs: 10, beats: 50 },
  });
  await server.listen();
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await server[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
});

/** A caller that says hello and from then on only what the test says, as a stopped one does. */
function silentCaller(session: string) {
  const socket = connect(socketPath(home));
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.resume();
  const say = (method: string, params: unknown) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: method, method, params });
    socket.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  say('hello', { protocol: protocolVersion, session, pid: process.pid });
  return { socket, wake: () => say('ping', null) };
}

const told = (session: string) => sessions.filter(line => line.endsWith(session)).map(line => line.split(' ')[0]);

describe('a caller that no longer answers', () => {
  it('is as good as gone although its connection is open; one that answers is not', async () => {
    await using _answering = await HostClient.connect(socketPath(home), 'answering');
    silentCaller('silent');
    await expect.poll(() => told('silent'), { timeout: 10_000 }).toEqual(['opened', 'closed']);
    expect(told('answering')).toEqual(['opened']);
  });

  it('is connected again once it answers, and ends once', async () => {
    const { socket, wake } = silentCaller('silent');
    await expect.poll(() => told('silent'), { timeout: 10_000 }).toEqual(['opened', 'closed']);
    wake();
    await expect.poll(() => told('silent'), { timeout: 10_000 }).toEqual(['opened', 'closed', 'opened', 'closed']);
    socket.destroy();
    await expect.poll(() => server.callers, { timeout: 10_000 }).toBe(0);
    expect(told('silent')).toEqual(['opened', 'closed', 'opened', 'closed']);
  });

  it('is not gone while it answers on another connection', async () => {
    silentCaller('both');
    await using _other = await HostClient.connect(socketPath(home), 'both');
    await expect.poll(() => told('both'), { timeout: 10_000 }).toEqual(['opened', 'opened']);
    silentCaller('later');
    await expect.poll(() => told('later'), { timeout: 10_000 }).toEqual(['opened', 'closed']);
    expect(told('both')).toEqual(['opened', 'opened']);
  });
});

describe('a heartbeat', () => {
  it('does not take a host that stood still for the caller’s silence', async () => {
    let silences = 0;
    using heartbeat: Heartbeat = new Heartbeat({
      everyMs: 10,
      beats: 3,
      ask: async () => void setImmediate(() => heartbeat.heard()),
      onSilent: () => silences++,
      onBack: () => undefined,
    });
    for (let stops = 0; stops < 5; stops++) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      await sleep(15);
    }
    expect(silences).toBe(0);
  });
});
