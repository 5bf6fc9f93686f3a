import { canonicalJson } from '../canonical-json.ts';
import { AppError } from '../errors.ts';
import { isMaybe } from './catalog.ts';
import { Effort, Misfit } from './misfit.ts';
import { expandNamed } from './parse.ts';
import type { Atom, Type } from './type.ts';

const integerRanges: Readonly<Partial<Record<Atom, readonly [min: bigint, max: bigint]>>> = {
  Int32: [-(2n ** 31n), 2n ** 31n - 1n],
  Int64: [-(2n ** 63n), 2n ** 63n - 1n],
  UInt32: [0n, 2n ** 32n - 1n],
  UInt64: [0n, 2n ** 64n - 1n],
};

/** With no bits set that stand for nothing, so that the same bytes have one canonical form. */
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/;
/** A multiple of four. */
const base64Piece = 64 * 1024;

/** So that no value makes a check deep. Types nest less deeply, but a named one adds levels and a variable takes anything. */
const maxDepth = 256;

/**
 * Checks canonical JSON of a value (DESIGN §3) against a type: record → object, list and tuple → array, Bytes → base64,
 * Maybe → null or the value, integers beyond 2^53 → decimal strings. Throws AppError `value_invalid` naming the place.
 */
export function checkValue(value: unknown, type: Type, path = 'value'): void {
  const effort = new Effort();
  checkDepth(value, path, effort);
  const misfit = misfitOf(value, type, effort);
  if (misfit !== undefined) throw misfit.toError(path);
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

/** What of a value, which must not be deep, does not fit a type. */
export function misfitOf(value: unknown, type: Type, effort: Effort): Misfit | undefined {
  effort.spend();
  const wrong = () => new Misfit(type, () => shown(value));
  switch (type.kind) {
    case 'var':
      return isJson(value) ? undefined : wrong();
    case 'atom':
      if (typeof value === 'string') effort.spend(value.length >>> 8);
      return isAtom(value, type.name) ? undefined : wrong();
    case 'list':
      if (!Array.isArray(value)) return wrong();
      for (let index = 0; index < value.length; index++) {
        const misfit = misfitOf(value[index], type.item, effort);
        if (misfit !== undefined) return misfit.under(`[${index}]`);
      }
      return undefined;
    case 'tuple':
      if (!Array.isArray(value) || value.length !== type.items.length) return wrong();
      for (const [index, item] of type.items.entries()) {
        const misfit = misfitOf(value[index], item, effort);
        if (misfit !== undefined) return misfit.under(`[${index}]`);
      }
      return undefined;
    case 'record': {
      if (value === null || typeof value !== 'object' || Array.isArray(value)) return wrong();
      const fields = value as Record<string, unknown>;
      if (Object.keys(fields).some(name => !Object.hasOwn(type.fields, name))) return wrong();
      for (const [name, field] of Object.entries(type.fields)) {
        // Own members only: every object has a `constructor`.
        const misfit = misfitOf(Object.hasOwn(fields, name) ? fields[name] : undefined, field, effort);
        if (misfit !== undefined) return misfit.under(`.${name}`);
      }
      return undefined;
    }
    case 'union':
      return type.options.some(option => misfitOf(value, option, effort) === undefined) ? undefined : wrong();
    case 'named': {
      if (isMaybe(type)) return value === null ? undefined : misfitOf(value, type.args[0] as Type, effort);
      const body = expandNamed(type);
      return body === undefined ? wrong() : misfitOf(value, body, effort);
    }
    default:
      return type satisfies never;
  }
}

/** Throws AppError `value_invalid` for what nests too deep, or holds itself. */
export function checkDepth(value: unknown, path: string, effort: Effort): void {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth)
      throw new AppError('value_invalid', `${path} nests more than ${maxDepth} deep.`, {
        hint: 'Give a flatter value.',
        details: { path },
      });
    const next: unknown[] = [];
    for (const item of level) {
      effort.spend();
      // Of the members of a Uint8Array none is deep.
      if (item === null || typeof item !== 'object' || ArrayBuffer.isView(item)) continue;
      for (const member of Array.isArray(item) ? item : Object.values(item)) next.push(member);
    }
    level = next;
  }
}

/** Values that JSON lacks come here too: they are what does not fit. */
function shown(value: unknown): string {
  try {
    return JSON.stringify(value, (_, member) => (typeof member === 'bigint' ? `${member}n` : member)) ?? 'nothing';
  } catch {
    return `a ${typeof value}`;
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
      return typeof value === 'number' ? Number.isFinite(Math.fround(value)) : isNotFinite(value);
    case 'Double':
      return Number.isFinite(value) || isNotFinite(value);
    case 'String':
      return isText(value);
    default:
      return typeof value === 'string' && isBase64(value);
  }
}

/** Piece by piece: of the whole of a picture a regular expression would overflow the stack. */
function isBase64(text: string): boolean {
  const last = Math.max(0, text.length - (text.length % base64Piece || base64Piece));
  for (let at = 0; at < last; at += base64Piece) {
    if (!/^[A-Za-z0-9+/]*$/.test(text.slice(at, at + base64Piece))) return false;
  }
  return base64.test(text.slice(last));
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
