/** What a bench tells: each row is one figure of one contender, over the rounds of this run. */

export interface Row {
  bench: string;
  name: string;
  unit: string;
  median: number;
  min: number;
  max: number;
  rounds: number;
  /** What it is compared with: the name of another row of the same bench, and by how much it may differ. */
  against?: { name: string; ratio: number; target?: string };
}

export function row(bench: string, name: string, unit: string, samples: readonly number[]): Row {
  const median = percentile(samples, 0.5);
  return { bench, name, unit, median, min: Math.min(...samples), max: Math.max(...samples), rounds: samples.length };
}

/** The same row with its ratio to a peer's. */
export function against(mine: Row, peer: Row, target?: string): Row {
  const ratio = mine.median / peer.median;
  return { ...mine, against: { name: peer.name, ratio, ...(target === undefined ? {} : { target }) } };
}

/** Linear between ranks, so that the median of an even number of samples is their middle. */
export function percentile(samples: readonly number[], p: number): number {
  if (samples.length === 0) throw new Error('no samples');
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = p * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] as number;
  const above = sorted[Math.ceil(rank)] as number;
  return below + (above - below) * (rank - Math.floor(rank));
}

/** How long `work` takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ bench, name, unit, median, min, max, rounds, against }) => [
    bench,
    name,
    `${figure(median)} ${unit}`,
    `${figure(min)}–${figure(max)}`,
    String(rounds),
    against === undefined ? '' : `${against.ratio.toFixed(2)}× ${against.name}`,
    against?.target ?? '',
  ]);
  const lines = [['bench', 'what', 'median', 'min–max', 'n', 'ratio', 'target'], ...cells];
  const widths = (lines[0] as string[]).map((_, column) => Math.max(...lines.map(line => (line[column] ?? '').length)));
  return lines
    .map(line => line.map((cell, column) => cell.padEnd(widths[column] as number)).join('  '))
    .map(line => line.trimEnd())
    .join('\n');
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
