import { describe, expect, it } from 'vitest';
import {
  type Box,
  type Check,
  countText,
  findBoxes,
  inPixels,
  quotedNames,
  rolesOf,
  scoreText,
  thresholdOf,
} from '../../../../renderer/outputs/boxes.ts';

const platformBox = (name: string, confidence: number) => ({
  class: { id: 16, name, confidence },
  rectangle: { x: 125, y: 208, width: 188, height: 335 },
});
const box = (name: string, score: number | null = 0.5): Box => ({ x: 1, y: 2, width: 30, height: 40, name, score });
const check = (expr: string, ok: boolean | null = true, severity: 'error' | 'warn' = 'error'): Check => ({
  expr,
  ok,
  severity,
});

describe('finding boxes in an output', () => {
  it('finds the platform’s bounding boxes in their order', () => {
    expect(findBoxes([platformBox('car', 0.56), platformBox('dog', 0.43)])).toEqual([
      { x: 125, y: 208, width: 188, height: 335, name: 'car', score: 0.56 },
      { x: 125, y: 208, width: 188, height: 335, name: 'dog', score: 0.43 },
    ]);
  });

  it('finds boxes inside of records and lists', () => {
    const value = { count: 1, frames: [{ found: { pets: [platformBox('dog', 0.43)] } }] };
    expect(findBoxes(value).map(each => each.name)).toEqual(['dog']);
  });

  it.each([
    [{ label: 'dog', score: 0.4, box: { x: 1, y: 2, w: 3, h: 4 } }],
    [{ label: 'dog', score: 0.4, bbox: [1, 2, 3, 4] }],
    [{ class: 'dog', confidence: 0.4, x: 1, y: 2, width: 3, height: 4 }],
    [{ name: 'dog', score: 0.4, rect: { left: 1, top: 2, right: 4, bottom: 6 } }],
    [{ label: 'dog', probability: 0.4, x1: 1, y1: 2, x2: 4, y2: 6 }],
  ])('takes near forms: %j', value => {
    expect(findBoxes([value])).toEqual([{ x: 1, y: 2, width: 3, height: 4, name: 'dog', score: 0.4 }]);
  });

  it('takes a box without a score or a name', () => {
    expect(findBoxes({ rectangle: { x: 1, y: 2, width: 3, height: 4 } })).toEqual([
      { x: 1, y: 2, width: 3, height: 4, name: '', score: null },
    ]);
  });

  it.each([
    [null],
    ['dog'],
    [{ x: 1, y: 2 }],
    [{ x: 1, y: 2, width: 3, height: 4 }],
    [{ box: [1, 2, 3] }],
    [{ label: 'dog', box: { x: 1, y: 2, width: -3, height: 4 } }],
    [[[0.1, 0.2, 0.3, 0.4]]],
  ])('takes %j for no box', value => {
    expect(findBoxes(value)).toEqual([]);
  });

  it('stops at a thousand boxes', () => {
    expect(findBoxes(Array.from({ length: 5000 }, () => platformBox('dog', 0.4)))).toHaveLength(1000);
  });

  it('reads fractions as fractions of the picture', () => {
    const fractions = [{ x: 0.5, y: 0.25, width: 0.25, height: 0.5, name: 'dog', score: null }];
    expect(inPixels(fractions, 768, 576)).toMatchObject([{ x: 384, y: 144, width: 192, height: 288 }]);
    expect(inPixels([box('dog')], 768, 576)).toEqual([box('dog')]);
  });
});

describe('which box an expectation speaks of', () => {
  const boxes = [box('car'), box('bicycle'), box('dog')];

  it('is the one whose class a check asks for', () => {
    expect(rolesOf(boxes, [check("output.exists(b, b.class.name == 'dog')")], '')).toEqual(['plain', 'plain', 'hit']);
  });

  it('is the wrong one when a failed check names it', () => {
    const checks = [check("output.exists(b, b.label == 'dog')"), check("output.all(b, b.label != 'car')", false)];
    expect(rolesOf(boxes, checks, '')).toEqual(['off', 'plain', 'hit']);
  });

  it('is wrong also when another check wants it', () => {
    const checks = [
      check("output[2].label == 'dog'"),
      check("output[2].label == 'dog' && output[2].score > 0.9", false),
    ];
    expect(rolesOf(boxes, checks, '')[2]).toBe('off');
  });

  it('stays the expected one when only a warning is not met', () => {
    expect(rolesOf(boxes, [check('output.exists(b, b.label == "dog")', false, 'warn')], '')[2]).toBe('hit');
  });

  it('is none that a check only forbids', () => {
    expect(rolesOf(boxes, [check("!output.exists(b, b.class.name in ['car', 'cat'])")], 'A car')[0]).toBe('plain');
  });

  it('is taken from the meaning when no check quotes a class', () => {
    expect(rolesOf(boxes, [check('output.size() == 3')], 'A Dog sits before a bicycle.')).toEqual([
      'plain',
      'hit',
      'hit',
    ]);
  });

  it('is the wanted one before the case ran', () => {
    expect(rolesOf(boxes, [check("output[0].label == 'dog'", null)], '')[2]).toBe('hit');
  });

  it('tells names that are asked for from those that are forbidden', () => {
    expect(quotedNames(`a.filter(b, b.name != 'dog').all(b, b.name == "big \\" cat")`)).toEqual({
      asked: ['big \\" cat'],
      forbidden: ['dog'],
    });
  });
});

describe('what stands under a picture', () => {
  it('counts the boxes over the score that the checks compare with', () => {
    const checks = [check("output.exists(b, b.class.name == 'dog' && b.class.confidence >= 0.3)")];
    expect(thresholdOf(checks)).toBe(0.3);
    expect(countText([box('dog', 0.43), box('cat', 0.2)], 0.3)).toBe('1 over .30');
  });

  it('counts all boxes when there is no such score', () => {
    expect(thresholdOf([check('output.size() == 1')])).toBeUndefined();
    expect(countText([box('dog')], undefined)).toBe('1 box');
    expect(countText([box('dog', null), box('cat')], 0.3)).toBe('2 boxes');
  });

  it('writes scores without a leading zero', () => {
    expect([scoreText(0.4312), scoreText(1)]).toEqual(['.43', '1.00']);
  });
});
