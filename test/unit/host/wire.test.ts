import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostClient, newSession } from '../../../electron/host/client.ts';
import { HostServer } from '../../../electron/host/server.ts';
import { socketPath } from '../../../electron/host/socket-path.ts';
import type { CallContext, Handlers, Progress } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';

let home: string;
let server: HostServer;
let client: HostClient;
let sessions: string[];
let logged: string[];
/** Set by each test: what the host does. */
let handlers: Partial<Handlers>;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-wire-'));
  sessions = [];
  logged = [];
  handlers = {};
  server = new HostServer({
    path: socketPath(home),
    version: '1.2.3',
    handlers: new Proxy({} as Handlers, { get: (_none, name) => handlers[name as keyof Handlers] }),
    sessionOpened: (token, pid) => sessions.push(`opened ${token} ${pid}`),
    sessionLost: token => sessions.push(`lost ${token}`),
    sessionClosed: token => sessions.push(`closed ${token}`),
    onCallers: () => undefined,
    log: line => logged.push(line),
  });
  await server.listen();
  client = await HostClient.connect(socketPath(home), 'session-1');
});
afterEach(async () => {
  await client[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
});

function aborted(context: CallContext): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new AppError('cancelled', 'Cancelled.'));
    if (context.signal.aborted) stop();
    context.signal.addEventListener('abort', stop);
  });
}

const logLine = (text: string) => ({ stream: 'stdout' as const, at: '2026-01-01T00:00:00Z', base64: text });

