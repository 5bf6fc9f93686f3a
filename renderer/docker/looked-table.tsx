import type { EngineLook } from '../../shared/contract/index.ts';
import { StatusText } from '../ui/index.ts';
import { lookRow } from './engine-words.ts';

/** Every place where an engine was looked for, in the order in which they decide. */
export function LookedTable({ looked }: { looked: readonly EngineLook[] }) {
  return (
    <section className="flex-none overflow-hidden rounded-3 border border-line" aria-label="Where it looked">
      <header className="flex h-9 items-center gap-2 border-line border-b px-4">
        <h3 className="font-semibold text-12">Where it looked</h3>
        <span className="text-11 text-fg-3">in this order</span>
      </header>
      {looked.length === 0 ? (
        <p className="px-4 py-3 text-12 text-fg-2">Nowhere yet.</p>
      ) : (
        <table className="w-full table-fixed border-collapse text-12">
          <colgroup>
            <col className="w-44" />
            <col />
            <col className="w-40" />
          </colgroup>
          <thead className="sr-only">
            <tr>
              <th scope="col">Place</th>
              <th scope="col">What it says</th>
              <th scope="col">Outcome</th>
            </tr>
          </thead>
          <tbody>
            {looked.map(lookRow).map(({ place, value, detail, word }) => (
              <tr key={`${place} ${value}`} className="h-9 border-line not-last:border-b">
                <th scope="row" className="py-2 pr-2 pl-4 text-left align-top font-medium">
                  {place}
                </th>
                <td className="selectable wrap-anywhere px-2 py-2 align-top font-mono text-fg-2">
                  {value}
                  {detail !== '' && <div className="text-11 text-fg-3">{detail}</div>}
                </td>
                <td className="py-2 pr-4 pl-2 align-top">
                  <StatusText status={word.status}>{word.text}</StatusText>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
