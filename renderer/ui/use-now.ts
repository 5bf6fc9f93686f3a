import { useSyncExternalStore } from 'react';
import { Ticker } from './ticker.ts';

const tickers = new Map<number, Ticker>();

/** The time now, epoch ms, again at every interval; what ticks at the same interval ticks together. */
export function useNow(everyMs: number): number {
  let ticker = tickers.get(everyMs);
  if (ticker === undefined) {
    ticker = new Ticker(everyMs);
    tickers.set(everyMs, ticker);
  }
  return useSyncExternalStore(ticker.subscribe, ticker.now);
}
