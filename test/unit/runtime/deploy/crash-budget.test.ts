import { describe, expect, it } from 'vitest';
import { crashWindowMs, restartDelayMs } from '../../../../electron/runtime/deploy/crash-budget.ts';

const now = 1_800_000_000_000;

describe('The crash budget', () => {
  it('starts a component again three times, each after a longer pause', () => {
    expect([[], [now - 1], [now - 2, now - 1]].map(restarts => restartDelayMs(restarts, now))).toEqual([
      500, 1000, 2000,
    ]);
  });

  it('is used up with the fourth end within five minutes', () => {
    expect(restartDelayMs([now - 3000, now - 2000, now - 1000], now)).toBeUndefined();
  });

  it('forgets what is longer ago', () => {
    expect(restartDelayMs([now - crashWindowMs, now - crashWindowMs - 1, now - 1000], now)).toBe(1000);
  });
});
