import { describe, expect, it } from 'vitest';
import { LocalGraph, until } from './local-graph.ts';

const languages = ['js', 'py'] as const;
const lines = (text: string) => text.split('\n').filter(line => line !== '');

const ticking = `import { run } from 'pipelogic';
run(async function* () { for (let i = 0; ; i++) { await new Promise(r => setTimeout(r, 5)); yield i; } });`;
const tickingPython =
  'import itertools, time\nfrom pipelogic.worker import run\ndef tick():\n    for i in itertools.count():\n        time.sleep(0.005)\n        yield i\nrun(tick)';
const pass = {
  js: `import { run } from 'pipelogic'; run(x => x);`,
  py: 'from pipelogic.worker import run\nrun(lambda x: x)',
};
const printer = {
  js: `import { run } from 'pipelogic'; run(x => { console.log(x); });`,
  py: 'from pipelogic.worker import run\nrun(print)',
};
/** Emits 0 to 199 with 8 kB each, and fails: that is more than one read of its consumer. */
const dying = `import { run } from 'pipelogic';
run(function* () { for (let i = 0; i < 200; i++) yield { i, pad: Buffer.alloc(8_000) }; throw new Error('over'); });`;
const padded = { record: { i: 'Int32', pad: 'Bytes' } };
/** Takes 5 ms over each. */
const slow = {
  js: `import { run } from 'pipelogic';
run(async x => { await new Promise(r => setTimeout(r, 5)); console.log(x.i); });`,
  py: 'import time\nfrom pipelogic.worker import run\ndef take(x):\n    time.sleep(0.005)\n    print(x["i"])\nrun(take)',
};

describe.each(languages)('A component in %s that ends and is started again', language => {
  it.each(['source', 'middle', 'sink'])(
    'as the %s of a graph is lost, registered and ready, and messages flow',
    async alias => {
      await using graph = await LocalGraph.start(
        {
          source: {
            language,
            source: language === 'js' ? ticking : tickingPython,
            outputs: ['Int32'],
          },
          middle: { language, source: pass[language], inputs: ['Int32'], outputs: ['Int32'] },
          sink: { language, source: printer[language], inputs: ['Int32'] },
        },
        ['source.0 > middle.0', 'middle.0 > sink.0'],
      );
      await graph.ready();
      await until(() => graph.component('sink').stdout.endsWith('\n'));
      const others = ['source', 'middle', 'sink'].filter(other => other !== alias).map(other => graph.component(other));
      for (let time = 0; time < 2; time++) {
        const from = graph.changes.length;
        graph.component(alias).process.kill('SIGKILL');
        await until(() => graph.statuses[alias] === 'lost');
        await graph.startComponent(alias);
        await graph.ready();
        expect(graph.changes.slice(from)).toEqual([`${alias} lost`, `${alias} registered`, `${alias} ready`]);
        const { length } = graph.component('sink').stdout;
        await until(() => graph.component('sink').stdout.length > length + 50);
      }
      for (const other of others) {
        expect(other.process.exitCode).toBeNull();
        expect(other.stderr).toBe('');
      }
    },
  );

  it('costs the edges that are not its own nothing', async () => {
    await using graph = await LocalGraph.start(
      {
        source: { language, source: language === 'js' ? ticking : tickingPython, outputs: ['Int32'] },
        left: { language, source: pass[language], inputs: ['Int32'], outputs: ['Int32'] },
        right: { language, source: pass[language], inputs: ['Int32'], outputs: ['Int32'] },
        first: { language, source: printer[language], inputs: ['Int32'] },
        second: { language, source: printer[language], inputs: ['Int32'] },
      },
      ['source.0 > left.0', 'source.0 > right.0', 'left.0 > first.0', 'right.0 > second.0'],
    );
    await graph.ready();
    await until(() => lines(graph.component('second').stdout).length > 20);
    graph.component('left').process.kill('SIGKILL');
    await until(() => graph.statuses.left === 'lost');
    await new Promise(resolve => setTimeout(resolve, 300));
    await graph.startComponent('left');
    await graph.ready();
    const before = lines(graph.component('first').stdout).length;
    await until(() => lines(graph.component('first').stdout).length > before + 20);
    const whole = lines(graph.component('second').stdout).map(Number);
    expect(whole).toEqual(whole.map((_, index) => index));
    const gone = lines(graph.component('first').stdout).map(Number);
    expect(gone, 'in order, none twice').toEqual([...new Set(gone)].sort((a, b) => a - b));
  });

  it('has what it emitted before it ended taken first, however slow its consumer is', async () => {
    await using graph = await LocalGraph.start(
      {
        source: { language: 'js', source: dying, outputs: [padded] },
        sink: { language, source: slow[language], inputs: [padded] },
      },
      ['source.0 > sink.0'],
    );
    expect(await graph.component('source').exited).toBe(1);
    await graph.startComponent('source');
    expect(await graph.component('source').exited).toBe(1);
    await until(
      () => lines(graph.component('sink').stdout).length >= 400,
      () => String(lines(graph.component('sink').stdout).length),
    );
    const once = Array.from({ length: 200 }, (_, index) => index);
    expect(lines(graph.component('sink').stdout).map(Number)).toEqual([...once, ...once]);
  });

  it('finds that its producer waited for it, and dropped nothing meanwhile', async () => {
    await using graph = await LocalGraph.start(
      {
        source: {
          language,
          source:
            language === 'js'
              ? `import { run } from 'pipelogic';
run(async function* () { for (let i = 0; ; i++) { await new Promise(r => setTimeout(r, 5)); console.log(i); yield i; } });`
              : tickingPython.replace('        yield i', '        print(i, flush=True)\n        yield i'),
          outputs: ['Int32'],
        },
        sink: { language, source: printer[language], inputs: ['Int32'] },
      },
      ['source.0 > sink.0'],
    );
    await graph.ready();
    const source = graph.component('source');
    await until(() => lines(graph.component('sink').stdout).length > 20);
    graph.component('sink').process.kill('SIGKILL');
    await until(() => graph.statuses.sink === 'lost');
    await new Promise(resolve => setTimeout(resolve, 200));
    const held = lines(source.stdout).length;
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(lines(source.stdout).length, 'it waits').toBe(held);
    await graph.startComponent('sink');
    await graph.ready();
    await until(() => lines(graph.component('sink').stdout).length > 20);
    const after = lines(graph.component('sink').stdout).map(Number);
    expect(after).toEqual(after.map((_, index) => (after[0] as number) + index));
    expect(after[0]).toBeLessThanOrEqual(held);
    expect(source.stderr).toBe('');
  });
});
