import { describe, expect, it } from 'vitest';
import { catalog } from '../../../../shared/types/catalog.ts';
import { expandNamed, parseType } from '../../../../shared/types/parse.ts';
import { printType } from '../../../../shared/types/print.ts';
import { atoms, type Type } from '../../../../shared/types/type.ts';

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

  it('reads back every type that it prints', () => {
    const random = seeded(20260730);
    for (let round = 0; round < 2000; round++) {
      const type = randomType(random, 5);
      const text = printType(type);
      expect(parseType(text), text).toEqual(type);
      expect(printType(parseType(text))).toBe(text);
    }
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

/** mulberry32 */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function randomType(random: () => number, depth: number): Type {
  const upTo = (limit: number) => Math.floor(random() * limit);
  const many = (least: number) => Array.from({ length: least + upTo(3) }, () => randomType(random, depth - 1));
  switch (depth === 0 ? upTo(2) : upTo(8)) {
    case 0:
      return { kind: 'atom', name: atoms[upTo(atoms.length)] as (typeof atoms)[number] };
    case 1:
      return { kind: 'var', name: ['t', 'u', 'item_2', 'aB'][upTo(4)] as string };
    case 2:
      return { kind: 'list', item: randomType(random, depth - 1) };
    case 3:
      return { kind: 'tuple', items: many(0) };
    case 4:
      return {
        kind: 'record',
        fields: Object.fromEntries(many(0).map((field, index) => [['_a', 'toString', 'zZ9'][index], field])),
      };
    case 5:
      return { kind: 'union', options: many(2) };
    case 6:
      return { kind: 'named', name: 'Maybe', args: [randomType(random, depth - 1)] };
    default: {
      const names = Object.keys(catalog);
      const name = names[upTo(names.length)] as string;
      return { kind: 'named', name, args: (catalog[name]?.params ?? []).map(() => randomType(random, depth - 1)) };
    }
  }
}
