import { canonicalJson } from '../canonical-json.ts';
import { AppError } from '../errors.ts';
import { isMaybe } from './catalog.ts';
import { Effort } from './misfit.ts';
import { expandNamed } from './parse.ts';
import type { Type } from './type.ts';
import { checkDepth, checkValue, misfitOf } from './value.ts';

/** So that no text fills the memory; a picture of 20 megapixels, in base64, is well below. */
const maxLength = 128 * 1024 * 1024;

/**
 * Canonical JSON (DESIGN §3) of a value as JavaScript has it: bigint, numbers that are not finite, Uint8Array and undefined
 * (for nothing) become what stands for them in the places where the type has them. Throws AppError `value_invalid` naming
 * the place that does not fit.
 */
export function toCanonical(value: unknown, type: Type, path = 'value'): unknown {
  const effort = new Effort();
  checkDepth(value, path, effort);
  const canonical = converted(value, type, effort);
  checkValue(canonical, type, path);
  return canonical;
}

/** The one text of a value, as it is hashed and sent: RFC 8785 of `toCanonical`. */
export function valueToJson(value: unknown, type: Type): string {
  return canonicalJson(toCanonical(value, type));
}

/**
 * The checked value, in canonical JSON, of a JSON text. Throws AppError `value_invalid` for what is not JSON, too large, too deep or not
 * of the type; an integer beyond 2^53 that is not text is refused, for JSON's numbers have not kept it.
 */
export function valueFromJson(text: string, type: Type, path = 'value'): unknown {
  if (text.length > maxLength)
    throw new AppError(
      'value_invalid',
      `${path} has ${text.length} characters; JSON of a value has at most ${maxLength}.`,
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError('value_invalid', `${path} is not JSON: ${AppError.from(error).message}`, { cause: error });
  }
  checkValue(value, type, path);
  // What has a form of its own in JSON is now as it should be, save the sign of a zero.
  return toCanonical(value, type, path);
}

/** The value with what JSON lacks replaced where it fits; what does not fit stays, to be named by the check that follows. */
function converted(value: unknown, type: Type, effort: Effort): unknown {
  effort.spend();
  const inside = (member: unknown, of: Type) => converted(member, of, effort);
  switch (type.kind) {
    case 'var':
      return anything(value);
    case 'atom':
      return atomOf(value, type.name);
    case 'list':
      return Array.isArray(value) ? value.map(item => inside(item, type.item)) : value;
    case 'tuple':
      if (!Array.isArray(value) || value.length !== type.items.length) return value;
      return value.map((item, index) => inside(item, type.items[index] as Type));
    case 'record': {
      if (!isRecord(value)) return value;
      const entries = Object.entries(value).map(([name, member]) => [
        name,
        Object.hasOwn(type.fields, name) ? inside(member, type.fields[name] as Type) : member,
      ]);
      // A field that may be nothing may be left out.
      for (const [name, field] of Object.entries(type.fields)) {
        if (!Object.hasOwn(value, name) && field.kind === 'named' && isMaybe(field)) entries.push([name, null]);
      }
      return Object.fromEntries(entries);
    }
    case 'union':
      for (const option of type.options) {
        const candidate = inside(value, option);
        if (misfitOf(candidate, option, effort) === undefined) return candidate;
      }
      return value;
    case 'named': {
      if (isMaybe(type)) return value === undefined || value === null ? null : inside(value, type.args[0] as Type);
      const body = expandNamed(type);
      return body === undefined ? value : inside(value, body);
    }
    default:
      return type satisfies never;
  }
}

function atomOf(value: unknown, atom: string): unknown {
  switch (atom) {
    case 'Bytes':
      return value instanceof Uint8Array ? base64Of(value) : value;
    case 'Float':
    case 'Double':
      return typeof value === 'number' ? numberOf(value) : value;
    case 'Int32':
    case 'Int64':
    case 'UInt32':
    case 'UInt64':
      return typeof value === 'bigint' ? integerOf(value) : value === 0 ? 0 : value;
    default:
      return value;
  }
}

function anything(value: unknown): unknown {
  if (typeof value === 'bigint') return integerOf(value);
  if (typeof value === 'number') return numberOf(value);
  if (value instanceof Uint8Array) return base64Of(value);
  if (Array.isArray(value)) return value.map(anything);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, anything(member)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function integerOf(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** Without the sign of a zero, which JSON's canonical form does not keep. */
function numberOf(value: number): number | string {
  return Number.isFinite(value) ? value + 0 : String(value);
}

function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}
