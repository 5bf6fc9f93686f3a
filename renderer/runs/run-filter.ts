import type { RunRow } from '../../shared/contract/index.ts';
import { isLive, rowStatus } from './run-row.ts';

export type Segment = 'all' | 'live' | 'pass' | 'mismatch' | 'fail';

export interface RunFilter {
  text: string;
  segment: Segment;
  /** Display name of a component; null for any. */
  unit: string | null;
  newestFirst: boolean;
}

/** Nothing is left out. */
export const everything: RunFilter = { text: '', segment: 'all', unit: null, newestFirst: true };

/** The rows to show in their order, and how many each segment would show under the same text and unit. */
export function filterRuns(
  rows: readonly RunRow[],
  filter: RunFilter,
): { rows: RunRow[]; counts: Record<Segment, number> } {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter(row => {
    if (filter.unit !== null && row.unit?.component !== filter.unit) return false;
    const text = haystack(row);
    return words.every(word => text.includes(word));
  });
  const of = (segment: Segment) => found.filter(row => isIn(row, segment));
  const shown = of(filter.segment).sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
  return {
    rows: filter.newestFirst ? shown : shown.reverse(),
    counts: {
      all: found.length,
      live: of('live').length,
      pass: of('pass').length,
      mismatch: of('mismatch').length,
      fail: of('fail').length,
    },
  };
}

/** The components that were under test, by name, each once. */
export function unitsOf(rows: readonly RunRow[]): string[] {
  const names = new Set(rows.flatMap(({ unit }) => (unit === null ? [] : [unit.component])));
  return [...names].sort((a, b) => a.localeCompare(b));
}

function isIn(row: RunRow, segment: Segment): boolean {
  if (segment === 'all') return true;
  return segment === 'live' ? isLive(row) : rowStatus(row).status === segment;
}

function haystack(row: RunRow): string {
  return [
    `${row.name} #${row.number}`,
    row.id,
    row.evidence_id ?? '',
    row.unit === null ? '' : `${row.unit.component} ${row.unit.version_id} ${row.unit.image_digest}`,
    ...row.cases.map(({ name }) => name),
  ]
    .join('\n')
    .toLowerCase();
}
