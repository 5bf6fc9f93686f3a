import { describe, expect, it } from 'vitest';
import { type DockerTrouble, dockerText, troubleOf } from '../../../../renderer/docker/docker-texts.ts';
import type { EngineStatus } from '../../../../shared/contract/index.ts';

function status(part: Partial<EngineStatus> = {}): EngineStatus {
  return {
    state: 'stopped',
    version: null,
    host: 'unix:///var/run/docker.sock',
    source: 'default socket',
    said: ['connect ENOENT /var/run/docker.sock'],
    looked: [],
    start_command: null,
    checked_at: '2026-07-01T12:00:00.000Z',
    ...part,
  };
}

const troubles: DockerTrouble[] = ['absent', 'stopped', 'starting', 'denied', 'wrong_context'];

describe('the screens without Docker', () => {
  it('are five, each with its own heading and badge, on every platform', () => {
    for (const platform of ['linux', 'darwin', 'win32']) {
      const texts = troubles.map(trouble => dockerText(trouble, status(), platform));
      expect(new Set(texts.map(({ heading }) => heading)).size).toBe(5);
      expect(new Set(texts.map(({ badge }) => badge)).size).toBe(5);
    }
  });

  it('are not shown while Docker is ready or looked for', () => {
    expect(troubleOf({ state: 'ready' })).toBeUndefined();
    expect(troubleOf({ state: 'checking' })).toBeUndefined();
    expect(troubleOf({ state: 'denied' })).toBe('denied');
  });

  it('have a command to copy wherever copying is the thing to do', () => {
    for (const platform of ['linux', 'darwin', 'win32']) {
      for (const trouble of troubles) {
        const { primary, steps } = dockerText(trouble, status(), platform);
        if (primary === 'copy') expect(steps.some(({ command }) => command !== undefined)).toBe(true);
      }
    }
  });

  it('offer Start Docker when it can be started from here', () => {
    expect(dockerText('stopped', status({ start_command: 'systemctl start docker' }), 'linux')).toMatchObject({
      primary: 'start',
      steps: [],
    });
  });

  it('say how to start Docker when it cannot be started from here', () => {
    const { primary, steps } = dockerText('stopped', status(), 'linux');
    expect(primary).toBe('copy');
    expect(steps[0]?.command).toBe('sudo systemctl start docker');
  });

  it('name the socket that may not be opened', () => {
    expect(dockerText('denied', status(), 'linux').sentence).toContain('unix:///var/run/docker.sock');
  });

  it('name the variable that leads elsewhere, and how to unset it', () => {
    const looked: EngineStatus['looked'] = [
      { place: 'DOCKER_HOST', value: 'tcp://10.0.0.9:2375', outcome: 'no_answer', detail: '' },
      { place: 'Current context', value: 'default', outcome: 'skipped', detail: '' },
    ];
    const { sentence, steps } = dockerText('wrong_context', status({ looked }), 'linux');
    expect(sentence).toContain('DOCKER_HOST tcp://10.0.0.9:2375');
    expect(steps.map(({ command }) => command)).toContain('unset DOCKER_HOST');
  });

  it('name the context that is chosen, and how to choose another', () => {
    const looked: EngineStatus['looked'] = [
      { place: 'DOCKER_HOST', value: '', outcome: 'skipped', detail: 'not set' },
      { place: 'Current context', value: 'build-box', outcome: 'no_answer', detail: '' },
    ];
    const { primary, sentence, steps } = dockerText('wrong_context', status({ looked }), 'darwin');
    expect(primary).toBe('copy');
    expect(sentence).toContain('The current context build-box');
    expect(steps[0]?.command).toBe('docker context use default');
  });
});
