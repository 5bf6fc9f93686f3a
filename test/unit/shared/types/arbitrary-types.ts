import fc from 'fast-check';
import { catalog, maybeName } from '../../../../shared/types/catalog.ts';
import { expandNamed } from '../../../../shared/types/parse.ts';
import { atoms, type Type } from '../../../../shared/types/type.ts';

const fieldName = fc.constantFrom('_a', 'b', 'toString', 'constructor', '__proto__', 'zZ9');

/** Any type that one can write, of the given variables. */
export function anyType(variables: readonly string[] = ['t', 'u', 'item_2', 'aB']): fc.Arbitrary<Type> {
  const leaves: fc.Arbitrary<Type>[] = [fc.constantFrom(...atoms).map(name => ({ kind: 'atom' as const, name }))];
  if (variables.length > 0) leaves.push(fc.constantFrom(...variables).map(name => ({ kind: 'var' as const, name })));
  const { type } = fc.letrec<{ type: Type }>(tie => {
    const inside = tie('type');
    return {
      type: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        ...leaves,
        inside.map(item => ({ kind: 'list', item }) as Type),
        fc.array(inside, { maxLength: 3 }).map(items => ({ kind: 'tuple', items }) as Type),
        fc
          .uniqueArray(fc.tuple(fieldName, inside), { maxLength: 3, selector: ([name]) => name })
          .map(fields => ({ kind: 'record', fields: Object.fromEntries(fields) }) as Type),
        fc.array(inside, { minLength: 2, maxLength: 4 }).map(options => ({ kind: 'union', options }) as Type),
        fc
          .constantFrom(maybeName, ...Object.keys(catalog))
          .chain(name =>
            fc
              .tuple(
                ...Array.from({ length: name === maybeName ? 1 : (catalog[name]?.params.length ?? 0) }, () => inside),
              )
              .map(args => ({ kind: 'named', name, args }) as Type),
          ),
      ),
    };
  });
  return type;
}

/** Types without variables. */
export const groundType = anyType([]);

/** Canonical JSON of values of a type. */
export function anyValueOf(type: Type): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'atom':
      return atomValue[type.name];
    case 'var':
      return fc.jsonValue({ maxDepth: 2 }).map(value => JSON.parse(JSON.stringify(value)) as unknown);
    case 'list':
      return fc.array(anyValueOf(type.item), { maxLength: 3 });
    case 'tuple':
      return fc.tuple(...type.items.map(anyValueOf));
    case 'record': {
      const fields = Object.entries(type.fields);
      return fc
        .tuple(...fields.map(([, field]) => anyValueOf(field)))
        .map(values => Object.fromEntries(fields.map(([name], index) => [name, values[index]])));
    }
    case 'union':
      return fc.oneof(...type.options.map(anyValueOf));
    case 'named': {
      const body = expandNamed(type);
      return body === undefined ? fc.oneof(fc.constant(null), anyValueOf(type.args[0] as Type)) : anyValueOf(body);
    }
    default:
      return type satisfies never;
  }
}

const integer = (min: bigint, max: bigint) =>
  fc.bigInt({ min, max }).map(value => (Number.isSafeInteger(Number(value)) ? Number(value) : String(value)));
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0);
const notFinite = fc.constantFrom('NaN', 'Infinity', '-Infinity');
const atomValue = {
  Bool: fc.boolean(),
  Char: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  Int32: fc.integer(),
  Int64: integer(-(2n ** 63n), 2n ** 63n - 1n),
  UInt32: fc.nat(2 ** 32 - 1),
  UInt64: integer(0n, 2n ** 64n - 1n),
  Float: fc.oneof(
    fc.float({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0),
    notFinite,
  ),
  Double: fc.oneof(finite, fc.constantFrom(1e21, 2 ** 60, -(2 ** 53)), notFinite),
  String: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('NaN', '9007199254740993', 'Nothing')),
  Bytes: fc.uint8Array().map(bytes => Buffer.from(bytes).toString('base64')),
};
