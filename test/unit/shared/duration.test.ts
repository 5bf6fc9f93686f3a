import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../shared/duration.ts';

describe('durations', () => {
  it.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['250ms', 250],
    ['1h0m0.5s', 3_600_500],
    ['0s', 0],
  ])('reads %s as Go does', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '10', '10 m', 'm', '-5s', '1.s', '.5s', '1d', '5sec', '1h 30m', '10m\n', '１0s'])(
    'refuses "%s"',
    text => {
      expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );

  it.each([
    [5_400_000, '1h30m'],
    [90_000, '1m30s'],
    [3_600_000, '1h'],
    [250, '250ms'],
    [0, '0ms'],
    [90_061_000, '25h1m1s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
    expect(parseDuration(text)).toBe(ms);
  });

  it('reads whole milliseconds, which is what is stored, and none without end', () => {
    expect(parseDuration('1.005s')).toBe(1005);
    expect(parseDuration('1.0004s')).toBe(1000);
    expect(() => parseDuration(`${'9'.repeat(400)}h`)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it.each([1500, 61_250, 3_600_001])('writes %d ms so that it reads back', ms => {
    expect(parseDuration(formatDuration(ms))).toBe(ms);
  });
});
