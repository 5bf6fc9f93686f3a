import { describe, expect, it } from 'vitest';
import { parseType } from '../../../../shared/types/parse.ts';
import { checkValue } from '../../../../shared/types/value.ts';
import { toWireType } from '../../../../shared/types/wire.ts';

describe('values against types', () => {
  it.each([
    [{ width: 2, height: '18446744073709551615', format: 'RGB', data: 'AAEC' }, 'Image'],
    [null, 'Maybe<Image>'],
    [[null, 1], '[Maybe<Int32>]'],
    [[1, 'a'], '(Int32, String)'],
    ['x', 'Int32 | String'],
    [{ anything: 1 }, 't'],
    ['Infinity', 'Double'],
  ])('%j is of type %s', (value, type) => {
    expect(() => checkValue(value, parseType(type))).not.toThrow();
  });

  it.each([
    [{ width: 2, height: 1, format: 'RGB' }, 'Image', 'value.data'],
    [{ width: -2, height: 1, format: 'RGB', data: '' }, 'Image', 'value.width'],
    [[{ x: 1, y: 'a' }], '[Point<Double>]', 'value[0].y'],
    [[1, 2, 3], '(Int32, Int32)', 'value'],
    [{}, '{a: Int32}', 'value.a'],
    [{ a: 1, b: 2 }, '{a: Int32}', 'value'],
    [null, 'Image', 'value'],
    [[], '{}', 'value'],
    ['abc', 'Bytes', 'value'],
    [true, 'Int32 | String', 'value'],
    [2 ** 53, 'Int64', 'value'],
    ['5', 'Int64', 'value'],
    ['-0', 'Int64', 'value'],
    ['5', 'Int32', 'value'],
    [{}, '{toString: t}', 'value.toString'],
    [Number.NaN, 'Double', 'value'],
    [[Number.NaN], 't', 'value'],
  ])('%j is not of type %s: %s', (value, type, path) => {
    expect(() => checkValue(value, parseType(type))).toThrow(
      expect.objectContaining({
        code: 'value_invalid',
        details: expect.objectContaining({ path }),
      }),
    );
  });

  it('says which value, cut to what one can read', () => {
    expect(() => checkValue('x'.repeat(500), parseType('Int32'), 'parameter size')).toThrow(
      /^parameter size is not of type Int32: "x{79}…\.$/,
    );
  });
});

describe('types as components are told them', () => {
  const image = { record: { width: 'UInt64', height: 'UInt64', format: 'String', data: 'Bytes' } };

  it.each([
    ['Image', image],
    ['Maybe<Image>', { maybe: image }],
    ['t', 'any'],
    [
      '[BoundingBox]',
      {
        list: {
          record: {
            class: { record: { id: 'Int32', name: 'String', confidence: 'Double' } },
            rectangle: { record: { x: 'Double', y: 'Double', width: 'Double', height: 'Double' } },
          },
        },
      },
    ],
    ['Image | Int32', { union: [{ name: 'Image', type: image }, { type: 'Int32' }] }],
    ['(Int32, [t])', { tuple: ['Int32', { list: 'any' }] }],
  ])('%s', (type, wire) => {
    expect(toWireType(parseType(type))).toEqual(wire);
  });

  it('refuses to write out a type that is four times as large at each level', () => {
    const nested = `${'Rectangle<'.repeat(40)}Int32${'>'.repeat(40)}`;
    expect(() => toWireType(parseType(nested))).toThrow(expect.objectContaining({ code: 'type_invalid' }));
  });
});
