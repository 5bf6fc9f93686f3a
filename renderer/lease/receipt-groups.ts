import type { Receipt, ReceiptItem } from '../../shared/contract/index.ts';
import type { Status } from '../ui/status.tsx';

/** Things of one kind that met the same end. */
export interface ReceiptGroup {
  kind: ReceiptItem['kind'];
  /** Such as `3 containers`. */
  label: string;
  items: ReceiptItem[];
}

/** A part of a receipt: one end, and what met it. */
export interface ReceiptPart {
  end: keyof Receipt;
  title: string;
  status: Status;
  count: number;
  groups: ReceiptGroup[];
}

const ends: readonly { end: keyof Receipt; title: string; status: Status }[] = [
  { end: 'failed', title: 'Could not be removed', status: 'fail' },
  { end: 'removed', title: 'Removed', status: 'pass' },
  { end: 'saved', title: 'Saved', status: 'pass' },
  { end: 'kept', title: 'Kept', status: 'pass' },
];

const names: Record<ReceiptItem['kind'], [one: string, more: string]> = {
  deployment: ['deployment', 'deployments'],
  container: ['container', 'containers'],
  network: ['network', 'networks'],
  volume: ['volume', 'volumes'],
  image: ['image', 'images'],
  backend: ['graph', 'graphs'],
  version: ['prerelease', 'prereleases'],
  file: ['fixture', 'fixtures'],
};
const order = Object.keys(names) as ReceiptItem['kind'][];

/** Things by kind, each once however often it is named. */
export function groupItems(items: readonly ReceiptItem[]): ReceiptGroup[] {
  return order.flatMap(kind => {
    const found = new Map(items.filter(item => item.kind === kind).map(item => [item.id, item]));
    if (found.size === 0) return [];
    return [{ kind, label: `${found.size} ${names[kind][found.size === 1 ? 0 : 1]}`, items: [...found.values()] }];
  });
}

/** A receipt as the table shows it: what failed first; ends that nothing met are left out. */
export function groupReceipt(receipt: Receipt): ReceiptPart[] {
  return ends.flatMap(({ end, title, status }) => {
    const groups = groupItems(receipt[end]);
    if (groups.length === 0) return [];
    return [{ end, title, status, count: groups.reduce((sum, { items }) => sum + items.length, 0), groups }];
  });
}

/** Things in a line: `3 containers, 1 network`. */
export function countsLine(items: readonly ReceiptItem[]): string {
  return groupItems(items)
    .map(({ label }) => label)
    .join(', ');
}

/** A receipt in a line: `5 removed, 1 kept`. */
export function receiptLine(receipt: Receipt): string {
  const parts = groupReceipt(receipt);
  if (parts.length === 0) return 'It owned nothing';
  return parts.map(({ count, title }) => `${count} ${title.toLowerCase()}`).join(', ');
}
