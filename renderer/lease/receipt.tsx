import type { Receipt as ReceiptData } from '../../shared/contract/index.ts';
import { CopyButton, StatusText, shortId, Tooltip } from '../ui/index.ts';
import { groupReceipt, type ReceiptPart, receiptLine } from './receipt-groups.ts';

/** How a lease ended: what was removed, saved and kept, and what could not be removed and why. */
export function Receipt({ receipt }: { receipt: ReceiptData }) {
  const parts = groupReceipt(receipt);
  if (parts.length === 0) return <p className="text-13 text-fg-2">It owned nothing.</p>;
  return (
    <div className="grid gap-3">
      <div className="flex items-center gap-2">
        <p className="flex-1 text-13 text-fg-2">{receiptLine(receipt)}.</p>
        <CopyButton text={JSON.stringify(receipt, null, 2)} label="Copy the receipt" />
      </div>
      {receipt.failed.length > 0 && (
        <p className="text-12 text-fg-2">What could not be removed is tried again until it is gone.</p>
      )}
      <div className="overflow-hidden rounded-3 border border-line">
        <table className="w-full table-fixed border-collapse text-12">
          <thead>
            <tr className="h-8 border-line border-b text-left text-11 text-fg-2">
              <th scope="col" className="w-[132px] px-3 font-medium">
                What
              </th>
              <th scope="col" className="px-3 font-medium">
                Which
              </th>
            </tr>
          </thead>
          {parts.map(part => (
            <Part key={part.end} part={part} />
          ))}
        </table>
      </div>
    </div>
  );
}

function Part({ part: { title, status, count, groups } }: { part: ReceiptPart }) {
  return (
    <tbody className="border-line not-last:border-b">
      <tr className="h-8 bg-sunken [--ground:var(--bg-sunken)]">
        <th scope="rowgroup" colSpan={2} className="px-3 text-left">
          <StatusText status={status}>
            {title} <span className="font-normal text-fg-2">{count}</span>
          </StatusText>
        </th>
      </tr>
      {groups.map(({ kind, label, items }) => (
        <tr key={kind} className="border-line border-t">
          <th scope="row" className="px-3 py-2 text-left align-top font-medium">
            {label}
          </th>
          <td className="px-3 py-2">
            <ul className="grid gap-1">
              {items.map(({ id, name, reason }) => (
                <li key={id} className="min-w-0">
                  <Tooltip text={id}>
                    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the whole id is told on focus */}
                    <span tabIndex={0} role="note" className="selectable rounded-1 font-mono text-fg-2">
                      {name == null || name === '' ? shortId(id) : name}
                    </span>
                  </Tooltip>
                  {reason !== undefined && <p className="selectable break-words text-fail">{reason}</p>}
                </li>
              ))}
            </ul>
          </td>
        </tr>
      ))}
    </tbody>
  );
}
