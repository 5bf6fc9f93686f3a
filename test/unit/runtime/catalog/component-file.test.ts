import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readComponentFile } from '../../../../electron/runtime/catalog/component-file.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'proofbench-component-'));
  mkdirSync(join(dir, 'src'));
  writeFileSync(join(dir, 'src/main.js'), '');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function read(schemas: string) {
  writeFileSync(join(dir, 'component.yml'), `name: One\nlanguage: js\nworker:\n  input_type: Image\n${schemas}`);
  return readComponentFile(dir);
}

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'component_invalid', message: expect.stringMatching(message) });

describe('the file slots of a component', () => {
  it('are none where none are declared', () => {
    expect(read('').files).toEqual({});
  });

  it('take one type or several and may be optional', () => {
    const { files } = read(`  file_schema:
    weights: {file_type: onnx | weights, config_key: weights_path}
    labels: {file_type: text, is_optional: true, mutable: true, tag: labels, target: triton}
`);
    expect(files).toEqual({
      weights: { types: ['onnx', 'weights'], is_optional: false, mutable: false, config_key: 'weights_path' },
      labels: { types: ['text'], is_optional: true, mutable: true, tag: 'labels', target: 'triton' },
    });
  });

  it('do not name a parameter that is declared, nor one of another slot', () => {
    expect(() =>
      read(`  config_schema:
    path: {type: String}
  file_schema:
    weights: {file_type: onnx, config_key: path}
`),
    ).toThrow(invalid(/component\.yml:8:\d+: worker\.file_schema\.weights\.config_key: duplicate parameter path/));
    expect(() =>
      read(`  file_schema:
    a: {file_type: onnx, config_key: path}
    b: {file_type: onnx, config_key: path}
`),
    ).toThrow(invalid(/duplicate parameter path: slot a has it/));
  });

  it('are refused with a type that is none, a target nobody serves and a name that is no file name', () => {
    expect(() => read('  file_schema:\n    a: {file_type: "onnx |"}\n')).toThrow(invalid(/file_type/));
    expect(() => read('  file_schema:\n    a: {file_type: onnx, target: tritn}\n')).toThrow(invalid(/target/));
    expect(() => read('  file_schema:\n    ../a: {file_type: onnx}\n')).toThrow(invalid(/file_schema/));
    expect(() => read('  file_schema:\n    a: {file_typ: onnx}\n')).toThrow(invalid(/did you mean file_type/));
  });
});
