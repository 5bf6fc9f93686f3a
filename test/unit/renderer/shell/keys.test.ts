import { expect, test } from 'vitest';
import { keyGroups, keyLine } from '../../../../renderer/shell/keys.ts';

test('every screen’s key line ends with the way to all keys', () => {
  for (const pathname of ['/runs', '/runs/new', '/runs/run_1', '/runtime', '/leases'])
    expect(keyLine(pathname).at(-1)).toEqual({ keys: ['?'], text: 'all keys' });
});

test('a key of the key line is among all keys', () => {
  const known = new Set(keyGroups.flatMap(({ keys }) => keys.flatMap(each => each.keys)));
  for (const { keys } of keyLine('/runs/run_1')) for (const key of keys) expect(known).toContain(key);
});
