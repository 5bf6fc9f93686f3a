import { canonicalJson } from '../canonical-json.ts';
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

/** With no bits set that stand for nothing, so that the same bytes have one canonical form. */
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/;

/**
 * Checks canonical JSON of a value (DESIGN §3) against a type: record → object, list and tuple → array, Bytes → base64,
 * Maybe → null or the value, integers beyond 2^53 → decimal strings. Throws AppError `value_invalid` naming the place.
 */
export function checkValue(value: unknown, type: Type, path = 'value'): void {
  const wrong = (): never => {
    throw misfit(path, type, JSON.stringify(value) ?? 'nothing');
  };
  switch (type.kind) {
    case 'var':
      if (!isJson(value)) wrong();
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
      for (const [name, field] of Object.entries(type.fields)) {
        // Own members only: every object has a `constructor`.
        checkValue(Object.hasOwn(fields, name) ? fields[name] : undefined, field, `${path}.${name}`);
      }
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

/** Whether `checkValue` accepts a value. */
export function fits(value: unknown, type: Type): boolean {
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
    if (!Number.isSafeInteger(value) && !isLargeInteger(value)) return false;
    const integer = BigInt(value as number | string);
    return integer >= range[0] && integer <= range[1];
  }
  switch (atom) {
    case 'Bool':
      return typeof value === 'boolean';
    case 'Char':
      return isText(value) && [...value].length === 1;
    case 'Float':
      return Number.isFinite(Math.fround(value as number)) ? typeof value === 'number' : isNotFinite(value);
    case 'Double':
      return Number.isFinite(value) || isNotFinite(value);
    case 'String':
      return isText(value);
    default:
      return typeof value === 'string' && base64.test(value);
  }
}

/** Text only where a double does not do, so that a number has one canonical form. */
function isLargeInteger(value: unknown): boolean {
  return typeof value === 'string' && /^-?[1-9]\d{15,19}$/.test(value) && !Number.isSafeInteger(Number(value));
}

function isNotFinite(value: unknown): boolean {
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed();
}

function isJson(value: unknown): boolean {
  try {
    canonicalJson(value);
    return true;
  } catch {
    return false;
  }
}

/** AppError `value_invalid` for what stands at a place, shortened to what one can read. */
export function misfit(path: string, type: Type, shown: string): AppError {
  const text = shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
  return new AppError('value_invalid', `${path} is not of type ${printType(type)}: ${text}.`, {
    details: { path, type: printType(type) },
  });
}
