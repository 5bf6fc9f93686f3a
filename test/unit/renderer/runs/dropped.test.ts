import { describe, expect, it } from 'vitest';
import {
  candidatesIn,
  folderOf,
  nameOf,
  pathKind,
  pictureTypeOf,
  resolveDropped,
} from '../../../../renderer/runs/dropped.ts';
import { AppError } from '../../../../shared/errors.ts';

/** A disk that has these manifests. */
const diskOf = (there: Record<string, AppError | undefined>) => async (path: string) =>
  path in there ? there[path] : new AppError('file_not_found', `${path} cannot be read.`, { details: { path } });

describe('what a path is', () => {
  it('is told by its name', () => {
    expect(['a/x.proof', 'a/B.YML', 'a/b.yaml', '/c/component.yml', '/c/dog.jpg', '/c'].map(pathKind)).toEqual([
      'bundle',
      'manifest',
      'manifest',
      'component',
      'other',
      'other',
    ]);
  });
  it('has a name and a folder on every system', () => {
    expect([nameOf('/a/b.yml'), nameOf('C:\\a\\b.yml'), nameOf('/a/b/')]).toEqual(['b.yml', 'b.yml', 'b']);
    expect([folderOf('/a/b.yml'), folderOf('/b.yml'), folderOf('C:\\a\\b.yml'), folderOf('C:\\b.yml')]).toEqual([
      '/a',
      '/',
      'C:\\a',
      'C:\\',
    ]);
    expect(candidatesIn('C:\\a')[0]).toBe('C:\\a\\proof.yml');
  });
  it('has a media type where it is a picture', () => {
    expect([pictureTypeOf('Dog.JPG'), pictureTypeOf('a.txt'), pictureTypeOf('png')]).toEqual([
      'image/jpeg',
      null,
      'image/png',
    ]);
  });
});

describe('a dropped path', () => {
  it('opens as a bundle or a manifest by its name alone', async () => {
    const never = () => Promise.reject(new Error('looked at the disk'));
    expect(await resolveDropped('/a/x.proof', never)).toEqual({ kind: 'bundle', path: '/a/x.proof' });
    expect(await resolveDropped('/a/x.yml', never)).toEqual({ kind: 'manifest', path: '/a/x.yml' });
  });
  it('opens the proof of a folder, else its live test', async () => {
    const both = diskOf({ '/pets/proof.yml': undefined, '/pets/live-test.yml': undefined });
    expect(await resolveDropped('/pets', both)).toEqual({ kind: 'manifest', path: '/pets/proof.yml' });
    const one = diskOf({ '/pets/live-test.yml': undefined });
    expect(await resolveDropped('/pets/', one)).toEqual({ kind: 'manifest', path: '/pets/live-test.yml' });
  });
  it('opens a manifest that is wrong, so that what is wrong is told', async () => {
    const wrong = new AppError('manifest_invalid', 'no');
    expect(await resolveDropped('/pets', diskOf({ '/pets/proof.yml': wrong }))).toMatchObject({ kind: 'manifest' });
    const noFixture = new AppError('file_not_found', 'no', { details: { file: '/pets/proof.yml' } });
    expect(await resolveDropped('/pets', diskOf({ '/pets/proof.yml': noFixture }))).toMatchObject({ kind: 'manifest' });
  });
  it('leads from component.yml to the manifest beside it, or says that there is none', async () => {
    const pets = diskOf({ '/pets/proof.yml': undefined });
    expect(await resolveDropped('/pets/component.yml', pets)).toEqual({ kind: 'manifest', path: '/pets/proof.yml' });
    expect(await resolveDropped('/other/component.yml', pets)).toEqual({ kind: 'no_manifest', folder: '/other' });
  });
  it('is a fixture when it is anything else', async () => {
    expect(await resolveDropped('/pics/dog.jpg', diskOf({}))).toEqual({ kind: 'fixture', path: '/pics/dog.jpg' });
  });
});
