import { createConnection } from 'node:net';
import { describe, expect, it } from 'vitest';
import { GatewaySession } from '../../../electron/runtime/deploy/gateway-session.ts';
import type { ExecSession } from '../../../electron/runtime/engine/engine.ts';
import { LocalGraph, until } from './local-graph.ts';

const languages = ['js', 'py'] as const;
const idle = {
  js: `import { run, subscribe } from 'pipelogic';
subscribe((name, value) => { console.log(name, JSON.stringify(value)); });
run(() => {});`,
  py: `import json
from pipelogic.worker import run, subscribe
subscribe(lambda name, value: print(name, json.dumps(value)))
run(lambda: None)`,
};

function setMood(graph: LocalGraph, value: unknown, vertex = 'cut') {
  const body = JSON.stringify({ name: 'mood', value });
  return graph.request('PUT', `/deployments/${graph.id}/vertices/${vertex}/config`, body);
}

function hostOf(graph: LocalGraph): GatewaySession {
  return new GatewaySession({ stream: createConnection(graph.socketPath) } as unknown as ExecSession);
}

describe.each(languages)('An edit of a parameter, to a component in %s', language => {
  it('is not missed by who subscribes after reading it', async () => {
    const loading = {
      js: `import { config, run, subscribe } from 'pipelogic';
const mood = config.mood;
await new Promise(resolve => setTimeout(resolve, 700));
console.log('read', mood, config.mood);
subscribe((name, value) => { console.log('told', value); });
run(() => {});`,
      py: `import time
from pipelogic.worker import config, run, subscribe
mood = config.mood
time.sleep(0.7)
print("read", mood, config.mood)
subscribe(lambda name, value: print("told", value))
run(lambda: None)`,
    };
    await using graph = await LocalGraph.start({
      cut: { language, source: loading[language], config: { mood: 'calm' } },
    });
    await until(() => graph.statuses.cut === 'registered');
    expect((await setMood(graph, 'sad')).status).toBe(204);
    await until(() => graph.component('cut').stdout === 'read calm calm\ntold sad\n');
  });

  it('reaches one that waits for its first input, on the thread that takes it', async () => {
    const source = {
      js: `import { run, subscribe } from 'pipelogic';
subscribe((name, value) => { console.log(value); });
run(x => {});`,
      py: `import threading
from pipelogic.worker import run, subscribe
subscribe(lambda name, value: print(value, threading.current_thread() is threading.main_thread()))
run(lambda x: None)`,
    };
    await using graph = await LocalGraph.start(
      {
        in: { source: `import { run } from 'pipelogic'; run(() => {});`, outputs: ['Int32'] },
        cut: { language, source: source[language], inputs: ['Int32'], config: { mood: 'calm' } },
      },
      ['in.0 > cut.0'],
    );
    await graph.ready();
    expect((await setMood(graph, 'sad')).status).toBe(204);
    await until(() => graph.component('cut').stdout === (language === 'js' ? 'sad\n' : 'sad True\n'));
  });

  it('by the same plan with other values is sent to it, and nothing registers anew', async () => {
    await using graph = await LocalGraph.start({
      cut: { language, source: idle[language], config: { mood: 'calm', size: 1 } },
      other: { language, source: idle[language], config: { mood: 'calm' } },
    });
    await graph.ready();
    const { length } = graph.changes;
    await graph.put({ cut: { mood: ['sad', { deep: true }], size: 1 } });
    await until(() => graph.component('cut').stdout.endsWith('\n'));
    expect(JSON.parse(graph.component('cut').stdout.replace(/^mood /, ''))).toEqual(['sad', { deep: true }]);
    expect(graph.component('other').stdout).toBe('');
    expect(graph.changes.slice(length).filter(change => !change.endsWith(' ready'))).toEqual([]);
  });

  it('that brings a parameter it did not have, while the gateway was replaced, is there', async () => {
    await using graph = await LocalGraph.start({ cut: { language, source: idle[language], config: { mood: 'calm' } } });
    await graph.ready();
    await graph.killGateway();
    await graph.startGateway();
    await graph.put({ cut: { mood: 'calm', size: 2 } });
    await until(() => graph.component('cut').stdout === 'size 2\n');
    expect(graph.component('cut').process.exitCode).toBeNull();
  });

  it('shows in a debug deployment, as does each message in and out', async () => {
    const double = {
      js: `import { run } from 'pipelogic'; run(x => x + 'é');`,
      py: 'from pipelogic.worker import run\nrun(lambda x: x + "é")',
    };
    const sink = `import { run } from 'pipelogic'; run(() => {});`;
    const once = `import { run } from 'pipelogic'; run(() => 'é');`;
    await using graph = await LocalGraph.start(
      {
        in: { source: once, outputs: ['String'] },
        cut: {
          language,
          source: double[language],
          inputs: ['String'],
          outputs: ['String'],
          logLevel: 'debug',
        },
        quiet: { source: sink, inputs: ['String'] },
      },
      ['in.0 > cut.0', 'cut.0 > quiet.0'],
    );
    const stderr = () => graph.component('cut').stderr;
    await until(() => stderr().split('\n').length > 2, stderr);
    const line =
      /^pipelogic: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (in|out) (\S+ \d) (msg_\w{26}) String (\d+) bytes$/;
    const [first, second] = stderr()
      .trim()
      .split('\n')
      .map(text => line.exec(text)?.slice(1) ?? [text]);
    expect([first?.slice(0, 2), second?.slice(0, 2)]).toEqual([
      ['in', 'input 0'],
      ['out', 'output 0'],
    ]);
    expect(second?.[2]).toBe(first?.[2]);
    expect(Number(second?.[3]) - Number(first?.[3]), 'é is two bytes').toBe(2);
    expect(graph.component('quiet').stderr + graph.component('in').stderr).toBe('');
  });
});

