import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../shared/canonical-json.ts';
import { AppError } from '../../../../shared/errors.ts';
import { valueFromJson, valueToJson } from '../../../../shared/types/canonical.ts';
import { parseLiteral } from '../../../../shared/types/literal.ts';
import { parseDefinition, parseType } from '../../../../shared/types/parse.ts';
import { printType } from '../../../../shared/types/print.ts';
import { printLiteral } from '../../../../shared/types/print-literal.ts';
import { childrenOf, mapType, type Type } from '../../../../shared/types/type.ts';
import { freshen, type Mismatch, Substitution, sameType } from '../../../../shared/types/unify.ts';
import { checkValue, fits } from '../../../../shared/types/value.ts';
import { anyType, anyValueOf, groundType } from './arbitrary-types.ts';

/** What a call gives, or the code of the AppError that it throws; any other error passes. */
function outcome<Result>(call: () => Result): Result | string {
  try {
    return call();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

/** The same type with the options of its unions and its fields in another order. */
function shuffled(type: Type): Type {
  return mapType(type, part => {
    if (part.kind === 'union') return { kind: 'union', options: part.options.map(shuffled).reverse() };
    if (part.kind !== 'record') return undefined;
    const fields = Object.entries(part.fields).map(([name, field]) => [name, shuffled(field)]);
    return { kind: 'record', fields: Object.fromEntries(fields.reverse()) };
  });
}

const pieces = [
  ...'[](){}<>|,:="\'\\. \n-',
  ':=',
  't',
  'x',
  'Maybe',
  'Image',
  'Rectangle',
  'Int32',
  '1',
  'e9',
  'NaN',
  'é',
];
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map(words => words.join('')),
  fc.tuple(fc.constantFrom(...pieces), fc.nat(70_000)).map(([piece, times]) => piece.repeat(times)),
);

describe('any type', () => {
  it('is read back from what it is printed as, however its unions and records are ordered', () => {
    fc.assert(
      fc.property(anyType(), type => {
        expect(parseType(printType(type))).toEqual(type);
        const other = parseType(printType(shuffled(type)));
        expect(printType(other)).toBe(printType(shuffled(type)));
        expect(sameType(other, type)).toBe(true);
      }),
    );
  });

  it('is read from any text or refused in our words', () => {
    fc.assert(
      fc.property(anyText, text => {
        for (const read of [parseType, parseDefinition, (each: string) => parseLiteral(each, parseType('t'))])
          outcome(() => read(text));
      }),
    );
  });
});

describe('fitting any two types', () => {
  const pair = fc
    .tuple(anyType(['t', 'u', 'v']), anyType(['t', 'u', 'v']), fc.boolean())
    // Two types by chance hardly ever fit: half of the time the second is the first with some parts made variables.
    .chain(([a, b, akin]) =>
      akin
        ? fc.infiniteStream(fc.nat(5)).map(stream => {
            const blurred = mapType(a, () => {
              const turn = stream.next().value;
              return turn === 0 ? { kind: 'var', name: 'w' } : turn === 1 ? { kind: 'var', name: 'x' } : undefined;
            });
            return [a, shuffled(blurred)] as const;
          })
        : fc.constant([a, b] as const),
    );

  function unified(a: Type, b: Type): [Substitution, Mismatch | undefined] {
    const substitution = new Substitution();
    return [substitution, substitution.unify(a, b)];
  }

  it('gives the same answer, and the same place, either way round', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const [[, there], [, back]] = [unified(a, b), unified(b, a)];
        expect(back?.path).toEqual(there?.path);
      }),
      { numRuns: 500 },
    );
  });

  it('makes them the same type, and has nothing left to do then', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const [substitution, mismatch] = unified(a, b);
        fc.pre(mismatch === undefined);
        const solved = printType(substitution.apply(a));
        expect(sameType(substitution.apply(a), substitution.apply(b))).toBe(true);
        expect(substitution.unify(a, b)).toBeUndefined();
        expect(substitution.unify(b, a)).toBeUndefined();
        expect(printType(substitution.apply(a))).toBe(solved);
      }),
      { numRuns: 500 },
    );
  });

  it('binds nothing when they do not fit', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const [substitution, mismatch] = unified(a, b);
        if (mismatch === undefined) return;
        expect(substitution.apply(a)).toEqual(a);
        expect(substitution.apply(b)).toEqual(b);
      }),
      { numRuns: 500 },
    );
  });

  it('fits every type to itself and to a variable, and to itself with other variables', () => {
    fc.assert(
      fc.property(anyType(), type => {
        expect(unified(type, type)[1]).toBeUndefined();
        expect(unified(freshen(type, 'a'), freshen(type, 'b'))[1]).toBeUndefined();
        expect(unified(type, shuffled(type))[1]).toBeUndefined();
        const [substitution, mismatch] = unified({ kind: 'var', name: 'alone' }, type);
        expect(mismatch).toBeUndefined();
        expect(sameType(substitution.apply({ kind: 'var', name: 'alone' }), type)).toBe(true);
      }),
    );
  });
});

describe('any value', () => {
  const typed = groundType.chain(type => fc.tuple(fc.constant(type), anyValueOf(type)));

  it('of a type fits it, and is read back from its canonical JSON', () => {
    fc.assert(
      fc.property(typed, ([type, value]) => {
        checkValue(value, type);
        const json = valueToJson(value, type);
        expect(json).toBe(canonicalJson(value));
        expect(valueFromJson(json, type)).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  it('is read back from its literal', () => {
    fc.assert(
      fc.property(typed, ([type, value]) => {
        expect(parseLiteral(printLiteral(value, type), type)).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  it('of JSON is read back from its literal where anything is taken', () => {
    const anything = parseType('t');
    fc.assert(
      fc.property(anyValueOf(anything), value => {
        expect(parseLiteral(printLiteral(value, anything), anything)).toEqual(value);
      }),
    );
  });

  it('is of a type or refused in our words, whatever it is', () => {
    fc.assert(
      fc.property(anyType(), fc.anything({ withBigInt: true, withTypedArray: true, maxDepth: 3 }), (type, value) => {
        const json = outcome(() => valueToJson(value, type));
        if (json !== 'value_invalid') expect(fits(JSON.parse(json), type)).toBe(true);
      }),
    );
  });

  it('of a type is of every type that its variables were solved to take in', () => {
    fc.assert(
      fc.property(typed, ([type, value]) => {
        const blurred =
          childrenOf(type).length === 0
            ? type
            : mapType(type, part => (part === childrenOf(type)[0] ? { kind: 'var', name: 't' } : undefined));
        expect(fits(value, blurred)).toBe(true);
      }),
    );
  });
});
