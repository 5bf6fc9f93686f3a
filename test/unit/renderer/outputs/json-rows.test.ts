import { describe, expect, it } from 'vitest';
import {
  closeRow,
  findInJson,
  type JsonRow,
  lineStarts,
  openRow,
  parentIndex,
  pathOf,
  pathText,
  reveal,
  rowsOf,
  valueText,
} from '../../../../renderer/outputs/json-rows.ts';

const pets = [{ class: { name: 'dog', confidence: 0.43 }, tags: [] }];
const shown = (rows: readonly JsonRow[]) => rows.map(row => pathText(pathOf(row)));

describe('a JSON document as a tree', () => {
  it('shows a small document whole', () => {
    expect(shown(rowsOf(pets))).toEqual([
      'output',
      'output[0]',
      'output[0].class',
      'output[0].class.name',
      'output[0].class.confidence',
      'output[0].tags',
    ]);
  });

  it('shows a scalar', () => {
    expect(rowsOf('dog').map(valueText)).toEqual(['"dog"']);
    expect(rowsOf(null).map(valueText)).toEqual(['null']);
  });

  it('closes a row with all that is below it, and opens it again', () => {
    const rows = rowsOf(pets);
    const closed = closeRow(rows, 2);
    expect(shown(closed)).toEqual(['output', 'output[0]', 'output[0].class', 'output[0].tags']);
    expect(shown(openRow(closed, 2))).toEqual(shown(rows));
  });

  it('leaves alone what cannot be opened', () => {
    const rows = rowsOf(pets);
    expect(openRow(rows, 3)).toBe(rows);
    expect(openRow(rows, 5)).toBe(rows);
    expect(closeRow(rows, 99)).toBe(rows);
  });

  it('goes from a row to its parent', () => {
    const rows = rowsOf(pets);
    expect(parentIndex(rows, 5)).toBe(1);
    expect(parentIndex(rows, 4)).toBe(2);
    expect(parentIndex(rows, 0)).toBe(-1);
  });

  it('says how much is in a list or record', () => {
    expect(rowsOf(pets).map(valueText)).toEqual(['[1 item]', '{2 fields}', '{2 fields}', '"dog"', '0.43', '[]']);
  });

  it('cuts long text and says how long it is', () => {
    expect(valueText(rowsOf('x'.repeat(5000))[0] as JsonRow)).toMatch(/^"x{400}"… 5,000 characters$/);
  });

  it('opens long lists in ranges of a thousand', () => {
    const rows = rowsOf(Array.from({ length: 2500 }, (_, at) => at));
    expect(rows.map(valueText)).toEqual(['[2,500 items]', '[0 … 999]', '[1000 … 1999]', '[2000 … 2499]']);
    const opened = openRow(rows, 3);
    expect(opened).toHaveLength(504);
    expect(pathText(pathOf(opened[4] as JsonRow))).toBe('output[2000]');
  });

  it('writes paths as an expectation does', () => {
    expect(pathText(['pets', 0, 'full name', 'x_1'])).toBe('output.pets[0]["full name"].x_1');
  });
});

describe('searching a JSON document', () => {
  it('finds keys and values in their order, the case of letters aside', () => {
    expect(findInJson({ Dog: 1, pets: ['dog', 'cat', { hotdog: true }] }, 'DOG')).toEqual([
      ['Dog'],
      ['pets', 0],
      ['pets', 2, 'hotdog'],
    ]);
  });

  it('finds nothing for nothing, and no more than it was asked for', () => {
    expect(findInJson(pets, '')).toEqual([]);
    expect(
      findInJson(
        Array.from({ length: 50 }, () => 'dog'),
        'dog',
        10,
      ),
    ).toHaveLength(10);
  });

  it('opens what is in the way of a place, ranges too', () => {
    const value = { list: Array.from({ length: 3000 }, (_, at) => ({ id: at })) };
    const { rows, index } = reveal(rowsOf(value), ['list', 2001, 'id']);
    expect(pathText(pathOf(rows[index] as JsonRow))).toBe('output.list[2001].id');
    expect(rows[index]?.value).toBe(2001);
    expect(reveal(rows, ['list', 9000]).index).toBe(-1);
  });

  it('shows few rows of a document of five megabytes', () => {
    const text = JSON.stringify(
      Array.from({ length: 60_000 }, (_, id) => ({ id, name: `dog ${id}`, at: [id, id + 0.5], note: 'x'.repeat(30) })),
    );
    expect(text.length).toBeGreaterThan(5_000_000);
    const value: unknown = JSON.parse(text);
    const { rows, index } = reveal(rowsOf(value), findInJson(value, 'dog 59999')[0] ?? []);
    expect(rows[index]?.value).toBe('dog 59999');
    expect(rows.length).toBeLessThan(2000);
  });
});

describe('an output as text', () => {
  it('begins a line at each line of the text and wherever one is too long', () => {
    expect(lineStarts('{\n  "a": 1\n}', 4)).toEqual([0, 2, 6, 11]);
    expect(lineStarts('abcdefgh', 4)).toEqual([0, 4]);
    expect(lineStarts('', 4)).toEqual([0]);
  });
});
