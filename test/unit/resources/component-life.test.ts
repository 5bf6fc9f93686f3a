import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { LocalGraph, until } from './local-graph.ts';

const one = (value: string) => `import { run } from 'pipelogic'; run(() => (${value}));`;
const idle = {
  js: `import { run } from 'pipelogic'; run(() => {});`,
  py: 'from pipelogic.worker import run\nrun(lambda: None)',
};
const failing = {
  js: `import { run } from 'pipelogic';\nconsole.log('plain');\nrun(function explode() { throw new RangeError('boom'); });`,
  py: 'from pipelogic.worker import run\nprint("plain")\ndef explode():\n    raise ValueError("boom")\nrun(explode)',
};

/** It is no part of Python: components that want it bring it in their images. */
const hasNumPy = spawnSync('python3', ['-c', 'import numpy']).status === 0;
if (!hasNumPy) console.warn('Not tested: what NumPy makes. Reason: this machine’s python3 has no NumPy.');

describe('a component', () => {
  it.each(['js', 'py'] as const)('that throws in %s ends with 1 and its stack on stderr', async language => {
    await using graph = await LocalGraph.start({ a: { language, source: failing[language] } });
    const a = graph.component('a');
    expect(await a.exited).toBe(1);
    expect(a.stderr).toContain('boom');
    expect(a.stderr).toContain('explode');
    expect(a.stdout).toBe('plain\n');
    await until(() => graph.statuses.a === 'lost');
  });

  it.each(['js', 'py'] as const)('in %s ends with 0 on SIGTERM', async language => {
    await using graph = await LocalGraph.start({ a: { language, source: idle[language] } });
    await graph.ready();
    const a = graph.component('a');
    a.process.kill('SIGTERM');
    expect(await a.exited).toBe(0);
    expect(a.stderr).toBe('');
  });

  it('hands on what it emitted before it failed', async () => {
    await using graph = await LocalGraph.start(
      {
        a: {
          source: `import { run } from 'pipelogic'; run(function* () { yield 1; yield 2; throw new Error('x'); });`,
          outputs: ['Int32'],
        },
        b: { source: { component: 'log-message' }, inputs: ['Int32'] },
      },
      ['a.0 > b.0'],
    );
    expect(await graph.component('a').exited).toBe(1);
    await until(() => graph.component('b').stdout === '1\n2\n');
  });

  const boxes = { list: { record: { label: 'String', x: 'Double' } } };
  it.each([
    [
      'js',
      boxes,
      `[{ label: 'a', x: 1 }, { label: 'b', x: 'c' }]`,
      'output 0',
      'at [1].x: expected Double, got the string "c"',
    ],
    ['js', boxes, `[{ label: 'a', x: 1, y: 2 }]`, 'output 0', 'at [0].y: expected no such field'],
    ['js', 'Int32', '2 ** 31', 'output 0', 'expected Int32'],
    ['js', 'UInt64', '-1n', 'output 0', 'expected UInt64, got -1n'],
    ['js', { maybe: { tuple: ['Bool', 'Char'] } }, `[true, 'ab']`, 'output 0', 'at [1]: expected Char'],
    ['py', boxes, '[{"label": "a", "x": 1.0}, {"label": "b", "x": "c"}]', 'output 0', 'at [1].x: expected Double'],
    ['py', boxes, '[{"label": "a"}]', 'output 0', 'at [0].x: expected Double, got None'],
    ['py', 'Int32', 'True', 'output 0', 'expected Int32, got the bool True'],
    ['py', 'Bytes', '"text"', 'output 0', 'expected Bytes'],
  ] as const)('in %s says where a value does not fit %j', async (language, type, value, name, message) => {
    const source = language === 'js' ? one(value) : `from pipelogic.worker import run\nrun(lambda: ${value})`;
    await using graph = await LocalGraph.start({ a: { language, source, outputs: [type] } });
    const a = graph.component('a');
    expect(await a.exited).toBe(1);
    expect(a.stderr).toContain(`the value for ${name} does not fit`);
    expect(a.stderr).toContain(message);
  });

  it.skipIf(!hasNumPy)('takes NumPy numbers and arrays for numbers, lists and bytes', async () => {
    const type = { record: { i: 'Int64', f: 'Double', b: 'Bool', l: { list: 'Float' }, d: 'Bytes', e: 'Bytes' } };
    await using graph = await LocalGraph.start(
      {
        a: {
          language: 'py',
          source: `import numpy as np
from pipelogic.worker import run
picture = np.arange(12, dtype=np.uint8).reshape(3, 4)
run(lambda: {"i": np.int64(7), "f": np.float32(0.5), "b": np.bool_(True), "l": np.array([1, 2.5]), "d": picture[:, ::2], "e": picture})`,
          outputs: [type],
        },
        b: { source: { component: 'log-message' }, inputs: [type] },
      },
      ['a.0 > b.0'],
    );
    await until(
      () => graph.component('b').stdout.endsWith('\n'),
      () => graph.component('a').stderr,
    );
    expect(JSON.parse(graph.component('b').stdout)).toEqual({
      i: 7,
      f: 0.5,
      b: true,
      l: [1, 2.5],
      d: Buffer.from([0, 2, 4, 6, 8, 10]).toString('base64'),
      e: Buffer.from(Array.from({ length: 12 }, (_, i) => i)).toString('base64'),
    });
  });

  it.each([
    ['js', `import { config, run } from 'pipelogic'; console.log(config.colour); run(() => {});`],
    ['py', 'from pipelogic.worker import run, config\nprint(config.colour)\nrun(lambda: None)'],
  ] as const)('in %s fails at import by the name of a parameter it lacks', async (language, source) => {
    await using graph = await LocalGraph.start({ a: { language, source, config: { color: 'red' } } });
    const a = graph.component('a');
    expect(await a.exited).toBe(1);
    expect(a.stderr).toContain('config.colour is not a parameter of this component (it has: color)');
  });

  it('carries a union by the names of its empty alternatives, or by value', async () => {
    const type = {
      list: {
        union: [
          { name: 'Image.RGB', type: { tuple: [] } },
          { name: 'Image.GRAY', type: { tuple: [] } },
          { type: 'Int64' },
          { type: { record: { data: 'Bytes' } } },
        ],
      },
    };
    await using graph = await LocalGraph.start(
      {
        a: { source: one(`['Image.RGB', 2n ** 60n, { data: Buffer.from('hi') }, 'Image.GRAY']`), outputs: [type] },
        b: {
          language: 'py',
          source: 'from pipelogic.worker import run\nrun(print)',
          inputs: [type],
        },
      },
      ['a.0 > b.0'],
    );
    await until(() => graph.component('b').stdout.endsWith('\n'));
    expect(graph.component('b').stdout).toBe("['Image.RGB', 1152921504606846976, {'data': b'hi'}, 'Image.GRAY']\n");
  });

  it.each([
    ['parses and resolves', `import { run } from 'pipelogic'; run(() => {});`, 0, ''],
    [
      'imports what is not there',
      `import 'nothing-of-this-name'; import { run } from 'pipelogic'; run(() => {});`,
      1,
      'nothing-of-this-name',
    ],
    ['never calls run', `import 'pipelogic';`, 1, 'never called run()'],
    [
      'reads a parameter first',
      `import { config, run } from 'pipelogic'; config.size.toFixed(); run(() => {});`,
      0,
      '',
    ],
  ])('that %s is told apart by a check without a gateway', (_title, source, code, stderr) => {
    const result = spawnSync(process.execPath, ['--input-type=module', '-e', resolvable(source)], {
      env: { PROOFBENCH_CHECK: '1' },
      encoding: 'utf8',
    });
    expect({ code: result.status, stderr: result.stderr.includes(stderr) }).toEqual({ code, stderr: true });
  });
});

function resolvable(source: string): string {
  return source.replaceAll(`'pipelogic'`, `'${new URL('../../../resources/sdk/js/index.js', import.meta.url).href}'`);
}
