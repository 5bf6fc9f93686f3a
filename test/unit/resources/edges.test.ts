import { describe, expect, it } from 'vitest';
import { LocalGraph, until } from './local-graph.ts';

const numbers = (count: number) => `import { run } from 'pipelogic';
run(function* () { for (let i = 0; i < ${count}; i++) yield i; });`;
const printer = `import { run } from 'pipelogic';
run(value => { console.log(JSON.stringify(value)); });`;
const lines = (text: string) => text.split('\n').filter(line => line !== '');

describe('messages between components', () => {
  it('pass from JavaScript through Python to JavaScript', async () => {
    await using graph = await LocalGraph.start(
      {
        source: {
          source: `import { run, config } from 'pipelogic';
            run(async function* () { yield { name: config.name, size: 2n ** 60n, ratio: NaN, maybe: null, pair: [true, 'x'] }; });`,
          outputs: [thing],
          config: { name: 'ünï' },
        },
        middle: {
          language: 'py',
          source: `from pipelogic.worker import run, config
def process(thing):
    assert thing["ratio"] != thing["ratio"] and thing["pair"] == (True, "x") and thing["maybe"] is None
    thing["size"] += config.step
    return thing
run(process)`,
          inputs: [thing],
          outputs: [thing],
          config: { step: 1 },
        },
        sink: { source: { component: 'log-message' }, inputs: [thing] },
      },
      ['source.0 > middle.0', 'middle.0 > sink.0'],
    );
    await graph.ready();
    const sink = graph.component('sink');
    await until(
      () => sink.stdout.endsWith('\n'),
      () => sink.stderr + graph.component('middle').stderr + graph.component('source').stderr,
    );
    expect(sink.stdout).toBe(
      '{"maybe":null,"name":"ünï","pair":[true,"x"],"ratio":"NaN","size":"1152921504606846977"}\n',
    );
    expect(graph.component('middle').stderr).toBe('');
  });

  it('keep 6 MiB of bytes intact in both languages', async () => {
    await using graph = await LocalGraph.start(
      {
        source: {
          source: `import { run } from 'pipelogic';
            import { createHash } from 'node:crypto';
            const bytes = Buffer.alloc(6 * 1024 * 1024, 'abcdefg');
            run(function* () { for (let i = 0; i < 8; i++) { yield bytes; } yield Buffer.alloc(0);
              console.log(createHash('sha256').update(bytes).digest('hex')); });`,
          outputs: ['Bytes'],
        },
        middle: {
          language: 'py',
          source: `from pipelogic.worker import run
run(lambda data: memoryview(data))`,
          inputs: ['Bytes'],
          outputs: ['Bytes'],
        },
        sink: {
          source: `import { run } from 'pipelogic';
            import { createHash } from 'node:crypto';
            run(bytes => { console.log(bytes.length, createHash('sha256').update(bytes).digest('hex')); });`,
          inputs: ['Bytes'],
        },
      },
      ['source.0 > middle.0', 'middle.0 > sink.0'],
    );
    const sink = graph.component('sink');
    await until(
      () => lines(sink.stdout).length === 9,
      () => sink.stdout + graph.component('middle').stderr,
    );
    const digest = graph.component('source').stdout.trim();
    expect(lines(sink.stdout).slice(0, 8)).toEqual(Array(8).fill(`6291456 ${digest}`));
    expect(lines(sink.stdout)[8]).toMatch(/^0 e3b0c442/);
  });

  it.each(['js', 'py'] as const)('keep their order and content whatever their sizes, into %s', async language => {
    await using graph = await LocalGraph.start(
      {
        source: {
          source: `import { run } from 'pipelogic';
            const sizes = [0, 1, 7_000, 9_000, 20_000, 40_000, 70_000, 140_000, 600_000, 3_000_000];
            run(function* () {
              for (let i = 0; i < 600; i++) {
                const size = sizes[(i * 7 + (i >> 3)) % sizes.length];
                yield { i, size, a: Buffer.alloc(size, i % 251), b: Buffer.alloc(size % 97, i % 13) };
              }
            });`,
          outputs: [sized],
        },
        sink: {
          language,
          source:
            language === 'js'
              ? `import { run } from 'pipelogic';
                const held = [];
                const good = ({ i, size, a, b }) => 
                  a.equals(Buffer.alloc(size, i % 251)) && b.equals(Buffer.alloc(size % 97, i % 13));
                run(value => { held.push(value); if (held.length > 8) held.shift();
                  console.log(value.i, held.every(good)); });`
              : `from pipelogic.worker import run
def good(v):
    return v["a"] == bytes([v["i"] % 251]) * v["size"] and v["b"] == bytes([v["i"] % 13]) * (v["size"] % 97)
run(lambda v: print(v["i"], str(good(v)).lower()))`,
          inputs: [sized],
        },
      },
      ['source.0 > sink.0'],
    );
    const sink = graph.component('sink');
    await until(
      () => lines(sink.stdout).length === 600,
      () => sink.stderr,
    );
    expect(lines(sink.stdout)).toEqual(Array.from({ length: 600 }, (_, i) => `${i} true`));
  });

  it('go to every consumer of an output, and merge at an input in order of arrival', async () => {
    await using graph = await LocalGraph.start(
      {
        source: { source: numbers(1000), outputs: ['Int32'] },
        left: { source: `import { run } from 'pipelogic'; run(x => x * 2);`, inputs: ['Int32'], outputs: ['Int32'] },
        right: {
          language: 'py',
          source: 'from pipelogic.worker import run\nrun(lambda x: x * 2 + 1)',
          inputs: ['Int32'],
          outputs: ['Int32'],
        },
        sink: { source: printer, inputs: ['Int32'] },
      },
      ['source.0 > left.0', 'source.0 > right.0', 'left.0 > sink.0', 'right.0 > sink.0'],
    );
    const sink = graph.component('sink');
    await until(() => lines(sink.stdout).length === 2000);
    const values = lines(sink.stdout).map(Number);
    expect([...values].sort((a, b) => a - b)).toEqual(Array.from({ length: 2000 }, (_, i) => i));
    for (const parity of [0, 1]) {
      const ofOne = values.filter(value => value % 2 === parity);
      expect(ofOne).toEqual([...ofOne].sort((a, b) => a - b));
    }
  });

  it.each(['js', 'py'] as const)('hold a producer back when its %s consumer is slow', async language => {
    await using graph = await LocalGraph.start(
      {
        source: {
          source: `import { run } from 'pipelogic';
            const bytes = Buffer.alloc(1024 * 1024);
            run(function* () { for (let i = 0; i < 400; i++) { console.log(i); yield bytes; } });`,
          outputs: ['Bytes'],
        },
        sink: {
          language,
          source:
            language === 'js'
              ? `import { run } from 'pipelogic'; run(async () => { await new Promise(r => setTimeout(r, 1e6)); });`
              : 'import time\nfrom pipelogic.worker import run\nrun(lambda data: time.sleep(1000))',
          inputs: ['Bytes'],
        },
      },
      ['source.0 > sink.0'],
    );
    await graph.ready();
    const source = graph.component('source');
    await new Promise(resolve => setTimeout(resolve, 1_500));
    const sent = lines(source.stdout).length;
    expect(sent).toBeGreaterThan(10);
    expect(sent).toBeLessThan(60);
  });

  it('arrive one of each input a tick, and leave one for each output', async () => {
    await using graph = await LocalGraph.start(
      {
        a: { source: numbers(50), outputs: ['Int32'] },
        b: { source: numbers(50), outputs: ['Int32'] },
        join: {
          language: 'py',
          source: 'from pipelogic.worker import run\nrun(lambda a, b: (a + b, str(b) if b % 2 else None))',
          inputs: ['Int32', 'Int32'],
          outputs: ['Int32', 'String'],
        },
        sum: { source: printer, inputs: ['Int32'] },
        odd: { source: printer, inputs: ['String'] },
      },
      ['a.0 > join.0', 'b.0 > join.1', 'join.0 > sum.0', 'join.1 > odd.0'],
    );
    const { sum, odd } = graph.components;
    await until(() => lines(sum!.stdout).length === 50 && lines(odd!.stdout).length === 25);
    expect(lines(sum!.stdout).map(Number)).toEqual(Array.from({ length: 50 }, (_, i) => 2 * i));
    expect(lines(odd!.stdout)[1]).toBe('"3"');
  });

  it('reach a consumer again after it has restarted', async () => {
    await using graph = await LocalGraph.start(
      {
        source: {
          source: `import { run } from 'pipelogic';
            run(async function* () { for (let i = 0; ; i++) { await new Promise(r => setTimeout(r, 5)); yield i; } });`,
          outputs: ['Int32'],
        },
        middle: {
          language: 'py',
          source: 'from pipelogic.worker import run\nrun(lambda x: x)',
          inputs: ['Int32'],
          outputs: ['Int32'],
        },
        sink: { source: printer, inputs: ['Int32'] },
      },
      ['source.0 > middle.0', 'middle.0 > sink.0'],
    );
    await graph.ready();
    await until(() => graph.component('sink').stdout.endsWith('\n'));
    for (const alias of ['middle', 'sink']) {
      graph.component(alias).process.kill('SIGKILL');
      await until(() => graph.statuses[alias] === 'lost');
      await graph.startComponent(alias);
      await graph.ready();
      const { length } = graph.component('sink').stdout;
      await until(() => graph.component('sink').stdout.length > length + 50);
    }
  });

  it('keep flowing while the gateway is replaced', async () => {
    await using graph = await LocalGraph.start(
      {
        source: {
          source: `import { run } from 'pipelogic';
            run(async function* () { for (let i = 0; ; i++) { await new Promise(r => setTimeout(r, 5)); yield i; } });`,
          outputs: ['Int32'],
        },
        middle: {
          language: 'py',
          source: 'from pipelogic.worker import run\nrun(lambda x: x)',
          inputs: ['Int32'],
          outputs: ['Int32'],
        },
        sink: { source: printer, inputs: ['Int32'] },
      },
      ['source.0 > middle.0', 'middle.0 > sink.0'],
    );
    await graph.ready();
    await graph.killGateway();
    const sink = graph.component('sink');
    const before = lines(sink.stdout).length;
    await until(() => lines(sink.stdout).length > before + 20);
    for (const alias of Object.keys(graph.statuses)) delete graph.statuses[alias];
    await graph.startGateway();
    await graph.put();
    await graph.ready();
    const values = lines(sink.stdout).map(Number);
    expect(values).toEqual(values.map((_, i) => i));
    expect(sink.stderr + graph.component('middle').stderr).toBe('');
  });
});

const sized = { record: { i: 'Int32', size: 'Int32', a: 'Bytes', b: 'Bytes' } };
const thing = {
  record: {
    name: 'String',
    size: 'Int64',
    ratio: 'Double',
    maybe: { maybe: 'Bytes' },
    pair: { tuple: ['Bool', 'String'] },
  },
};
