import { describe, expect, it } from 'vitest';
import { parseType } from '../../../../shared/types/parse.ts';
import { printType } from '../../../../shared/types/print.ts';
import { freshen, Substitution, sameType } from '../../../../shared/types/unify.ts';

function mismatch(from: string, to: string) {
  return new Substitution().unify(parseType(from), parseType(to));
}

/** `solved` as the first type prints once the two are one. */
function solve(from: string, to: string): string {
  const substitution = new Substitution();
  expect(substitution.unify(parseType(from), parseType(to))).toBeUndefined();
  expect(printType(substitution.apply(parseType(to)))).toBe(printType(substitution.apply(parseType(from))));
  return printType(substitution.apply(parseType(from)));
}

describe('fitting two types', () => {
  it.each([
    ['Int32', 'Int32'],
    ['{a: Int32, b: Bool}', '{b: Bool, a: Int32}'],
    ['Int32 | String', 'String | Int32'],
    ['[Image]', '[Image]'],
    ['Maybe<Image>', 'Maybe<Image>'],
    ['(Int32, [String])', '(Int32, [String])'],
    ['Int32 | (String | Bool)', 'Bool | Int32 | String'],
    ['Int32 | Int32', 'Int32'],
    ['(t, Int32) | (Int32, u)', '(Int32, Int32) | (Bool, Int32)'],
    ['t', '[u]'],
    ['{a: t, b: t}', '{a: Int32, b: Int32}'],
  ])('%s and %s fit, either way round', (a, b) => {
    expect(mismatch(a, b)).toBeUndefined();
    expect(mismatch(b, a)).toBeUndefined();
  });

  it.each([
    ['Int32', 'Int64'],
    ['Float', 'Double'],
    ['Image', '[BoundingBox]'],
    ['Image', '{width: UInt64, height: UInt64, format: String, data: Bytes}'],
    ['Maybe<Image>', 'Image'],
    ['Int32', 'Int32 | String'],
    ['Int32 | String', 'Int32 | String | Bool'],
    ['Int32 | Int32', 'Int32 | String'],
    ['{a: Int32}', '{a: Int32, b: Int32}'],
    ['(Int32, Int32)', '(Int32,)'],
    ['()', '{}'],
    ['Rectangle<Int32>', 'Rectangle<Double>'],
    ['{a: t, b: t}', '{a: Int32, b: Bool}'],
    ['t', '[t]'],
    ['{a: t, b: u}', '{a: [u], b: [t]}'],
  ])('%s and %s do not fit, either way round', (a, b) => {
    expect(mismatch(a, b)).toBeDefined();
    expect(mismatch(b, a)).toBeDefined();
  });

  it.each([
    ['[t]', '[Image]', '[Image]'],
    ['Maybe<t>', 'Maybe<[Int32]>', 'Maybe<[Int32]>'],
    ['{a: t, b: [t]}', '{a: u, b: [String]}', '{a: String, b: [String]}'],
    ['t | Int32', 'Int32 | String', 'String | Int32'],
  ])('%s with %s', (from, to, solved) => {
    const substitution = new Substitution();
    expect(substitution.unify(parseType(from), parseType(to))).toBeUndefined();
    expect(printType(substitution.apply(parseType(from)))).toBe(solved);
  });

  it('solves a variable through other variables', () => {
    expect(solve('(t, t, u)', '(u, v, Image)')).toBe('(Image, Image, Image)');
  });

  it('says where two types part', () => {
    expect(mismatch('{box: Rectangle<Int32>}', '{box: Rectangle<Double>}')).toMatchObject({
      path: ['box', '<0>'],
      reason: 'expected Double',
    });
    expect(mismatch('[(Int32, String)]', '[(Int32, Bool)]')).toMatchObject({ path: ['[]', '1'] });
    expect(mismatch('{a: Int32}', '{b: Int32}')).toMatchObject({ reason: 'the field b is missing' });
    expect(mismatch('t', '[t]')).toMatchObject({ reason: 'a type would contain itself' });
  });

  it('keeps apart the variables of two owners', () => {
    const t = parseType('t');
    const substitution = new Substitution();
    substitution.unify(freshen(t, 'a'), parseType('Int32'));
    expect(printType(substitution.apply(freshen(t, 'b')))).toBe('t@b');
  });

  it('tells a record without a field from one whose field is named like a member of every object', () => {
    expect(mismatch('{}', '{constructor: Int32}')).toBeDefined();
  });

  it('binds nothing when two types do not fit', () => {
    const substitution = new Substitution();
    expect(substitution.unify(parseType('(t, Int32)'), parseType('(Bool, String)'))).toBeDefined();
    expect(printType(substitution.apply(parseType('t')))).toBe('t');
    expect(substitution.fits(parseType('t'), parseType('Int32'))).toBe(true);
    expect(printType(substitution.apply(parseType('t')))).toBe('t');
  });

  it('knows a type written in another way', () => {
    expect(sameType(parseType('[Int32 | String]'), parseType('[String | Int32]'))).toBe(true);
    expect(sameType(parseType('t'), parseType('Int32'))).toBe(false);
  });
});
