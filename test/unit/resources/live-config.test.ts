import { describe, expect, it } from 'vitest';
import { LocalGraph, until } from './local-graph.ts';

const languages = ['js', 'py'] as const;

/** Takes numbers in, says what its mood is with each, and tells every change of it. */
const moody = {
  js: `import { run, config, subscribe } from 'pipelogic';
subscribe((name, value) => console.log('now', name, value));
run(async number => {
  const before = config.mood;
  await new Promise(resolve => setTimeout(resolve, 300 * number));
  console.log(before, config.mood);
});`,
  py: `import time
from pipelogic.worker import run, config, subscribe
subscribe(lambda name, value: print("now", name, value))
def process(number):
    before = config.mood
    time.sleep(0.3 * number)
    print(before, config.mood)
run(process)`,
};

const source = (...numbers: number[]) =>
  `import { run } from 'pipelogic'; run(function* () { ${numbers.map(number => `yield ${number};`).join(' ')} });`;

function setMood(graph: LocalGraph, mood: unknown, vertex = 'cut') {
  return graph.request(
    'PUT',
    `/deployments/${graph.id}/vertices/${vertex}/config`,
    JSON.stringify({ name: 'mood', value: mood }),
  );
}

describe.each(languages)('A mutable parameter of a running component in %s', language => {
  const cut = { language, source: moody[language], inputs: ['Int32'], config: { mood: 'calm' } };

  it('is given its new values in their order, each acknowledged when it is in place', async () => {
    const idle =
      language === 'js'
        ? `import { run, subscribe } from 'pipelogic';\nsubscribe((name, value) => console.log(name, value));\nrun(() => {});`
        : 'from pipelogic.worker import run, subscribe\nsubscribe(lambda name, value: print(name, value))\nrun(lambda: None)';
    await using other = await LocalGraph.start(
      { cut: { language, source: idle, config: { mood: 'calm' } } },
      [],
      'dep_idle',
    );
    await other.ready();
    const answers = await Promise.all(['angry', 'sad', 'merry'].map(mood => setMood(other, mood)));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    await until(() => other.component('cut').stdout === 'mood angry\nmood sad\nmood merry\n');
  });

  it('does not change in the middle of an invocation', async () => {
    await using graph = await LocalGraph.start({ in: { source: source(1, 0), outputs: ['Int32'] }, cut }, [
      'in.0 > cut.0',
    ]);
    await graph.ready();
    await new Promise(resolve => setTimeout(resolve, 100));
    expect((await setMood(graph, 'angry')).status).toBe(204);
    await until(() => graph.component('cut').stdout.split('\n').length > 3);
    expect(graph.component('cut').stdout).toBe('calm calm\nnow mood angry\nangry angry\n');
  });

  it('is the newest one after a restart, and after the gateway was replaced', async () => {
    const idle =
      language === 'js'
        ? `import { run, config, subscribe } from 'pipelogic';\nconsole.log(config.mood);\nsubscribe((_, value) => console.log(value));\nrun(() => {});`
        : 'from pipelogic.worker import run, config, subscribe\nprint(config.mood, flush=True)\nsubscribe(lambda _, value: print(value, flush=True))\nrun(lambda: None)';
    await using graph = await LocalGraph.start({ cut: { language, source: idle, config: { mood: 'calm' } } });
    await graph.ready();
    expect((await setMood(graph, 'angry')).status).toBe(204);
    graph.component('cut').process.kill('SIGKILL');
    await until(() => graph.statuses.cut === 'lost');
    expect((await setMood(graph, 'sad')).status, 'nobody is there to be told').toBe(202);
    await graph.startComponent('cut');
    await graph.ready();
    expect(graph.component('cut').stdout).toBe('sad\n');

    await graph.killGateway();
    await graph.startGateway();
    await graph.put();
    await until(() => graph.component('cut').stdout === 'sad\ncalm\n');
  });

  it('whose subscriber throws ends the component with its stack', async () => {
    const broken =
      language === 'js'
        ? `import { run, subscribe } from 'pipelogic';\nsubscribe(() => { throw new Error('no such mood'); });\nrun(() => {});`
        : 'from pipelogic.worker import run, subscribe\ndef refuse(name, value):\n    raise ValueError("no such mood")\nsubscribe(refuse)\nrun(lambda: None)';
    await using graph = await LocalGraph.start({ cut: { language, source: broken, config: { mood: 'calm' } } });
    await graph.ready();
    expect((await setMood(graph, 'angry')).status, 'it was not applied').toBe(202);
    expect(await graph.component('cut').exited).toBe(1);
    expect(graph.component('cut').stderr).toContain('no such mood');
  });
});

describe('The gateway', () => {
  it('refuses a parameter of nobody, and what is no parameter', async () => {
    await using graph = await LocalGraph.start({});
    expect((await setMood(graph, 'angry', 'nobody')).status).toBe(404);
    await graph.deploy({ cut: { source: `import { run } from 'pipelogic'; run(() => {});` } }, []);
    await graph.ready();
    const wrong = await graph.request('PUT', `/deployments/${graph.id}/vertices/cut/config`, '{"name":7}');
    expect(wrong.status).toBe(400);
  });

  it('says so when a component does not come to apply it in time', async () => {
    const stuck = `import { run } from 'pipelogic'; run(() => { setTimeout(() => { for (;;); }, 200); });`;
    await using graph = await LocalGraph.start({ cut: { source: stuck, config: { mood: 'calm' } } });
    await graph.ready();
    await new Promise(resolve => setTimeout(resolve, 400));
    expect((await setMood(graph, 'angry')).status).toBe(504);
    graph.component('cut').process.kill('SIGKILL');
  });
});
