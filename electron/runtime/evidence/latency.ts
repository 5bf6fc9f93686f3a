/** The middle of `latencies`, of an even number the mean of both, to a tenth of a millisecond; null of none. */
export function medianMs(latencies: readonly number[]): number | null {
  if (latencies.length === 0) return null;
  const sorted = [...latencies].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] as number;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] as number;
  return Math.round(((lower + upper) / 2) * 10) / 10;
}
