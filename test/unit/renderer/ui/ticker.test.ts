import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Ticker } from '../../../../renderer/ui/ticker.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('everything that counts down ticks together, on one timer', () => {
  const ticker = new Ticker(1000);
  const seen: string[] = [];
  const stopA = ticker.subscribe(() => seen.push(`a ${ticker.now()}`));
  const begun = ticker.now();
  vi.advanceTimersByTime(500);
  const stopB = ticker.subscribe(() => seen.push(`b ${ticker.now()}`));
  vi.advanceTimersByTime(500);
  expect(seen).toEqual([`a ${begun + 1000}`, `b ${begun + 1000}`]);
  expect(vi.getTimerCount()).toBe(1);
  stopA();
  stopB();
  expect(vi.getTimerCount()).toBe(0);
});

it('the time is true again after nobody looked for a while', () => {
  const ticker = new Ticker(1000);
  vi.advanceTimersByTime(60_000);
  const stop = ticker.subscribe(() => undefined);
  expect(ticker.now()).toBe(Date.now());
  stop();
});
