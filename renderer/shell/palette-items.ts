import type { RunRow } from '../../shared/contract/index.ts';

/** One thing the palette offers. */
export interface PaletteItem {
  id: string;
  label: string;
  /** More words that find it. */
  detail: string;
  kbd?: string;
  act: () => void;
}

/** Those that have every word of `text` somewhere, the ones whose label begins with it first. */
export function matching(items: readonly PaletteItem[], text: string): PaletteItem[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...items];
  const found = items.filter(({ label, detail }) => {
    const all = `${label} ${detail}`.toLowerCase();
    return words.every(word => all.includes(word));
  });
  const begins = ({ label }: PaletteItem) => label.toLowerCase().startsWith(words[0] as string);
  return [...found.filter(begins), ...found.filter(item => !begins(item))];
}

/** The runs as things to go to, newest first. */
export function runItems(runs: readonly RunRow[], open: (runId: string) => void): PaletteItem[] {
  return runs.map(run => ({
    id: run.id,
    label: `${run.name} #${run.number}`,
    detail: [run.verdict ?? run.state, run.id, run.unit?.image_digest ?? ''].join(' '),
    act: () => open(run.id),
  }));
}
