import { describe, expect, it } from 'vitest';
// @ts-expect-error The example is plain JavaScript without declarations.
import { decode, overlap, resize } from '../../../resources/examples/pets/src/detect.js';
// @ts-expect-error The example is plain JavaScript without declarations.
import { LABELS } from '../../../resources/examples/pets/src/labels.js';

const picture = (width: number, height: number, bytes: number[]) => ({
  width,
  height,
  format: 'RGB',
  data: Buffer.from(bytes),
});

describe('resize', () => {
  it('keeps a picture that has the size already', () => {
    const bytes = [0, 1, 2, 50, 51, 52, 100, 101, 102, 255, 254, 253];
    expect([...resize(picture(2, 2, bytes), 2)]).toEqual(bytes);
  });

  it('mixes neighbours by the distance of their centres', () => {
    const red = [...resize(picture(2, 1, [0, 0, 0, 100, 0, 0]), 4)].filter((_, at) => at % 3 === 0);
    expect(red.slice(0, 4)).toEqual([0, 25, 75, 100]);
    expect(red.slice(12)).toEqual([0, 25, 75, 100]);
  });

  it('mixes rows as it mixes columns and keeps the channels apart', () => {
    expect([...resize(picture(2, 2, [0, 10, 20, 40, 10, 20, 80, 10, 20, 120, 10, 20]), 1)]).toEqual([60, 10, 20]);
  });

  it('refuses what is not RGB and data of another size', () => {
    expect(() => resize({ ...picture(1, 1, [1, 2, 3]), format: 'BGR' }, 1)).toThrow('expected an RGB picture, got BGR');
    expect(() => resize(picture(2, 1, [1, 2, 3]), 1)).toThrow('2 × 1 RGB needs 6 bytes, got 3');
  });
});

describe('decode', () => {
  const size = { width: 768, height: 576 };

  it('gives boxes in pixels of the picture', () => {
    const [dog] = decode([128, 256, 256, 512, 0.5, 16], size, 0.3);
    expect(dog).toEqual({
      class: { id: 16, name: 'dog', confidence: 0.5 },
      rectangle: { x: 192, y: 288, width: 192, height: 288 },
    });
  });

  it('sorts by confidence and leaves out what is below the score', () => {
    const rows = [0, 0, 100, 100, 0.4, 16, 200, 0, 300, 100, 0.9, 2, 0, 300, 100, 400, 0.29, 15];
    expect(decode(rows, size, 0.3).map((box: { class: { name: string } }) => box.class.name)).toEqual(['car', 'dog']);
  });

  it('drops a near duplicate of the same class only', () => {
    const rows = [
      0, 0, 100, 100, 0.4, 16, 2, 2, 100, 100, 0.6, 16, 0, 0, 100, 100, 0.5, 17, 90, 90, 200, 200, 0.35, 16,
    ];
    const found = decode(rows, size, 0.3).map((box: { class: { confidence: number } }) => box.class.confidence);
    expect(found).toEqual([0.6, 0.5, 0.35]);
  });

  it('clips to the picture, and leaves out empty boxes, unknown classes and NaN', () => {
    const rows = [-20, -20, 512, 600, 0.9, 0, 50, 50, 50, 90, 0.9, 0, 0, 0, 9, 9, 0.9, 80, 0, 0, 9, 9, Number.NaN, 0];
    const boxes = decode(rows, size, 0.3);
    expect(boxes).toHaveLength(1);
    expect(boxes[0].rectangle).toEqual({ x: 0, y: 0, width: 768, height: 576 });
  });
});

it('overlap is the shared part of both areas', () => {
  const square = { x: 0, y: 0, width: 10, height: 10 };
  expect(overlap(square, square)).toBe(1);
  expect(overlap(square, { x: 5, y: 0, width: 10, height: 10 })).toBeCloseTo(1 / 3);
  expect(overlap(square, { x: 10, y: 0, width: 10, height: 10 })).toBe(0);
});

it('has the 80 classes of COCO in their order', () => {
  expect(LABELS).toHaveLength(80);
  expect(new Set(LABELS).size).toBe(80);
  expect([LABELS[0], LABELS[14], LABELS[16], LABELS[17], LABELS[79]]).toEqual([
    'person',
    'bird',
    'dog',
    'horse',
    'toothbrush',
  ]);
});
