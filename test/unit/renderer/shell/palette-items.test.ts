import { expect, test } from 'vitest';
import { matching, type PaletteItem } from '../../../../renderer/shell/palette-items.ts';

const item = (label: string, detail = ''): PaletteItem => ({ id: label, label, detail, act: () => {} });
const items = [item('New run', 'from a manifest'), item('Runs', 'Screen'), item('pets #4', 'pass run_1')];
const labels = (text: string) => matching(items, text).map(({ label }) => label);

test('without words everything is offered', () => {
  expect(labels('  ')).toEqual(['New run', 'Runs', 'pets #4']);
});

test('every word must be somewhere, whatever its case', () => {
  expect(labels('MANIFEST new')).toEqual(['New run']);
  expect(labels('pets mismatch')).toEqual([]);
});

test('what begins with the word comes first', () => {
  expect(labels('run')).toEqual(['Runs', 'New run', 'pets #4']);
});
