import type { RunRow } from '../../shared/contract/index.ts';
import { StatusMark } from '../ui/index.ts';
import { casePips } from './run-row.ts';

/** The cases of a run as shapes, with words for readers. */
export function Pips({ cases }: { cases: RunRow['cases'] }) {
  const { pips, more, text } = casePips(cases);
  if (cases.length === 0) return <span className="text-fg-3">none</span>;
  return (
    <span className="inline-flex items-center gap-0.5" role="img" aria-label={text} title={text}>
      {pips.map((status, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a case is its place.
        <StatusMark key={index} status={status} size={12} />
      ))}
      {more > 0 && <span className="pl-1 text-11 text-fg-2">+{more}</span>}
    </span>
  );
}
