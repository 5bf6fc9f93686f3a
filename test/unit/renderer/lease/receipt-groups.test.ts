import { describe, expect, it } from 'vitest';
import { countsLine, groupReceipt, receiptLine } from '../../../../renderer/lease/receipt-groups.ts';
import type { Receipt } from '../../../../shared/contract/index.ts';

const empty: Receipt = { removed: [], saved: [], kept: [], failed: [] };

describe('a receipt', () => {
  it('groups what was removed by kind, what could not be removed first', () => {
    const parts = groupReceipt({
      ...empty,
      removed: [
        { kind: 'file', id: 'fil_1', name: 'dog.jpg' },
        { kind: 'container', id: 'ctr_1' },
        { kind: 'container', id: 'ctr_2' },
      ],
      failed: [{ kind: 'network', id: 'net_1', reason: 'it has active endpoints' }],
    });
    expect(parts.map(({ title, count }) => [title, count])).toEqual([
      ['Could not be removed', 1],
      ['Removed', 3],
    ]);
    expect(parts[1]?.groups.map(({ label }) => label)).toEqual(['2 containers', '1 fixture']);
    expect(parts[0]?.groups[0]?.items[0]?.reason).toBe('it has active endpoints');
  });

  it('counts a thing once that two passes removed', () => {
    const twice = { kind: 'container' as const, id: 'ctr_1' };
    expect(receiptLine({ ...empty, removed: [twice, twice] })).toBe('1 removed');
  });

  it('is told in a line', () => {
    const receipt = {
      ...empty,
      removed: [{ kind: 'container' as const, id: 'ctr_1' }],
      kept: [{ kind: 'version' as const, id: 'ver_1' }],
    };
    expect(receiptLine(receipt)).toBe('1 removed, 1 kept');
    expect(receiptLine(empty)).toBe('It owned nothing');
  });
});

it('what a lease owns is told in counts', () => {
  const owned = ['fil_1', 'fil_2'].map(id => ({ kind: 'file' as const, id }));
  expect(countsLine([...owned, { kind: 'deployment', id: 'dep_1' }])).toBe('1 deployment, 2 fixtures');
});
