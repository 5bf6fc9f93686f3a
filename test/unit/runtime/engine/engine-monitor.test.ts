import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineMonitor, type EngineMonitorOptions } from '../../../../electron/runtime/engine/engine-monitor.ts';
import { type EngineState, engineStatus } from '../../../../shared/contract/index.ts';
import { type Answer, FakeMachine } from './fake-machine.ts';

let machine: FakeMachine;
let forgotten = 0;
beforeEach(() => {
  machine = new FakeMachine();
  forgotten = 0;
});
afterEach(() => machine[Symbol.asyncDispose]());

function monitorOf(env: NodeJS.ProcessEnv = {}, options: Partial<EngineMonitorOptions> = {}): EngineMonitor {
  return new EngineMonitor({
    ...machine.options(env),
    forget: () => {
      forgotten += 1;
    },
    back: () => undefined,
    log: () => undefined,
    startLog: join(machine.folder, 'start.log'),
    pollMs: 40,
    answerMs: 2000,
    ...options,
  });
}

/** The states that a watcher is told, without waiting for it to be done. */
function states(monitor: EngineMonitor, signal: AbortSignal): EngineState[] {
  const told: EngineState[] = [];
  void (async () => {
    for await (const status of monitor.watch(signal)) {
      engineStatus.parse(status);
      if (told.at(-1) !== status.state) told.push(status.state);
    }
  })();
  return told;
}

describe('watching Docker', () => {
  it('tells the state as it is, then each other one', async () => {
    let answer: Answer = 500;
    await machine.serve(machine.defaultSocket, () => answer);
    using monitor = monitorOf();
    const over = new AbortController();
    const told = states(monitor, over.signal);
    await expect.poll(() => told).toEqual(['checking', 'starting']);
    answer = 200;
    await expect.poll(() => told.at(-1)).toBe('ready');
    expect(monitor.status()).toMatchObject({
      version: '99.1.2',
      source: 'default socket',
      said: [],
      start_command: null,
    });
    await machine.stop(machine.defaultSocket);
    await expect.poll(() => told.at(-1)).toBe('absent');
    expect(forgotten).toBeGreaterThan(0);
    await machine.serve(machine.defaultSocket, 'hangs');
    await expect.poll(() => told.at(-1)).toBe('starting');
    over.abort();
    // A look may come while it is just stopping.
    const settled = told.filter((state, at) => state !== 'starting' || told[at + 1] !== 'absent');
    expect(settled).toEqual(['checking', 'starting', 'ready', 'absent', 'starting']);
  });

  it('does not look when nobody watches', async () => {
    let asked = 0;
    await machine.serve(machine.defaultSocket, () => {
      asked += 1;
      return 200;
    });
    using monitor = monitorOf();
    const over = new AbortController();
    states(monitor, over.signal);
    await expect.poll(() => asked).toBeGreaterThan(2);
    over.abort();
    await new Promise(resolve => setTimeout(resolve, 100));
    const before = asked;
    await new Promise(resolve => setTimeout(resolve, 200));
    monitor.lost();
    expect(asked).toBe(before);
    expect((await monitor.check()).state).toBe('ready');
  });

  it('tells whoever comes after a while what is, not what was', async () => {
    await machine.serve(machine.defaultSocket);
    using monitor = monitorOf();
    await monitor.check();
    await machine.stop(machine.defaultSocket);
    const over = new AbortController();
    const told = [states(monitor, over.signal), states(monitor, over.signal)];
    await expect.poll(() => told.map(each => each.length > 0)).toEqual([true, true]);
    expect(told).toEqual([['absent'], ['absent']]);
    over.abort();
  });

  it('lets go of a watcher that leaves while it looks', async () => {
    await machine.serve(machine.defaultSocket);
    using monitor = monitorOf({}, { answerMs: 60_000 });
    await monitor.check();
    await machine.stop(machine.defaultSocket);
    await machine.serve(machine.defaultSocket, 'hangs');
    const over = new AbortController();
    const first = monitor.watch(over.signal).next();
    over.abort();
    expect((await first).done).toBe(true);
  });

  it('shares one look among those who ask at once', async () => {
    let asked = 0;
    await machine.serve(machine.defaultSocket, () => {
      asked += 1;
      return 500;
    });
    using monitor = monitorOf();
    await Promise.all([monitor.check(), monitor.check(), monitor.check()]);
    expect(asked).toBe(1);
  });

  it('looks at once when a call found the engine gone', async () => {
    await machine.serve(machine.defaultSocket);
    using monitor = monitorOf({}, { pollMs: 60_000 });
    const over = new AbortController();
    const told = states(monitor, over.signal);
    await expect.poll(() => told.at(-1)).toBe('ready');
    await machine.stop(machine.defaultSocket);
    monitor.lost();
    await expect.poll(() => told.at(-1)).toBe('absent');
    over.abort();
  });

  it('lets go of the engine when the context becomes another', async () => {
    await machine.serve(machine.defaultSocket);
    using monitor = monitorOf();
    await monitor.check();
    machine.useContext('other', await machine.serve(join(machine.folder, 'other.sock')));
    expect(await monitor.check()).toMatchObject({ state: 'ready', source: 'context other' });
    expect(forgotten).toBe(1);
  });

  it('ends its watchers when it is disposed of', async () => {
    const monitor = monitorOf();
    const watching = monitor.watch(new AbortController().signal);
    await watching.next();
    await watching.next();
    const last = watching.next();
    monitor[Symbol.dispose]();
    expect((await last).done).toBe(true);
  });
});

