import { describe, expect, it } from 'vitest';
import { defaultValue, parseLiteral, printLiteral } from '../../../../shared/types/literal.ts';
import { parseType } from '../../../../shared/types/parse.ts';

const read = (text: string, type: string) => parseLiteral(text, parseType(type));

describe('literals', () => {
  it.each([
    ['"plain"', 'String', 'plain'],
    ['"a \\"quote\\", a \\\\, a \\n and \\u00e9"', 'String', 'a "quote", a \\, a \n and é'],
    ['""', 'String', ''],
    ['"é"', 'Char', 'é'],
    ['"😀"', 'Char', '😀'],
    ['true', 'Bool', true],
    ['-2147483648', 'Int32', -2147483648],
    ['2147483647', 'Int32', 2147483647],
    ['4294967295', 'UInt32', 4294967295],
    ['9007199254740991', 'Int64', 9007199254740991],
    ['9007199254740993', 'Int64', '9007199254740993'],
    ['-9223372036854775808', 'Int64', '-9223372036854775808'],
    ['9223372036854775807', 'Int64', '9223372036854775807'],
    ['18446744073709551615', 'UInt64', '18446744073709551615'],
    ['-2.5e3', 'Double', -2500],
    ['NaN', 'Double', 'NaN'],
    ['-Infinity', 'Float', '-Infinity'],
    ['"AAEC"', 'Bytes', 'AAEC'],
    ['[1, 2, ]', '[Int32]', [1, 2]],
    ['[]', '[Image]', []],
    ['(1, "a")', '(Int32, String)', [1, 'a']],
    ['(1,)', '(Int32,)', [1]],
    ['{y: 2.5, x: 1.0}', 'Point<Double>', { x: 1, y: 2.5 }],
    ['Nothing', 'Maybe<Int32>', null],
    ['7', 'Maybe<Int32>', 7],
    [
      '[{class: {id: 1, name: "dog", confidence: 0.5}}]',
      '[{class: DetectedClass}]',
      [{ class: { id: 1, name: 'dog', confidence: 0.5 } }],
    ],
    ['"a"', 'Int32 | String', 'a'],
  ])('%s of type %s', (text, type, value) => {
    expect(read(text, type)).toEqual(value);
    expect(read(printLiteral(value, parseType(type)), type)).toEqual(value);
  });

  it.each([
    ['2147483648', 'Int32'],
    ['-2147483649', 'Int32'],
    ['-1', 'UInt32'],
    ['4294967296', 'UInt32'],
    ['9223372036854775808', 'Int64'],
    ['-9223372036854775809', 'Int64'],
    ['18446744073709551616', 'UInt64'],
    ['1.5', 'Int32'],
    ['NaN', 'Int32'],
    ['"ab"', 'Char'],
    ['""', 'Char'],
    ['"A"', 'Bytes'],
    ['"1"', 'Double'],
    ['text', 'String'],
    ['"open', 'String'],
    ['"bad \\x escape"', 'String'],
    ['1 2', 'Int32'],
    ['', 'Int32'],
    ['[1, 2', '[Int32]'],
    ['[1 2]', '[Int32]'],
    ['(1,)', '(Int32, Int32)'],
    ['{x: 1.0}', 'Point<Double>'],
    ['{x: 1.0, y: 1.0, z: 1.0}', 'Point<Double>'],
    ['{X: 1}', '{x: Int32}'],
    ['Nothing', 'Int32'],
    ['"a"', 'Int32 | Bool'],
  ])('%s is refused as %s', (text, type) => {
    expect(() => read(text, type)).toThrow(
      expect.objectContaining({ code: 'value_invalid', message: expect.stringContaining('is not a literal of type') }),
    );
  });

  it('says how text is written when its quotes are missing', () => {
    expect(() => read('dog', 'String')).toThrow('"dog"');
  });

  it('refuses what is too deep or too long', () => {
    expect(() => read('['.repeat(2000), '[Int32]')).toThrow(expect.objectContaining({ code: 'value_invalid' }));
    expect(() => read(`"${'a'.repeat(70_000)}"`, 'String')).toThrow(expect.objectContaining({ code: 'value_invalid' }));
    expect(read(`"${'\\n'.repeat(30_000)}"`, 'String')).toHaveLength(30_000);
  });

  it('takes a default as a literal, as plain text, or as plain YAML', () => {
    expect(defaultValue('"quoted"', parseType('String'))).toBe('quoted');
    expect(defaultValue('plain words', parseType('String'))).toBe('plain words');
    expect(defaultValue(5, parseType('Int32'))).toBe(5);
    expect(defaultValue('[1, 2]', parseType('[Int32]'))).toEqual([1, 2]);
    expect(() => defaultValue('five', parseType('Int32'))).toThrow(expect.objectContaining({ code: 'value_invalid' }));
    expect(() => defaultValue(1.5, parseType('Int32'))).toThrow(expect.objectContaining({ code: 'value_invalid' }));
  });

  it('takes a whole Double beyond 2^53', () => {
    expect(read('10000000000000000', 'Double')).toBe(1e16);
  });

  it('refuses a number too large for a Double, which has no JSON form', () => {
    expect(() => read('1e400', 'Double')).toThrow(expect.objectContaining({ code: 'value_invalid' }));
  });

  it("reads a Char in single quotes, as its own documentation writes it: 'c'", () => {
    expect(read("'c'", 'Char')).toBe('c');
  });

  it('refuses a record that gives a field twice', () => {
    expect(() => read('{x: 1, x: 2}', '{x: Int32}')).toThrow(expect.objectContaining({ code: 'value_invalid' }));
  });

  it.each([
    ['"5"', 'Int64'],
    ['"9007199254740993"', 'Int64'],
    ['"NaN"', 'Double'],
    ['NaN', 'String'],
    ['Infinity', 'String'],
    ['9007199254740993', 'String'],
    ['5.0', 'Int32'],
    ['007', 'Int32'],
    ['(1, 2)', '[Int32]'],
    ['[1, 2]', '(Int32, Int32)'],
    ['(1)', '(Int32,)'],
    ['1e39', 'Float'],
    ['"\\ud800"', 'String'],
    ['"AB=="', 'Bytes'],
    ['{}', '{constructor: t}'],
  ])('%s is not taken for a %s: nothing is converted', (text, type) => {
    expect(() => read(text, type)).toThrow(expect.objectContaining({ code: 'value_invalid' }));
  });

  it.each([
    ['(1)', 'Int32', 1],
    ['-0', 'Double', 0],
    ["'\"'", 'Char', '"'],
    ["'\\''", 'Char', "'"],
    ["'\\n'", 'Char', '\n'],
    ['"9007199254740993"', 'Int64 | String', '9007199254740993'],
  ])('%s is read as a %s', (text, type, value) => {
    expect(read(text, type)).toBe(value);
  });

  it.each([
    [{ width: '18446744073709551615', height: 1, format: 'RGB', data: '' }, 'Image'],
    [{ x: 'NaN', y: '-Infinity' }, 'Point<Double>'],
    ['9223372036854775807', 'Maybe<Int64>'],
    [['NaN', 'text'], '[Double | String]'],
  ])('%j of type %s is printed as what reads back, also inside named types and unions', (value, type) => {
    expect(read(printLiteral(value, parseType(type)), type)).toEqual(value);
  });

  it('takes YAML numbers that JSON has not, and plain text wherever it fits', () => {
    expect(defaultValue(Number.NaN, parseType('Double'))).toBe('NaN');
    expect(defaultValue([Number.POSITIVE_INFINITY], parseType('[Float]'))).toEqual(['Infinity']);
    expect(defaultValue('plain', parseType('Maybe<String>'))).toBe('plain');
  });
});
