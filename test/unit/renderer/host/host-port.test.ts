import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { servePort } from '../../../../electron/host/port-server.ts';
import { HostPort } from '../../../../renderer/host/host-port.ts';
import type { Handlers } from '../../../../shared/contract/index.ts';
import { AppError } from '../../../../shared/errors.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** A window's port, served with these handlers. */
function windowOf(handlers: Partial<Handlers>, log: (line: string) => void = () => {}) {
  const { port1, port2 } = new MessageChannel();
  servePort(
    {
      postMessage: message => port1.postMessage(message),
      onMessage: listener => port1.on('message', listener),
      onClose: listener => port1.on('close', listener),
    },
    { handlers: handlers as Handlers, session: 'the-window', log },
  );
  const window = new HostPort();
  window.attach(port2 as unknown as MessagePort);
  open.push(() => port1.close());
  return { window, port: port2 };
}

test('a call is answered, and carries the session of the window', async () => {
  const { window } = windowOf({
    'run.cancel': async (_input, { session }) => {
      expect(session).toBe('the-window');
      return {};
    },
  });
  expect(await window.call('run.cancel', { run: 'run_1' })).toEqual({});
});

test('an error comes over with its code, message and hint', async () => {
  const { window } = windowOf({
    'run.cancel': async () => {
      throw new AppError('not_found', 'There is no run run_1.', { hint: 'See them all.' });
    },
  });
  await expect(window.call('run.cancel', { run: 'run_1' })).rejects.toMatchObject({
    code: 'not_found',
    message: 'There is no run run_1.',
    hint: 'See them all.',
  });
});

test('what is no procedure, or not of its shape, is refused and runs nothing', async () => {
  let isCalled = false;
  const { window } = windowOf({
    'run.cancel': async () => {
      isCalled = true;
      return {};
    },
  });
  await expect(window.call('constructor' as 'run.cancel', { run: 'x' })).rejects.toMatchObject({ code: 'usage' });
  await expect(window.call('run.cancel', { run: 7 } as never)).rejects.toMatchObject({ code: 'usage' });
  expect(isCalled).toBe(false);
});

test('a message that is none is told in the log and hurts nobody', async () => {
  const lines: string[] = [];
  const { window, port } = windowOf({ 'run.cancel': async () => ({}) }, line => lines.push(line));
  port.postMessage({ kind: 'call', id: 'not a number' });
  expect(await window.call('run.cancel', { run: 'run_1' })).toEqual({});
  expect(lines).toHaveLength(1);
});

test('progress is heard while the work goes on', async () => {
  const { window } = windowOf({
    'evidence.save': async ({ to }, { progress }) => {
      progress({ message: 'Copying', done: 1, total: 2, unit: 'bytes' });
      return { evidence_id: 'evd_1', bundle: to };
    },
  });
  const steps: unknown[] = [];
  await window.call(
    'evidence.save',
    { evidence: 'evd_1', to: '/tmp/x.proof' },
    { onProgress: step => void steps.push(step) },
  );
  expect(steps).toEqual([{ message: 'Copying', done: 1, total: 2, unit: 'bytes' }]);
});

test('ten thousand events arrive in order, many at a time', async () => {
  const { window } = windowOf({
    'blob.read': async function* () {
      for (let number = 0; number < 10_000; number++) yield { base64: String(number) };
    },
  });
  const seen: string[] = [];
  let batches = 0;
  for await (const batch of window.batches('blob.read', { sha256: 'a'.repeat(64) })) {
    batches++;
    seen.push(...batch.map(({ base64 }) => base64));
  }
  expect(seen).toEqual(Array.from({ length: 10_000 }, (_, number) => String(number)));
  expect(batches).toBeLessThan(1000);
});

test('a window that takes nothing holds the stream back', async () => {
  let produced = 0;
  const { window } = windowOf({
    'blob.read': async function* () {
      for (; ; produced++) yield { base64: '' };
    },
  });
  const batches = window.batches('blob.read', { sha256: 'a'.repeat(64) });
  await batches.next();
  await new Promise(resolve => setTimeout(resolve, 200));
  const held = produced;
  await new Promise(resolve => setTimeout(resolve, 200));
  expect(produced).toBe(held);
  await batches.return(undefined);
});

test('leaving a stream stops it at the host', async () => {
  const stopped = Promise.withResolvers<void>();
  const { window } = windowOf({
    'workspace.watch': async function* (_input, { signal }) {
      yield { changed: ['runs'] };
      await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()));
      stopped.resolve();
    },
  });
  for await (const event of window.stream('workspace.watch', {})) {
    expect(event).toEqual({ changed: ['runs'] });
    break;
  }
  await stopped.promise;
});

test('a call that is cancelled reaches its handler as cancelled', async () => {
  const { window } = windowOf({
    'evidence.verify': (_input, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new AppError('cancelled', 'Cancelled.')));
      }),
  });
  const stop = new AbortController();
  const answer = window.call('evidence.verify', { bundle: '/tmp/x.proof' }, { signal: stop.signal });
  setTimeout(() => stop.abort(), 20);
  await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
});

test('when the host is started again, what waited fails as lost and the next call goes to the new one', async () => {
  const { window } = windowOf({ 'run.cancel': () => new Promise(() => {}) });
  const waiting = window.call('run.cancel', { run: 'run_1' });
  await new Promise(resolve => setTimeout(resolve, 20));
  const next = windowOf({ 'run.cancel': async () => ({}) });
  window.attach(next.port as unknown as MessagePort);
  await expect(waiting).rejects.toMatchObject({ code: 'host_lost' });
  expect(await window.call('run.cancel', { run: 'run_1' })).toEqual({});
});
