import { expect, test } from 'vitest';
import { type Labelled, labelHeight, labelPlaces } from '../../../../renderer/outputs/label-places.ts';

const frame = { width: 400, height: 300 };
const box = (x: number, y: number, width = 100, height = 100): Labelled => ({ x, y, width, height, labelWidth: 60 });

test('a label stands above its box, and inside where the picture ends', () => {
  expect(labelPlaces([box(50, 100)], frame)).toEqual([{ left: 50, top: 80 }]);
  expect(labelPlaces([box(50, 0)], frame)).toEqual([{ left: 50, top: 0 }]);
  expect(labelPlaces([box(390, 100)], frame)[0]?.left).toBe(340);
});

test('labels of boxes that nearly coincide do not cover each other', () => {
  const places = labelPlaces([box(50, 100), box(52, 102), box(54, 101), box(51, 103)], frame);
  for (const [index, place] of places.entries())
    for (const other of places.slice(index + 1))
      expect(Math.abs(place.top - other.top)).toBeGreaterThanOrEqual(labelHeight);
});

test('where no place is free a label is shown all the same', () => {
  const places = labelPlaces(
    Array.from({ length: 12 }, () => box(50, 100)),
    frame,
  );
  expect(places).toHaveLength(12);
  expect(places.at(-1)).toEqual({ left: 50, top: 80 });
});
