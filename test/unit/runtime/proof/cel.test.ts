import { describe, expect, it } from 'vitest';
import { evaluate, isStructural, parseExpression, toCel } from '../../../../electron/runtime/proof/cel.ts';
import { parseType } from '../../../../shared/types/parse.ts';
import { toWireType } from '../../../../shared/types/wire.ts';

const typed = (value: unknown, type: string) => toCel(value, toWireType(parseType(type)));
const holds = (expression: string, value: unknown = null, type = 't') => {
  const output = typed(value, type);
  return evaluate(expression, output, [output]);
};

describe('expressions', () => {
  it.each([
    '2 * 1.5 == 3.0',
    '2 * 1.5 == 3',
    '1 == 1.0',
    '1.5 * 2 == 3.0',
    '1 + 0.5 == 1.5',
    '3 - 0.5 == 2.5',
    '1 / 2.0 == 0.5',
    '1.0 / 2 == 0.5',
    '2 * 1.5 > 2',
    '7 / 2 == 3',
  ])('mix ints and doubles: %s', expression => {
    expect(parseExpression(expression)).toBeUndefined();
    expect(holds(expression)).toBe(true);
  });

  it('mix ints and doubles of the output, by its type', () => {
    const box = { x: 1, y: 2, width: 640, height: 1.5 };
    for (const expression of [
      '2 * output.width == 1280',
      '2*output.width == 1280.0',
      'output.width / 2 == 320',
      'output.x + output.width <= 641',
      'output.height > 1',
    ])
      expect(holds(expression, box, 'Rectangle<Double>'), expression).toBe(true);
    expect(holds('output.width / 3 == 213', { ...box, height: 1 }, 'Rectangle<Int32>')).toBe(true);
    expect(holds('2 * output.width == 1281', box, 'Rectangle<Double>')).toBe(false);
  });

  it('look at text, lists, presence and all frames', () => {
    const output = [{ label: 'dog', confidence: 0.9 }];
    for (const expression of [
      'output.size() == 1',
      'output.exists(each, each.label == "dog" && each.confidence > 0.5)',
      'output.all(each, has(each.label))',
      'outputs.size() == 1',
      'output[0].label.matches("^d.g$")',
    ])
      expect(holds(expression, output, '[{label: String, confidence: Double}]'), expression).toBe(true);
  });

  it('that are neither true nor false, or that fail, are errors', () => {
    expect(() => holds('1 + 1')).toThrow('not true or false');
    expect(() => holds('output.label', { label: 'dog' }, '{label: String}')).toThrow('not true or false');
    expect(() => holds('output[3] == 1', [1], '[Int32]')).toThrow();
    expect(() => holds('output.nothing == 1', { a: 1 }, '{a: Int32}')).toThrow();
  });

  it.each(['output ==', '1 +', 'nosuch == 1', 'output.size(', '1 + "a" == 2', ''])(
    '"%s" is wrong as it stands',
    expression => {
      expect(parseExpression(expression)).toEqual(expect.any(String));
      expect(parseExpression(expression)).not.toContain('\n');
    },
  );
});

describe('values as expressions see them', () => {
  it.each([
    [5, 'Int32', 5n],
    ['18446744073709551615', 'UInt64', 18446744073709551615n],
    [5, 'Double', 5],
    ['NaN', 'Float', Number.NaN],
    ['-Infinity', 'Double', Number.NEGATIVE_INFINITY],
    ['AAEC', 'Bytes', Uint8Array.from([0, 1, 2])],
    ['5', 'String', '5'],
    [true, 'Bool', true],
    [null, 'Maybe<Int32>', null],
    [5, 'Maybe<Int32>', 5n],
    [[1, 2], '[Int64]', [1n, 2n]],
    [[1, 2], '(Int32, Double)', [1n, 2]],
    [{ x: 1, y: 2 }, 'Point<Double>', { x: 1, y: 2 }],
    [{ a: [1, 1.5, 'x', null] }, 't', { a: [1n, 1.5, 'x', null] }],
    [[1, 'a'], '[Int32 | String]', [1n, 'a']],
  ])('%j of type %s', (value, type, seen) => {
    expect(typed(value, type)).toEqual(seen);
  });
});

describe('expressions that look at shape alone', () => {
  it.each(['size(output) > 0', 'has(output.label)', 'type(output) == list', 'size(output.boxes) >= 1', 'true'])(
    '%s',
    expression => expect(isStructural(expression)).toBe(true),
  );

  it.each([
    'output[0].label == "dog"',
    'output.size() == 1 && output[0].label == "dog"',
    'output.exists(each, each.label == "dog")',
    'output.filter(each, each.label == "dog").size() == 1',
    'outputs[1] == output',
  ])('are not: %s', expression => expect(isStructural(expression)).toBe(false));

  it.each(['output.size() == 1', 'outputs.size() == 2', 'output.boxes[0].size() > 0'])('%s', expression =>
    expect(isStructural(expression)).toBe(true),
  );

  it('are not those that count what has a meaning', () => {
    expect(isStructural('size(output.filter(each, each.label == "dog")) == 1')).toBe(false);
  });
});
