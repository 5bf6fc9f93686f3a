import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseManifest, readManifest } from '../../../../electron/runtime/proof/manifest.ts';

const sound = `fixtures:
  - name: dog
    path: dog.jpg
graph:
  vertices:
    in: {harness: Image over HTTP}
    cut:
    out: {harness: JSON over HTTP}
  edges:
    - {from: in, to: cut}
    - {from: cut, to: out}
proof:
  name: pets
  cases:
    - name: a dog
      send: {to: in, fixture: dog}
      expect:
        meaning: There is a dog in the picture.
        from: out
        that:
          - output.size() == 1
          - {expr: 'output[0].label == "dog"', severity: warn}
        within: 2s
`;

/** The sound manifest with one place changed. */
function changed(from: string, to: string): string {
  expect(sound).toContain(from);
  return sound.replace(from, to);
}

function refused(text: string, place: string, ...says: string[]) {
  let message = 'nothing was thrown';
  try {
    parseManifest(text, 'proof.yml');
  } catch (error) {
    expect(error).toMatchObject({ code: 'manifest_invalid' });
    message = `${(error as Error).message} ${(error as { hint?: string }).hint ?? ''}`;
  }
  expect(message).toContain(`proof.yml:${place}: `);
  for (const each of says) expect(message).toContain(each);
}

