import { describe, expect, it } from 'vitest';
import { isLive, mayBecome } from '../../../../electron/runtime/deploy/deployment-state.ts';
import { deploymentStatus } from '../../../../shared/contract/index.ts';

describe('The life of a deployment', () => {
  it('goes from deploying to running, is torn down, and is gone', () => {
    const life = ['deploying', 'running', 'tearing_down', 'gone'] as const;
    for (const [index, status] of life.slice(1).entries()) expect(mayBecome(life[index] ?? status, status)).toBe(true);
  });

  it('goes back to deploying while a container restarts', () => {
    expect(mayBecome('running', 'deploying')).toBe(true);
  });

  it('ends with failed or gone: neither ever runs again', () => {
    for (const end of ['failed', 'gone'] as const) {
      for (const status of ['deploying', 'running', 'tearing_down'] as const)
        expect(mayBecome(end, status)).toBe(false);
    }
    expect(mayBecome('failed', 'gone')).toBe(true);
  });

  it('is torn down from wherever it is live, and what is being torn down only goes', () => {
    expect(deploymentStatus.options.filter(status => mayBecome(status, 'tearing_down'))).toEqual([
      'deploying',
      'running',
    ]);
    expect(deploymentStatus.options.filter(status => mayBecome('tearing_down', status))).toEqual(['gone']);
  });

  it('locks the graph while it is live', () => {
    expect(deploymentStatus.options.filter(isLive)).toEqual(['deploying', 'running', 'tearing_down']);
  });
});
