import { describe, expect, it } from 'vitest';
import { toCanonical, valueFromJson, valueToJson } from '../../../../shared/types/canonical.ts';
import { parseLiteral } from '../../../../shared/types/literal.ts';
import { parseType } from '../../../../shared/types/parse.ts';
import { printType } from '../../../../shared/types/print.ts';
import { Substitution } from '../../../../shared/types/unify.ts';
import { checkValue, fits } from '../../../../shared/types/value.ts';

const refused = (code: 'type_invalid' | 'value_invalid', message?: string) =>
  expect.objectContaining({ code, ...(message === undefined ? {} : { message: expect.stringContaining(message) }) });
const many = (count: number, text: (index: number) => string, between: string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(between);

describe('types that are too much', () => {
  it.each([
    ['a union of thousands of options', many(5000, () => 'Int32', '|'), 'a union has at most 256 options'],
    ['parentheses', '('.repeat(30_000), 'nest at most 64 deep'],
    ['names in names', 'Maybe<'.repeat(10_000), 'nest at most 64 deep'],
    ['a name of thousands of letters', `${'A'.repeat(60_000)}`, 'there is no type AAA'],
    ['a field of thousands of letters', `{${'a'.repeat(30_000)}: Int32, ${'a'.repeat(30_000)}: Int32}`, 'there twice'],
  ])('%s: refused, in a message that one can read', (_, text, message) => {
    expect(() => parseType(text)).toThrow(refused('type_invalid', message));
    try {
      parseType(text);
    } catch (error) {
      expect((error as Error).message.length).toBeLessThan(500);
    }
  });

  it('unions of variables that fit in n! ways are not tried in all of them', () => {
    const [left, right] = ['a', 'b'].map(side => many(40, index => `(${side}${index}, ${side}${index + 1})`, ' | '));
    const one = parseType(`{union: ${left}, end: a0}`);
    const other = parseType(`{union: ${right} | Bool, end: Int32}`);
    expect(new Substitution().unify(one, other)).toMatchObject({ path: ['union'] });
    const cyclic = parseType(
      many(30, index => `(v${index}, v${(index * 7 + 1) % 30}, v${(index * 11 + 3) % 30})`, ' | '),
    );
    const ground = parseType(
      many(30, index => `(Int32, ${'['.repeat(index % 29)}Bool${']'.repeat(index % 29)}, [[[String]]])`, ' | '),
    );
    const fitting = () => new Substitution().fits(cyclic, ground);
    expect(outcome(fitting)).toMatch(/^(false|type_invalid)$/);
  });

  it('types that double whenever a variable is solved are refused', () => {
    const substitution = new Substitution();
    const unify = () => {
      for (let index = 0; index < 60; index++)
        substitution.unify(parseType(`v${index + 1}`), parseType(`(v${index}, v${index})`));
      return substitution.apply(parseType('v60'));
    };
    expect(unify).toThrow(refused('type_invalid'));
  });

  it('a failure for want of room leaves nothing bound', () => {
    const substitution = new Substitution();
    for (let index = 0; index < 300; index++) substitution.unify(parseType(`v${index + 1}`), parseType(`[v${index}]`));
    expect(() => substitution.unify(parseType('(t, v300)'), parseType('(Int32, v300 | String)'))).toThrow(
      refused('type_invalid', 'nest more than 256 deep'),
    );
    expect(printType(substitution.apply(parseType('t')))).toBe('t');
  });
});

describe('values that are too much', () => {
  it('JSON that nests thousands of levels is refused, also where anything is taken', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    for (const type of ['t', '[t]', 'Int32', '[[Int32]] | t'])
      expect(() => valueFromJson(deep, parseType(type))).toThrow(refused('value_invalid', 'nests more than 256 deep'));
    expect(fits(JSON.parse(deep), parseType('t'))).toBe(false);
  });

  it('a value that holds itself is refused', () => {
    const self: unknown[] = [];
    self.push(self);
    expect(() => toCanonical(self, parseType('t'))).toThrow(refused('value_invalid'));
  });

  it('a long list against a union of hundreds of options is refused before it takes long', () => {
    const union = parseType(`[${many(250, index => `{a${index}: Int32}`, ' | ')} | Bool]`);
    expect(() => checkValue(Array(100_000).fill(true), union)).toThrow(refused('value_invalid', 'too large to check'));
    checkValue(Array(10_000).fill(true), union);
  });

  it('a literal against nested unions is read without trying every way', () => {
    let type = 'Int32 | Bool';
    for (let depth = 0; depth < 12; depth++) type = `[${type}] | ([${type}] | String)`.slice(0, 60_000);
    const nested = `${'['.repeat(8)}Nothing${']'.repeat(8)}`;
    expect(() => parseLiteral(nested, parseType('[[[[[[[[Int32 | Bool] | [Bool]]]]]]]]'))).toThrow(
      refused('value_invalid'),
    );
    expect(outcome(() => parseLiteral(nested, parseType(type)))).toMatch(/_invalid$/);
  });

  it('bytes of a large picture are checked', () => {
    const picture = 'AAEC'.repeat(10_000_000);
    checkValue(picture, parseType('Bytes'));
    expect(fits(`${picture}=`, parseType('Bytes'))).toBe(false);
    expect(fits(`A-EC${picture}`, parseType('Bytes'))).toBe(false);
  });
});

describe('canonical JSON of values', () => {
  it.each([
    [9007199254740993n, 'Int64', '"9007199254740993"'],
    [-5n, 'Int64', '-5'],
    [Number.NaN, 'Double', '"NaN"'],
    [Number.NEGATIVE_INFINITY, 'Float', '"-Infinity"'],
    [-0, 'Double', '0'],
    [new Uint8Array([0, 1, 2]), 'Bytes', '"AAEC"'],
    [undefined, 'Maybe<Image>', 'null'],
    [{}, '{label: Maybe<String>}', '{"label":null}'],
    [{ y: 2, x: Number.POSITIVE_INFINITY }, 'Point<Double>', '{"x":"Infinity","y":2}'],
    [[1n, new Uint8Array()], '(UInt64, Bytes | String)', '[1,""]'],
    [[Number.NaN, 'text', 3n], '[String | Double | Int64]', '["NaN","text",3]'],
  ])('of %o as %s is %s', (value, type, json) => {
    expect(valueToJson(value, parseType(type))).toBe(json);
    expect(valueToJson(valueFromJson(json, parseType(type)), parseType(type))).toBe(json);
  });

  it.each([
    [Number.NaN, 'String'],
    [new Uint8Array([1]), 'String'],
    [2n ** 64n, 'UInt64'],
    [1n, 'Double'],
    [undefined, 'String'],
    [() => 1, 't'],
  ])('of %o as %s there is none: nothing is converted', (value, type) => {
    expect(() => valueToJson(value, parseType(type))).toThrow(refused('value_invalid'));
  });

  it.each([
    ['9007199254740993', 'Int64'],
    ['{"x": 1}', 'Point<Double>'],
    ['[1', '[Int32]'],
    ['1e999', 'Double'],
    ['NaN', 'Double'],
    ['', 't'],
  ])('%s is not read as %s', (json, type) => {
    expect(() => valueFromJson(json, parseType(type))).toThrow(refused('value_invalid'));
  });
});

function outcome(call: () => unknown): string {
  try {
    return String(call());
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
