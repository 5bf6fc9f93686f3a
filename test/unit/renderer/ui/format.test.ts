import { describe, expect, it } from 'vitest';
import { ago, bytes, clock, countdown, elapsed, ms, seconds, shortId } from '../../../../renderer/ui/format.ts';

describe('A number has its unit', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [999, '999 B'],
    [1000, '1.0 KB'],
    [163_000, '163 KB'],
    [999_499, '999 KB'],
    [999_500, '1.0 MB'],
    [7_800_000, '7.8 MB'],
    [2_500_000_000_000_000, '2500 TB'],
  ])('%i bytes are %s', (count, text) => expect(bytes(count)).toBe(text));

  it.each([
    [0.42, '0.4 ms'],
    [9.94, '9.9 ms'],
    [41.6, '42 ms'],
    [612, '612 ms'],
    [999.4, '999 ms'],
    [4530, '4.53 s'],
  ])('a latency of %d is %s', (value, text) => expect(ms(value)).toBe(text));

  it('no latency rounds up into the next way of writing it', () => {
    expect(ms(9.97)).toBe('10 ms');
    expect(ms(999.7)).toBe('1.00 s');
  });

  it('a place in the run is in seconds, to the millisecond', () => {
    expect(seconds(7632)).toBe('7.632');
    expect(seconds(0)).toBe('0.000');
  });

  it('what goes on shows its time, in minutes when it takes that long', () => {
    expect(elapsed(0)).toBe('0.0 s');
    expect(elapsed(4260)).toBe('4.2 s');
    expect(elapsed(59_999)).toBe('59.9 s');
    expect(elapsed(60_000)).toBe('1:00');
    expect(elapsed(72_900)).toBe('1:12');
  });
});

describe('A time says how far away it is', () => {
  const now = new Date(2026, 2, 12, 16, 40);
  const since = (minutes: number) => ago(new Date(now.getTime() - minutes * 60_000).toISOString(), now.getTime());

  it('in minutes and hours of today', () => {
    expect(since(0.5)).toBe('just now');
    expect(since(6)).toBe('6 min ago');
    expect(since(59)).toBe('59 min ago');
    expect(since(120)).toBe('2 h ago');
    expect(since(15 * 60)).toBe('15 h ago');
  });

  it('by its day when it was another', () => {
    expect(since(20 * 60)).toBe('Yesterday');
    expect(since(3 * 24 * 60)).toBe('Mon 16:40');
    expect(since(30 * 24 * 60)).toBe('10 Feb 2026');
  });

  it('just now when the clocks of two parts differ by a little', () => expect(since(-1)).toBe('just now'));

  it('what is left counts down to nothing, not below', () => {
    expect(countdown(24 * 60_000 + 10_000)).toBe('24:10');
    expect(countdown(3_723_000)).toBe('1:02:03');
    expect(countdown(1)).toBe('0:01');
    expect(countdown(-5000)).toBe('0:00');
  });

  it('a log line has the time of day to the millisecond', () => {
    expect(clock(new Date(2026, 0, 5, 12, 1, 4, 384).getTime())).toBe('12:01:04.384');
    expect(clock(new Date(2026, 0, 5, 9, 0, 0, 7).getTime())).toBe('09:00:00.007');
  });
});

describe('An id is shown by its ends', () => {
  it('because ids of one day begin alike', () => {
    const [one, two] = ['run_01m7yddyfksns8g0vvj73spxvq', 'run_01m7yddyfksns8g0vvj73spaaa'].map(shortId);
    expect(one).toBe('run_01m7…xvq');
    expect(two).not.toBe(one);
  });

  it('and whole when it is short', () => expect(shortId('lse_local')).toBe('lse_local'));
});
