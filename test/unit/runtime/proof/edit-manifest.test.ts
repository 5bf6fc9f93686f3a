import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FixtureOverride, withFixtures } from '../../../../electron/runtime/proof/edit-manifest.ts';
import { parseManifest } from '../../../../electron/runtime/proof/manifest.ts';
import type { StoredFile } from '../../../../electron/runtime/store/files.ts';
import { AppError } from '../../../../shared/errors.ts';
import { manifest, shoutProof } from '../../../support/components.ts';

const path = resolve(import.meta.dirname, '../../../../resources/examples/pets/proof.yml');
const pets = readFileSync(join(path), 'utf8');
const fileOf = (id: string) => {
  if (!id.startsWith('fil_')) throw new AppError('not_found', `There is no file ${id}.`);
  return { id, media_type: id === 'fil_png' ? 'image/png' : 'image/jpeg' } as StoredFile;
};
const edit = (overrides: FixtureOverride[], text = pets) => withFixtures(text, path, overrides, fileOf);
const refused = (code: string) => expect.objectContaining({ code });

describe('a manifest with other fixtures', () => {
  it('is as it was when nothing is given', () => {
    expect(edit([])).toBe(pets);
  });

  it('has a frozen file in place of one of its own, and its comments', () => {
    const text = edit([{ name: 'dog', file_id: 'fil_png' }]);
    const edited = parseManifest(text, path);
    expect(edited.fixtures[0]).toEqual({ name: 'dog', file_id: 'fil_png' });
    expect(edited.fixtures.slice(1)).toEqual(parseManifest(pets, path).fixtures.slice(1));
    expect(edited.proof?.cases.map(each => each.send.content_type)).toEqual([
      'image/png',
      'image/jpeg',
      'image/jpeg',
      'image/jpeg',
    ]);
    expect(text).toContain('# Below the default, so that what comes second is seen too.');
    expect(text.match(/#.*/g)).toEqual(pets.match(/#.*/g));
    expect(edited.proof?.cases.map(each => each.expect)).toEqual(
      parseManifest(pets, path).proof?.cases.map(each => each.expect),
    );
  });

  it('has a new one with a case that says what its output means', () => {
    const meaning = 'The cat: "is" found # even so';
    const edited = parseManifest(edit([{ name: 'cat', file_id: 'fil_1', meaning }]), path);
    expect(edited.fixtures.at(-1)).toEqual({ name: 'cat', file_id: 'fil_1' });
    expect(edited.proof?.cases.at(-1)).toMatchObject({
      name: 'cat',
      send: { to: 'in', fixture: 'cat' },
      expect: { meaning, from: 'out', frames: 1, that: [] },
    });
  });

  it('is refused when an override says nothing that can be done', () => {
    expect(() => edit([{ name: 'cat', file_id: 'fil_1' }])).toThrow(refused('usage'));
    expect(() => edit([{ name: 'dog', file_id: 'fil_1', meaning: 'A dog.' }])).toThrow(refused('usage'));
    expect(() => edit([{ name: 'dog', file_id: 'gone' }])).toThrow(refused('not_found'));
    expect(() =>
      edit([
        { name: 'dog', file_id: 'fil_1' },
        { name: 'dog', file_id: 'fil_png' },
      ]),
    ).toThrow(refused('usage'));
    expect(() => edit([{ name: 'new', file_id: 'fil_1', meaning: 'x' }], manifest())).toThrow(refused('usage'));
    expect(() => edit([{ name: 'dog', file_id: 'fil_1' }], 'graph: [')).toThrow(refused('manifest_invalid'));
  });

  it('is refused when what changes stands for something elsewhere too', () => {
    const source = manifest({
      fixtures: '  - {name: hello, path: ./hello.json}\n  - {name: again, path: ./hello.json}',
      proof: shoutProof,
    });
    const with_ = (...changes: [string, string][]) =>
      changes.reduce((text, [from, to]) => {
        expect(text).toContain(from);
        return text.replace(from, to);
      }, source);
    const hello = [{ name: 'hello', file_id: 'fil_png' }];
    const fresh = [{ name: 'new', file_id: 'fil_1', meaning: 'It is new.' }];
    const anchored = with_(['path: ./hello.json', 'path: &p ./hello.json'], ['path: ./hello.json', 'path: *p']);
    expect(() => edit(hello, anchored)).toThrow(refused('usage'));
    expect(() => edit([{ name: 'again', file_id: 'fil_1' }], anchored)).toThrow(refused('usage'));
    expect(() => edit(hello, with_(['- {name: hello,', '- &f {name: hello,']))).toThrow(refused('usage'));
    const type = with_(['content_type: application/json', 'content_type: &t image/jpeg']);
    expect(() => edit(hello, type)).toThrow(refused('usage'));
    expect(() => edit(fresh, with_(['fixtures:\n', 'fixtures: &all\n']))).toThrow(refused('usage'));
    expect(() => edit(fresh, with_(['proof:\n', 'proof: &proof\n']))).toThrow(refused('usage'));
    // A name that is only read may stand for itself elsewhere.
    const named = with_(['name: hello,', 'name: &n hello,'], ['fixture: hello,', 'fixture: *n ,']);
    expect(parseManifest(edit(hello, named), path).fixtures[0]).toEqual({ name: 'hello', file_id: 'fil_png' });
  });

  it('of a live test has the file in place', () => {
    const edited = parseManifest(edit([{ name: 'hello', file_id: 'fil_1' }], manifest()), path);
    expect(edited.fixtures).toEqual([{ name: 'hello', file_id: 'fil_1' }]);
  });
});
