import { describe, expect, it } from 'vitest';
import {
  addFixture,
  commandLine,
  emptyForm,
  type FrozenFile,
  reasonNotToRun,
  removeFixture,
  replaceFixture,
  restoreFixture,
  runInput,
  setMeaning,
} from '../../../../renderer/runs/run-form.ts';
import { aPlan } from './rows.ts';

const cat: FrozenFile = { file_id: 'file_cat', name: 'cat.jpg', sha256: 'ab', bytes: 3, media_type: 'image/jpeg' };
const dog: FrozenFile = { ...cat, file_id: 'file_dog', name: 'dog.png' };
const plan = aPlan();
const liveTest = aPlan({ cases: [] });
const ready = { plan, problem: false, engine: 'ready', form: emptyForm, freezing: 0 } as const;

describe('what a run is started with', () => {
  it('is the manifest in its own folder, when nothing was changed', () => {
    expect(runInput(plan, '/pets/proof.yml', emptyForm)).toEqual({
      kind: 'proof',
      manifest: '/pets/proof.yml',
      cwd: '/pets',
    });
  });
  it('holds a live test, which has no cases', () => {
    expect(runInput(liveTest, '/pets/live-test.yml', emptyForm)).toMatchObject({ kind: 'live_test', hold: true });
  });
  it('carries lease time, keeping, and files that stand in or were added with their meaning', () => {
    let form = replaceFixture({ ...emptyForm, ttl: '1h', keepLease: true }, 'dog', cat);
    form = setMeaning(addFixture(form, plan, cat), 'cat', ' The cat is found. ');
    expect(runInput(plan, '/pets/proof.yml', form)).toMatchObject({
      ttl: '1h',
      keep_lease: true,
      fixtures: [
        { name: 'dog', file_id: 'file_cat' },
        { name: 'cat', file_id: 'file_cat', meaning: 'The cat is found.' },
      ],
    });
  });
});

describe('fixtures of a run', () => {
  it('are the manifest’s own again after they were restored or removed', () => {
    expect(restoreFixture(replaceFixture(emptyForm, 'dog', cat), 'dog')).toEqual(emptyForm);
    expect(removeFixture(addFixture(emptyForm, plan, cat), 'cat')).toEqual(emptyForm);
  });
  it('are named after their file, with a number when the name is taken', () => {
    const form = addFixture(addFixture(emptyForm, plan, dog), plan, { ...dog, file_id: 'file_3' });
    expect(form.added.map(({ name }) => name)).toEqual(['dog-2', 'dog-3']);
  });
  it('are added once, and keep a name that begins with a dot', () => {
    expect(addFixture(addFixture(emptyForm, plan, cat), plan, cat).added).toHaveLength(1);
    expect(addFixture(emptyForm, plan, { ...cat, name: '.env' }).added[0]?.name).toBe('.env');
  });
});

describe('Run is off', () => {
  it('never without saying why', () => {
    expect(reasonNotToRun(ready)).toBeUndefined();
    expect(reasonNotToRun({ ...ready, problem: true })).toMatch(/manifest is wrong/);
    expect(reasonNotToRun({ ...ready, plan: undefined })).toMatch(/being checked/);
    expect(reasonNotToRun({ ...ready, engine: 'stopped' })).toMatch(/Docker is not running/);
    expect(reasonNotToRun({ ...ready, freezing: 2 })).toBe('Waits for 2 files to be frozen.');
  });
  it('until an added file says what its output should mean', () => {
    const form = addFixture(emptyForm, plan, cat);
    expect(reasonNotToRun({ ...ready, form })).toBe('Say what the output of cat should mean.');
    expect(reasonNotToRun({ ...ready, form: setMeaning(form, 'cat', 'A cat.') })).toBeUndefined();
  });
});

describe('the same as a command', () => {
  it('proves, or sets up and keeps a live test', () => {
    expect(commandLine('proof', '/pets/proof.yml', emptyForm)).toBe('ppl proof run /pets/proof.yml');
    expect(commandLine('live_test', '/pets/live-test.yml', emptyForm)).toBe(
      'ppl lease run --test=/pets/live-test.yml --keep-lease',
    );
  });
  it('has the options and quotes a path that needs it', () => {
    const form = { ...emptyForm, keepLease: true, ttl: '10m' as const };
    expect(commandLine('proof', '/my pets/proof.yml', form)).toBe(
      "ppl proof run '/my pets/proof.yml' --keep-lease --ttl 10m",
    );
  });
});