describe('a call to the host', () => {
  it('is answered, and knows who called', async () => {
    handlers['lease.create'] = async (input, context) => ({
      lease_id: `${input.label} ${context.session}`,
      expires_at: '',
    });
    expect(await client.call('lease.create', { label: 'a' })).toEqual({ lease_id: 'a session-1', expires_at: '' });
    expect(client.hostVersion).toBe('1.2.3');
    expect(sessions).toEqual([`opened session-1 ${process.pid}`]);
    if (process.platform !== 'win32') expect(statSync(socketPath(home)).mode & 0o777).toBe(0o600);
  });

  it('is cancelled in its handler when the caller cancels', async () => {
    const started = Promise.withResolvers<void>();
    let wasAborted = false;
    handlers['doctor.run'] = async (_input, context) => {
      started.resolve();
      return aborted(context).catch(error => {
        wasAborted = true;
        throw error;
      });
    };
    const stop = new AbortController();
    const call = client.call('doctor.run', {}, { signal: stop.signal });
    await started.promise;
    stop.abort();
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    expect(wasAborted).toBe(true);
  });

  it('is not made when it was cancelled before', async () => {
    let called = false;
    handlers['doctor.run'] = async () => {
      called = true;
      return { checks: [] };
    };
    await expect(client.call('doctor.run', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(called).toBe(false);
  });

  it('that asks the host to leave is answered before the host is gone', async () => {
    handlers['host.leave'] = async () => {
      setImmediate(() => void server[Symbol.asyncDispose]());
      return { leaving: true };
    };
    await expect(client.call('host.leave', {})).resolves.toEqual({ leaving: true });
    await expect.poll(() => client.isOpen).toBe(false);
  });

  it('is cancelled in its handler when the caller is gone', async () => {
    const started = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    handlers['doctor.run'] = async (_input, context) => {
      started.resolve();
      return aborted(context).finally(ended.resolve);
    };
    const other = await HostClient.connect(socketPath(home), 'session-2');
    const call = other.call('doctor.run', {}).catch(error => error);
    await started.promise;
    await other[Symbol.asyncDispose]();
    await ended.promise;
    expect(await call).toBeInstanceOf(Error);
    await expect.poll(() => sessions).toContain('closed session-2');
  });

  it('tells how far it is, to its own caller only', async () => {
    handlers['doctor.run'] = async (_input, context) => {
      for (let done = 1; done <= 3; done++) context.progress({ message: 'Checking', done, total: 3, unit: 'items' });
      await sleep(10);
      return { checks: [] };
    };
    const steps: Progress[] = [];
    const others: Progress[] = [];
    await Promise.all([
      client.call('doctor.run', {}, { onProgress: step => steps.push(step) }),
      client.call('doctor.run', {}, { onProgress: step => others.push(step) }),
    ]);
    expect(steps.map(({ done }) => done)).toEqual([1, 2, 3]);
    expect(steps[0]).toEqual({ message: 'Checking', done: 1, total: 3, unit: 'items' });
    expect(others).toHaveLength(3);
  });

  it('is wrong usage where its input is not what the contract says, and reaches no handler', async () => {
    let reached = false;
    handlers['backend.connect'] = async () => {
      reached = true;
      return { backend_id: '', head_seq: 1, head_hash: '', edge_type: '' };
    };
    await expect(client.call('backend.connect', { backend: 'b', from_vertex: 'a' } as never)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('from_output'),
    });
    await expect(client.call('file.list', null as never)).rejects.toMatchObject({ code: 'usage' });
    for (const name of ['nothing.like_it', 'constructor', '__proto__', 'run.watch'])
      await expect(client.call(name as never, {} as never), name).rejects.toMatchObject({
        code: 'usage',
        message: `There is no procedure ${name}.`,
      });
    expect(reached).toBe(false);
  });

  it('fails with the code, message, hint and details of the error that was thrown', async () => {
    handlers['file.list'] = async () => {
      throw new AppError('in_use', 'It is in use.', { hint: 'Wait.', details: { by: ['evd_1'], deep: { n: 1 } } });
    };
    const error = await client.call('file.list', {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).toData()).toEqual({
      code: 'in_use',
      message: 'It is in use.',
      hint: 'Wait.',
      details: { by: ['evd_1'], deep: { n: 1 } },
    });
    expect(logged).toEqual([]);
  });

  it('fails as a bug, with its stack in the log, when something else was thrown', async () => {
    handlers['file.list'] = async () => {
      throw new TypeError('undefined is not a function');
    };
    await expect(client.call('file.list', {})).rejects.toMatchObject({ code: 'internal' });
    expect(logged.join('\n')).toMatch(/file\.list: TypeError: undefined is not a function\n\s+at /);
  });

  it('fails as lost when the host ends before it answers', async () => {
    const started = Promise.withResolvers<void>();
    handlers['doctor.run'] = async (_input, context) => {
      started.resolve();
      return aborted(context);
    };
    const call = expect(client.call('doctor.run', {})).rejects.toMatchObject({ code: 'host_lost' });
    await started.promise;
    await server[Symbol.asyncDispose]();
    await call;
    expect(client.isOpen).toBe(false);
    await expect(client.call('doctor.run', {})).rejects.toBeInstanceOf(Error);
    await expect(HostClient.connect(socketPath(home), 's')).rejects.toMatchObject({ code: /ENOENT|ECONNREFUSED/ });
  });
});

describe('a stream from the host', () => {
  it('gives every event in order and ends', async () => {
    handlers['container.logs'] = async function* () {
      for (let number = 0; number < 200; number++) yield logLine(String(number));
    };
    const got: string[] = [];
    for await (const event of client.stream('container.logs', { container: 'c' })) got.push(event.base64);
    expect(got).toEqual(Array.from({ length: 200 }, (_, number) => String(number)));
  });

  it('ends in the host when the caller stops listening', async () => {
    const ended = Promise.withResolvers<void>();
    handlers['container.logs'] = async function* (_input, context) {
      let number = 0;
      try {
        while (!context.signal.aborted) {
          yield logLine(String(number++));
          await sleep(1);
        }
      } finally {
        ended.resolve();
      }
    };
    const got: string[] = [];
    for await (const event of client.stream('container.logs', { container: 'c', follow: true })) {
      got.push(event.base64);
      if (got.length === 3) break;
    }
    await ended.promise;
    expect(got).toEqual(['0', '1', '2']);
  });

  it('fails with the error that its handler threw, after the events before it', async () => {
    handlers['container.logs'] = async function* () {
      yield logLine('a');
      throw new AppError('not_found', 'There is no container c.');
    };
    const got: string[] = [];
    const reading = (async () => {
      for await (const event of client.stream('container.logs', { container: 'c' })) got.push(event.base64);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'not_found' });
    expect(got).toEqual(['a']);
  });

  it('is wrong usage where its input is', async () => {
    await expect(
      (async () => {
        for await (const _event of client.stream('run.watch', { run: 'r', after_seq: -1 }));
      })(),
    ).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('after_seq') });
  });

  it('waits for the caller to have taken each event', async () => {
    let made = 0;
    handlers['container.logs'] = async function* () {
      for (; made < 1000; made++) yield logLine(String(made));
    };
    for await (const _event of client.stream('container.logs', { container: 'c' })) {
      await sleep(200);
      break;
    }
    expect(made).toBeLessThan(10);
  });
});

describe('who calls', () => {
  it('is lost when its connection breaks, and gone when it said goodbye', async () => {
    const other = await HostClient.connect(socketPath(home), 'session-2');
    await other[Symbol.asyncDispose]();
    await expect.poll(() => sessions).toContain('closed session-2');
    expect(sessions).not.toContain('lost session-2');
    await server[Symbol.asyncDispose]();
    await expect.poll(() => sessions).toContain('lost session-1');
  });

  it('is not lost with one connection while it has another', async () => {
    const again = await HostClient.connect(socketPath(home), 'session-1');
    await again[Symbol.asyncDispose]();
    await sleep(50);
    expect(sessions.filter(line => !line.startsWith('opened'))).toEqual([]);
    await client[Symbol.asyncDispose]();
    await expect.poll(() => sessions).toContain('closed session-1');
  });

  it('has a token that nobody guesses', () => {
    expect(newSession()).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(newSession()).not.toBe(newSession());
  });
});
