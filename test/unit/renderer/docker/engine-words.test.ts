import { describe, expect, it } from 'vitest';
import { checkRhythm, engineWord, lookRow } from '../../../../renderer/docker/engine-words.ts';

describe('the engine in the title bar', () => {
  it('shows the version in short when Docker is ready', () => {
    expect(engineWord({ state: 'ready', version: '28.3.2' })).toEqual({ status: 'pass', text: 'Docker 28.3' });
    expect(engineWord({ state: 'ready', version: null })).toEqual({ status: 'pass', text: 'Docker' });
  });

  it('says why not when it is not', () => {
    expect(engineWord({ state: 'stopped', version: null })).toEqual({ status: 'fail', text: 'Docker not running' });
    expect(engineWord({ state: 'starting', version: null }).status).toBe('running');
  });
});

describe('the table of where it looked', () => {
  it('says that a variable is not set', () => {
    const row = lookRow({ place: 'DOCKER_HOST', value: '', outcome: 'skipped', detail: 'not set' });
    expect(row).toEqual({
      place: 'DOCKER_HOST',
      value: 'not set',
      detail: '',
      word: { status: 'idle', text: 'Skipped' },
    });
  });

  it('shows a value with what is known about it', () => {
    const row = lookRow({
      place: 'Usual sockets',
      value: '4 places',
      outcome: 'missing',
      detail: '/var/run/docker.sock',
    });
    expect(row).toMatchObject({ value: '4 places', detail: '/var/run/docker.sock', word: { text: 'None there' } });
  });

  it('does not count an app that is not installed as a failure', () => {
    const apps = { place: 'Docker Desktop, OrbStack, Colima', value: '', detail: 'not installed' };
    expect(lookRow({ ...apps, outcome: 'missing' }).word.status).toBe('idle');
    expect(lookRow({ place: 'docker command', value: '', outcome: 'missing', detail: '' }).word.status).toBe('fail');
  });
});

it('an engine behind SSH is checked less often, and the screen says so', () => {
  expect(checkRhythm('unix:///var/run/docker.sock')).toBe('Checks every 2 s');
  expect(checkRhythm('ssh://me@box')).toBe('Checks every 10 s');
});
