import { AppError } from '../errors.ts';
import { isMaybe } from './catalog.ts';
import { expandNamed } from './parse.ts';
import { printType } from './print.ts';
import type { Atom, Type } from './type.ts';

const integerRanges: Readonly<Partial<Record<Atom, readonly [min: bigint, max: bigint]>>> = {
  Int32: [-(2n ** 31n), 2n ** 31n - 1n],
  Int64: [-(2n ** 63n), 2n ** 63n - 1n],
  UInt32: [0n, 2n ** 32n - 1n],
  UInt64: [0n, 2n ** 64n - 1n],
};

/**
 * Checks canonical JSON of a value (DESIGN §3) against a type: record → object, list and tuple → array, Bytes → base64,
 * Maybe → null or the value, integers beyond 2^53 → decimal strings. Throws AppError `value_invalid` naming the place.
 */
export function checkValue(value: unknown, type: Type, path = 'value'): void {
  const wrong = (): never => {
    throw new AppError('value_invalid', `${path} is not of type ${printType(type)}: ${shorten(value)}.`, {
      details: { path, type: printType(type) },
    });
  };
  switch (type.kind) {
    case 'var':
      if (value === undefined) wrong();
      return;
    case 'atom':
      if (!isAtom(value, type.name)) wrong();
      return;
    case 'list':
      if (!Array.isArray(value)) return wrong();
      for (const [index, item] of value.entries()) checkValue(item, type.item, `${path}[${index}]`);
      return;
    case 'tuple':
      if (!Array.isArray(value) || value.length !== type.items.length) return wrong();
      for (const [index, item] of type.items.entries()) checkValue(value[index], item, `${path}[${index}]`);
      return;
    case 'record': {
      if (value === null || typeof value !== 'object' || Array.isArray(value)) return wrong();
      const fields = value as Record<string, unknown>;
      if (Object.keys(fields).some(name => !Object.hasOwn(type.fields, name))) wrong();
      for (const [name, field] of Object.entries(type.fields)) checkValue(fields[name], field, `${path}.${name}`);
      return;
    }
    case 'union':
      if (!type.options.some(option => fits(value, option))) wrong();
      return;
    case 'named': {
      if (isMaybe(type)) {
        if (value !== null) checkValue(value, type.args[0] as Type, path);
        return;
      }
      const body = expandNamed(type);
      if (body !== undefined) checkValue(value, body, path);
      return;
    }
    default:
      return type satisfies never;
  }
}

function fits(value: unknown, type: Type): boolean {
  try {
    checkValue(value, type);
    return true;
  } catch {
    return false;
  }
}

function isAtom(value: unknown, atom: Atom): boolean {
  const range = integerRanges[atom];
  if (range !== undefined) {
    const isInteger = Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d{1,20}$/.test(value));
    if (!isInteger) return false;
    const integer = BigInt(value as number | string);
    return integer >= range[0] && integer <= range[1];
  }
  switch (atom) {
    case 'Bool':
      return typeof value === 'boolean';
    case 'Char':
      return typeof value === 'string' && [...value].length === 1;
    case 'Float':
    case 'Double':
      return (
        (typeof value === 'number' && Number.isFinite(value)) ||
        value === 'NaN' ||
        value === 'Infinity' ||
        value === '-Infinity'
      );
    case 'String':
      return typeof value === 'string';
    default:
      return typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0;
  }
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
