import { createServer } from 'node:http2';
import { duplexPair } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Gateway } from '../../../../electron/runtime/deploy/gateway.ts';
import type { ExecSession } from '../../../../electron/runtime/engine/engine.ts';
import { MemoryEngine } from './memory-engine.ts';

/** An engine whose gateway answers at once. */
class EngineWithGateway extends MemoryEngine {
  async exec(): Promise<ExecSession> {
    const [near, far] = duplexPair();
    const server = createServer((_request, response) => response.end('{"version":"1"}'));
    server.on('session', session => session.on('error', () => undefined));
    server.emit('connection', far);
    return { stream: near, stderrText: () => '' } as ExecSession;
  }
}

let engine: EngineWithGateway;
let gateway: Gateway;
let image: PromiseWithResolvers<void>;
beforeEach(() => {
  engine = new EngineWithGateway();
  image = Promise.withResolvers();
  gateway = new Gateway({
    engine: async () => engine.engine,
    image: async signal => {
      await Promise.race([image.promise, new Promise((_, cut) => signal?.addEventListener('abort', cut))]);
      return { ref: 'gateway' };
    },
    workspaceId: 'ws_test',
    log: () => undefined,
  });
});
afterEach(() => gateway[Symbol.asyncDispose]());

describe('The gateway', () => {
  it('starts for one deployment although another, which asked for it first, was taken down meanwhile', async () => {
    const first = new AbortController();
    const given = gateway.session(first.signal);
    const wanted = gateway.session(new AbortController().signal);
    first.abort();
    await expect(given).rejects.toMatchObject({ code: 'cancelled' });
    image.resolve();
    expect((await wanted).isOpen).toBe(true);
    expect(engine.containers.size).toBe(1);
  });

  it('starts once more, and is one container, when nobody waited for its first start any more', async () => {
    const first = new AbortController();
    const given = gateway.session(first.signal);
    image.resolve();
    await new Promise(resolve => setImmediate(resolve));
    first.abort();
    await expect(given).rejects.toMatchObject({ code: 'cancelled' });
    expect((await gateway.session()).isOpen).toBe(true);
    expect(engine.containers.size).toBe(1);
  });
});
