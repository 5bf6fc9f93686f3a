import { useSyncExternalStore } from 'react';
import { Ticker } from './ticker.ts';

const seconds = new Ticker(1000);

/** The time now, epoch ms, each second; everything in the window that counts down ticks together. */
export function useSecond(): number {
  return useSyncExternalStore(seconds.subscribe, seconds.now);
}
