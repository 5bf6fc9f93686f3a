import { describe, expect, it } from 'vitest';
import { heightOf, rowsInSight, topToShow } from '../../../../renderer/ui/rows-in-sight.ts';

const view = { count: 10_000, rowHeight: 20, padding: 4, top: 0, height: 400 };

describe('the rows of a long list', () => {
  it('are made where they are in sight, and a few beyond', () => {
    expect(rowsInSight(view)).toEqual({ from: 0, to: 33, slots: 33 });
    const { from, to } = rowsInSight({ ...view, top: 100_000 });
    expect(from).toBeLessThan(5000);
    expect(to).toBeGreaterThan(5020);
    expect(to - from).toBe(33);
  });

  it('end with the last, however far it is scrolled', () => {
    expect(rowsInSight({ ...view, top: 9_999_999 }).to).toBe(10_000);
    expect(rowsInSight({ ...view, count: 3 })).toMatchObject({ from: 0, to: 3 });
    expect(rowsInSight({ ...view, count: 0 })).toMatchObject({ from: 0, to: 0 });
  });

  it('take their room, and that above and below', () => {
    expect(heightOf(view)).toBe(200_008);
  });
});

describe('a row that is to be seen', () => {
  it('does not move the list when it can be', () => {
    expect(topToShow(0, view)).toBe(0);
    expect(topToShow(18, view)).toBe(0);
  });

  it('comes to the edge when it is the next one', () => {
    expect(topToShow(20, view)).toBe(24);
    expect(topToShow(99, { ...view, top: 2004 })).toBe(1984);
  });

  it('comes to the middle when it is farther away', () => {
    expect(topToShow(5000, view)).toBe(4 + 5000 * 20 - 190);
    expect(topToShow(9999, view)).toBe(heightOf(view) - 400);
    expect(topToShow(0, { ...view, top: 5000 })).toBe(0);
  });
});
