import { describe, expect, it } from 'vitest';
import { catalog } from '../../../../shared/types/catalog.ts';
import { expandNamed, parseDefinition, parseType } from '../../../../shared/types/parse.ts';
import { printType } from '../../../../shared/types/print.ts';
import type { Type } from '../../../../shared/types/type.ts';

describe('types as one writes them', () => {
  it.each([
    ['String', 'String'],
    ['[ [Int32] ]', '[[Int32]]'],
    ['()', '()'],
    ['(Int32)', 'Int32'],
    ['(Int32,)', '(Int32,)'],
    ['(Int32, String,)', '(Int32, String)'],
    ['{}', '{}'],
    ['{label: String, box: Rectangle<Double>}', '{box: Rectangle<Double>, label: String}'],
    ['{b: Int32, a: t,}', '{a: t, b: Int32}'],
    ['Int32 | [String]', 'Int32 | [String]'],
    ['Int32 | (String | Bool)', 'Int32 | (String | Bool)'],
    ['Maybe<Maybe<Image>>', 'Maybe<Maybe<Image>>'],
    ['{__proto__: String, constructor: Bool}', '{__proto__: String, constructor: Bool}'],
  ])('%s is printed as %s, which reads as the same', (text, printed) => {
    expect(printType(parseType(text))).toBe(printed);
    expect(parseType(printed)).toEqual(parseType(text));
  });

  it.each([
    ['', 1, 'expected a type'],
    ['[Imge]', 2, 'did you mean Image?'],
    ['[  Imge]', 4, 'did you mean Image?'],
    ['[String', 8, 'expected "]"'],
    ['{a: Int32 b: Int32}', 11, 'expected ","'],
    ['{a: Int32, a: Bool}', 12, 'the field a is there twice'],
    ['{A: Int32}', 2, 'begins with a small letter'],
    ['Rectangle', 1, 'takes 1 type argument, not 0'],
    ['Image<String>', 1, 'takes 0 type arguments, not 1'],
    ['Maybe<Int32, Int32>', 1, 'takes 1 type argument, not 2'],
    ['String]', 7, 'unexpected "]"'],
    ['Int32 |', 8, 'expected a type'],
    ['super_workspace.BoundngBox', 1, 'did you mean BoundingBox?'],
    ['Int32<String>', 1, 'Int32 takes 0 type arguments, not 1'],
  ])('says where "%s" is wrong: column %d', (text, column, what) => {
    expect(() => parseType(text)).toThrow(
      expect.objectContaining({
        code: 'type_invalid',
        message: expect.stringContaining(what),
        details: expect.objectContaining({ column }),
      }),
    );
  });

  it('refuses what is too long or too deep, and takes what is just within', () => {
    const deep = (levels: number) => `${'['.repeat(levels)}Int32${']'.repeat(levels)}`;
    expect(printType(parseType(deep(64)))).toBe(deep(64));
    expect(() => parseType(deep(65))).toThrow(expect.objectContaining({ code: 'type_invalid' }));
    expect(() => parseType('('.repeat(60_000))).toThrow(expect.objectContaining({ code: 'type_invalid' }));
    expect(() => parseType(' '.repeat(64 * 1024 + 1))).toThrow(expect.objectContaining({ code: 'type_invalid' }));
  });

  it('knows what every named type of the catalog is made of', () => {
    for (const [name, { params }] of Object.entries(catalog)) {
      const args: Type[] = params.map(() => ({ kind: 'atom', name: 'Double' }));
      const body = expandNamed({ kind: 'named', name, args });
      expect(printType(body as Type)).not.toMatch(/\bt\b/);
    }
    expect(printType(expandNamed(parseType('Rectangle<Int32>') as never) as Type)).toBe(
      '{height: Int32, width: Int32, x: Int32, y: Int32}',
    );
    expect(expandNamed(parseType('Maybe<Image>') as never)).toBeUndefined();
  });
});

describe('definitions as one writes them', () => {
  it('have a name, parameters and a body', () => {
    expect(parseDefinition('Person := {name: String, age: UInt32}')).toEqual({
      name: 'Person',
      params: [],
      body: parseType('{name: String, age: UInt32}'),
    });
    expect(parseDefinition('Pair<a, b> := (a, [b])')).toMatchObject({ name: 'Pair', params: ['a', 'b'] });
    expect(parseDefinition('Nothing := ()')).toMatchObject({ body: { kind: 'tuple', items: [] } });
  });

  it.each([
    ['Person', 'expected ":"'],
    ['person := Int32', 'begins with a capital letter'],
    ['Int32 := String', 'Int32 is built in'],
    ['Pair<a, a> := a', 'the parameter a is there twice'],
    ['Pair<a> := (a, b)', 'b is not a parameter of Pair'],
    ['Loop := [Loop]', 'there is no type Loop'],
    ['Two := Int32 Int32', 'unexpected'],
  ])('%s is refused: %s', (text, what) => {
    expect(() => parseDefinition(text)).toThrow(
      expect.objectContaining({ code: 'type_invalid', message: expect.stringContaining(what) }),
    );
  });
});