describe('starting Docker', () => {
  const never = new AbortController().signal;

  it('runs the command and answers when the engine does, telling watchers in between', async () => {
    machine.program('root/usr/sbin/dockerd', '/bin/sleep 1');
    using monitor = monitorOf();
    const over = new AbortController();
    const told = states(monitor, over.signal);
    await expect.poll(() => told.at(-1)).toBe('stopped');
    expect(monitor.status().start_command).toBe('dockerd');
    const started = Promise.all([monitor.start(never), monitor.start(never)]);
    await expect.poll(() => told.at(-1)).toBe('starting');
    await machine.serve(machine.defaultSocket);
    expect((await started).map(status => status.state)).toEqual(['ready', 'ready']);
    await expect.poll(() => told).toEqual(['checking', 'stopped', 'starting', 'ready']);
    over.abort();
    await new Promise(resolve => setTimeout(resolve, 1000));
  });

  it('says what the command said when it fails', async () => {
    machine.program('root/usr/sbin/dockerd', 'echo "failed to start daemon: no cgroups"; exit 1');
    using monitor = monitorOf();
    const error = await monitor.start(never).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'docker_unreachable', details: { command: 'dockerd', state: 'stopped' } });
    expect(String(error)).toContain('failed to start daemon: no cgroups');
    expect(monitor.status().state).toBe('stopped');
  });

  it('answers when the engine came up after all, whatever became of the command', async () => {
    let asked = 0;
    machine.program('root/usr/sbin/dockerd', 'exit 1');
    using monitor = monitorOf({}, { startTimeoutMs: 0 });
    const look = monitor.check.bind(monitor);
    monitor.check = async () => {
      asked += 1;
      if (asked === 2) await machine.serve(machine.defaultSocket);
      return look();
    };
    expect((await monitor.start(never)).state).toBe('ready');
  });

  it('gives up after a while', async () => {
    machine.program('root/usr/sbin/dockerd', 'exit 0');
    using monitor = monitorOf({}, { startTimeoutMs: 200 });
    await expect(monitor.start(never)).rejects.toMatchObject({ code: 'docker_unreachable' });
  });

  it('refuses where there is nothing to start, and says why', async () => {
    using monitor = monitorOf({ DOCKER_HOST: 'tcp://127.0.0.1:1' });
    await expect(monitor.start(never)).rejects.toMatchObject({
      code: 'docker_unreachable',
      details: { state: 'wrong_context', said: ['connect ECONNREFUSED 127.0.0.1:1'] },
    });
  });

  it('leaves the start going when a caller leaves', async () => {
    machine.program('root/usr/sbin/dockerd', '/bin/sleep 1');
    using monitor = monitorOf();
    const leaving = new AbortController();
    const left = monitor.start(leaving.signal);
    const stays = monitor.start(never);
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: 'cancelled' });
    await machine.serve(machine.defaultSocket);
    expect((await stays).state).toBe('ready');
    await new Promise(resolve => setTimeout(resolve, 1000));
  });
});