describe('An edit of a parameter', () => {
  it('waits for a subscriber that is asynchronous, and so does the next message', async () => {
    await using graph = await LocalGraph.start(
      {
        in: {
          source: `import { run } from 'pipelogic';
run(async function* () { for (let i = 0; ; i++) { await new Promise(r => setTimeout(r, 20)); yield i; } });`,
          outputs: ['Int32'],
        },
        cut: {
          source: `import { run, subscribe } from 'pipelogic';
subscribe(async () => { console.log('begin'); await new Promise(r => setTimeout(r, 300)); console.log('end'); });
run(() => { console.log('tick'); });`,
          inputs: ['Int32'],
          config: { mood: 'calm' },
        },
      },
      ['in.0 > cut.0'],
    );
    await graph.ready();
    await until(() => graph.component('cut').stdout.includes('tick'));
    expect((await setMood(graph, 'sad')).status).toBe(204);
    expect(graph.component('cut').stdout).toContain('begin\nend\n');
  });

  it('does not come between the start and the end of decoding what was posted', async () => {
    await using graph = await LocalGraph.start({
      cut: {
        source: `import { config } from 'pipelogic';
import { ingress } from 'pipelogic/http';
ingress('in', { types: ['text/plain'], async decode(bytes) {
  const before = config.mood;
  await new Promise(r => setTimeout(r, 400));
  console.log(before, config.mood);
  return bytes.toString();
} });`,
        outputs: ['String'],
        endpoints: [{ name: 'in', kind: 'ingress', transports: ['http'] }],
        config: { mood: 'calm' },
      },
    });
    await graph.ready();
    const posting = fetch(`http://127.0.0.1:${graph.component('cut').httpPort}/in`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'x',
    });
    await new Promise(resolve => setTimeout(resolve, 150));
    expect((await setMood(graph, 'sad')).status).toBe(204);
    expect((await posting).status).toBe(202);
    await until(() => graph.component('cut').stdout === 'calm calm\n');
  });

  it('that is large is not overtaken by the small one after it', async () => {
    await using graph = await LocalGraph.start({
      cut: {
        source: `import { config, run, subscribe } from 'pipelogic';
subscribe((name, value) => { console.log(value.length); });
run(() => {});`,
        config: { mood: 'calm' },
      },
    });
    await graph.ready();
    const answers = await Promise.all([setMood(graph, 'x'.repeat(4_000_000)), setMood(graph, 'sad')]);
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect(graph.component('cut').stdout).toBe('4000000\n3\n');
  });

  it('is told to the host as applied, pending, unknown, or late with what to do', async () => {
    await using graph = await LocalGraph.start({
      cut: { source: idle.js, config: { mood: 'calm' } },
      away: { source: idle.js, wrongToken: 'x', config: { mood: 'calm' } },
      stuck: {
        source: `import { run } from 'pipelogic'; run(() => { setTimeout(() => { for (;;); }, 50); });`,
        config: { mood: 'calm' },
      },
    });
    await until(() => graph.statuses.stuck === 'registered' && graph.statuses.cut === 'registered');
    const host = hostOf(graph);
    expect(await host.setConfig(graph.id, 'cut', 'mood', 'sad')).toBe('applied');
    expect(await host.setConfig(graph.id, 'away', 'mood', 'sad')).toBe('pending');
    await expect(host.setConfig(graph.id, 'nobody', 'mood', 'sad')).rejects.toMatchObject({ code: 'not_found' });
    await expect(host.setConfig('dep_other', 'cut', 'mood', 'sad')).rejects.toMatchObject({ code: 'not_found' });
    graph.component('stuck').process.kill('SIGSTOP');
    await expect(host.setConfig(graph.id, 'stuck', 'mood', 'sad')).rejects.toMatchObject({
      code: 'timed_out',
      hint: expect.any(String),
    });
    const waiting = host.setConfig(graph.id, 'stuck', 'mood', 'merry');
    await new Promise(resolve => setTimeout(resolve, 100));
    await host.deleteDeployment(graph.id);
    await expect(waiting).rejects.toMatchObject({ code: 'not_found' });
  });
});
