const firstMs = 1000;

/** How long to wait, in milliseconds, before what failed so many times is tried again: a second at first, then twice as long each time, `lastMs` at most. */
export function backoffMs(failures: number, lastMs: number): number {
  return Math.min(firstMs * 2 ** (failures - 1), lastMs);
}
