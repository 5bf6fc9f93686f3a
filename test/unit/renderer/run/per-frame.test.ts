import { expect, it } from 'vitest';
import { perFrame } from '../../../../renderer/run/per-frame.ts';

function handed() {
  const values: number[] = [];
  const frames: (() => void)[] = [];
  const moves = perFrame<number>(
    value => values.push(value),
    callback => frames.push(callback),
  );
  return { values, moves, frame: () => frames.splice(0).map(callback => callback()) };
}

it('hands on the last move of a frame, once', () => {
  const { values, moves, frame } = handed();
  moves.push(1);
  moves.push(2);
  expect(values).toEqual([]);
  frame();
  frame();
  moves.push(3);
  frame();
  expect(values).toEqual([2, 3]);
});

it('hands on at once what waits when the drag ends, and nothing after', () => {
  const { values, moves, frame } = handed();
  moves.push(1);
  moves.flush();
  moves.flush();
  frame();
  expect(values).toEqual([1]);
});
