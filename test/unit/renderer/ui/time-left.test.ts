import { describe, expect, it } from 'vitest';
import { type Mark, markOf, timeLeft } from '../../../../renderer/ui/time-left.ts';
import type { Progress } from '../../../../shared/contract/index.ts';

const download = (done: number, total = 100): Progress => ({ message: 'Downloading', done, total, unit: 'bytes' });

/** What is said after each of these steps. */
function say(...steps: [nowMs: number, step: Progress][]): (number | undefined)[] {
  let mark: Mark | undefined;
  return steps.map(([nowMs, step]) => {
    mark = markOf(mark, step, nowMs);
    return timeLeft(mark, step, nowMs);
  });
}

describe('How long a download still takes', () => {
  it('is reckoned from the rate so far', () => {
    expect(say([0, download(0)], [2000, download(20)], [5000, download(50)])).toEqual([undefined, 8000, 5000]);
  });

  it('is not said in the first second, nor while nothing comes', () => {
    expect(say([0, download(0)], [400, download(20)], [9000, download(0)])).toEqual([undefined, undefined, undefined]);
  });

  it('does not count what was there before, nor the wait before it', () => {
    expect(say([60_000, download(50)], [62_000, download(60)])).toEqual([undefined, 8000]);
  });

  it('begins anew with the next file', () => {
    const steps = say([0, download(0)], [10_000, download(100)], [10_100, download(0)], [12_100, download(50)]);
    expect(steps).toEqual([undefined, 0, undefined, 2000]);
    expect(say([0, download(90)], [5000, download(95, 400)], [7000, download(115, 400)]).at(-1)).toBe(28_500);
  });

  it('is not said where no size is known', () => {
    const pull = (done: number): Progress => ({ message: 'Pulling', done, unit: 'bytes' });
    expect(say([0, pull(0)], [5000, pull(70)])).toEqual([undefined, undefined]);
  });

  it('is nothing when more came than was told', () => expect(say([0, download(0)], [2000, download(120)])[1]).toBe(0));
});