describe('a manifest', () => {
  it('is read with its defaults', () => {
    const manifest = parseManifest(sound, 'proof.yml');
    expect(manifest.graph.edges[0]).toEqual({ from: 'in', from_output: 0, to: 'cut', to_input: 0 });
    expect(manifest.graph.vertices.cut).toEqual({});
    expect(manifest.proof?.mode).toBe('live_fixture');
    expect(manifest.proof?.cases[0]?.expect).toMatchObject({
      frames: 1,
      that: [
        { expr: 'output.size() == 1', severity: 'error' },
        { expr: 'output[0].label == "dog"', severity: 'warn' },
      ],
      logs: [],
    });
  });

  it('names the place of a wrong key and the key that was meant', () => {
    refused(changed('meaning:', 'meanning:'), '18:9', 'proof.cases.0.expect.meanning', 'did you mean meaning?');
    refused(changed('fixtures:', 'fixturs:'), '1:1', 'fixturs', 'did you mean fixtures?');
    refused(changed('in: {harness:', 'in: {harnes:'), '6:10', 'graph.vertices.in.harnes', 'did you mean harness?');
    refused(changed('severity: warn', 'severty: warn'), '22:48', 'severty', 'did you mean severity?');
  });

  it('has one vertex under test', () => {
    refused(changed('    cut:\n', '    cut: {harness: Something}\n'), '5:3', 'no vertex is the component under test');
    refused(changed('out: {harness: JSON over HTTP}', 'out: {}'), '8:5', 'only one vertex can be', 'cut and out');
    refused(changed('harness: JSON over HTTP', 'harness: JSON, version: ver_1'), '8:26', 'not both');
  });

  it('has fixtures with one source each', () => {
    refused(changed('    path: dog.jpg', '    path: dog.jpg\n    url: http://127.0.0.1/dog.jpg'), '2:5', 'it has 2');
    refused(
      changed('    path: dog.jpg\n', ''),
      '2:5',
      'fixture dog needs exactly one of path, url and file_id; it has 0',
    );
    refused(
      changed('    path: dog.jpg', '    path: dog.jpg\n  - {name: dog, path: b}'),
      '4:6',
      'two fixtures named dog',
    );
  });

  it('names only vertices and fixtures that there are', () => {
    refused(changed('{from: cut, to: out}', '{from: cut, to: outt}'), '11:19', 'no vertex outt', 'in, cut, out');
    refused(changed('send: {to: in,', 'send: {to: inn,'), '16:14', 'no vertex inn');
    refused(changed('from: out\n', 'from: oot\n'), '19:9', 'no vertex oot');
    refused(changed('fixture: dog', 'fixture: cat'), '16:22', 'no fixture cat', 'There are: dog.');
  });

  it('says what each case means', () => {
    refused(
      changed('        meaning: There is a dog in the picture.\n', ''),
      '17:7',
      'say in words what the output should mean',
    );
    refused(changed('meaning: There is a dog in the picture.', 'meaning: "  "'), '18:9', 'say in words');
  });

  it('has expressions that parse', () => {
    refused(changed('- output.size() == 1', '- output.size( == 1'), '21:13', 'output.size( == 1', 'CEL over `output`');
    refused(changed('- output.size() == 1', '- outputt.size() == 1'), '21:13', 'outputt');
  });

  it('is not taken at half its word: keys that are not supported yet are refused', () => {
    const notYet = 'cannot honour this key yet';
    refused(`${sound}secrets: {}\n`, '24:1', 'secrets', notYet);
    refused(`${sound}output_files: []\n`, '24:1', 'output_files', notYet);
    refused(changed('  name: pets', '  name: pets\n  target: x'), '14:3', 'proof.target', notYet);
    refused(changed('  name: pets', '  name: pets\n  compare: {}'), '14:3', 'proof.compare', notYet);
    refused(changed('  name: pets', '  name: pets\n  mode: replay'), '14:3', 'live_fixture');
    refused(changed('within: 2s', 'baseline: x'), '23:9', 'baseline', notYet);
    refused(changed('    cut:\n', '    cut: {egress: true}\n'), '7:11', 'egress', notYet);
  });

  it('looks at something, and at logs in one way', () => {
    const rest = sound.slice(sound.indexOf('        from: out'));
    refused(sound.replace(rest, ''), '17:7', 'the case looks at nothing');
    refused(sound.replace(rest, '        logs: [{vertex: cut}]\n'), '19:16', 'either `present` or `absent`');
    refused(
      sound.replace(rest, '        logs: [{vertex: cut, present: a}]\n        that: [output == 1]\n'),
      '20:9',
      'no output',
    );
  });

  it('has durations that last', () => {
    refused(changed('within: 2s', 'within: 2 s'), '23:9', 'this is no duration');
    refused(changed('within: 2s', 'within: 0s'), '23:9', 'this is no duration');
  });

  it('is YAML, of a size, with each key once', () => {
    refused('graph: [1', '1:10');
    refused(`${sound}graph: {}\n`, '24:1', 'unique');
    expect(() => parseManifest(`# ${'x'.repeat(1 << 20)}`, 'proof.yml')).toThrow('larger than');
    refused('', '1:1', 'graph');
    refused('[]', '1:1');
  });

  it('does not swell by aliases', () => {
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefgh'
      .split('')
      .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[index]}`).join(', ')}]`)
      .join('\n')}\n`;
    expect(() => parseManifest(bomb, 'proof.yml')).toThrow();
  });

  it('reports too many aliases as an error of the manifest', () => {
    const bomb = `a: &a [x]\n${'bcdefgh'
      .split('')
      .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[index]}`).join(', ')}]`)
      .join('\n')}\n`;
    expect(() => parseManifest(bomb, 'proof.yml')).toThrow(expect.objectContaining({ code: 'manifest_invalid' }));
  });
});

describe('reading a manifest', () => {
  const fails = (path: string) => {
    try {
      readManifest(path);
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it('is refused where there is no plain file of a manifest’s size, and never waits', () => {
    const dir = mkdtempSync(join(tmpdir(), 'proofbench-manifest-'));
    try {
      const large = join(dir, 'large.yml');
      writeFileSync(large, '#'.repeat(2 ** 20 + 1));
      expect(fails(large)).toMatchObject({ code: 'manifest_invalid', details: { file: large } });
      writeFileSync(large, sound);
      expect(readManifest(large)).toBe(sound);
      for (const path of [join(dir, 'gone.yml'), dir, 'a\0b'])
        expect(fails(path)).toMatchObject({ code: 'file_not_found', details: { path } });
      if (process.platform === 'win32') return;
      const fifo = join(dir, 'fifo.yml');
      execFileSync('mkfifo', [fifo]);
      for (const path of [fifo, '/dev/zero'])
        expect(fails(path)).toMatchObject({ code: 'file_not_found', details: { path } });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
