import { AppError } from '../errors.ts';
import { toCanonical } from './canonical.ts';
import { isMaybe } from './catalog.ts';
import { cut, Effort, Misfit } from './misfit.ts';
import { expandNamed } from './parse.ts';
import { printType } from './print.ts';
import { type Literal, readLiteral } from './read-literal.ts';
import type { Atom, Type } from './type.ts';
import { fits, misfitOf } from './value.ts';

export { printLiteral } from './print-literal.ts';

/**
 * Parses a literal of the type language against a type and returns the value's canonical JSON: `"text"`, `'c'`, `1`, `-2.5`,
 * `true`, `[1, 2]`, `(1, "a")`, `{x: 1.0}`, `Nothing`. Throws AppError `value_invalid` naming the literal and the type.
 */
export function parseLiteral(text: string, type: Type): unknown {
  const invalid = (why: string, cause?: unknown) =>
    new AppError('value_invalid', `${cut(text, 200)} is not a literal of type ${cut(printType(type), 200)}: ${why}`, {
      hint: 'Literals: "text" (with its quotes), 1, 2.5, true, [1, 2], (1, "a"), {x: 1.0}, Nothing.',
      details: { literal: cut(text, 1000), type: cut(printType(type), 1000) },
      cause,
    });
  try {
    const literal = readLiteral(text);
    const effort = new Effort();
    const exact = typedValue(literal, type, effort, true);
    const value = exact instanceof Misfit ? typedValue(literal, type, effort, false) : exact;
    if (value instanceof Misfit) throw value.toError('value');
    return value;
  } catch (error) {
    throw invalid(AppError.from(error).message, error);
  }
}

/** A default from `component.yml`: a literal if it is one, else the plain YAML value if that fits the type. */
export function defaultValue(value: unknown, type: Type): unknown {
  if (typeof value !== 'string') return toCanonical(value, type, 'default');
  try {
    return parseLiteral(value, type);
  } catch (error) {
    if (fits(value, type)) return value;
    throw error;
  }
}

/**
 * A literal as canonical JSON of a value of the type. Brackets, quotes and digits must be the type's own: no coercion. When
 * `exact`, integers that a double does not hold are none, so that in `Double | Int64` they are found to be an Int64.
 */
function typedValue(literal: Literal, type: Type, effort: Effort, exact: boolean): unknown {
  effort.spend();
  const wrong = () => new Misfit(type, () => show(literal));
  switch (type.kind) {
    case 'atom': {
      const value = atomOf(literal, type.name, exact);
      return value === undefined ? wrong() : (misfitOf(value, type, effort) ?? value);
    }
    case 'list':
    case 'tuple': {
      if (literal.kind !== type.kind) return wrong();
      if (type.kind === 'tuple' && literal.items.length !== type.items.length) return wrong();
      const values: unknown[] = [];
      for (const [index, item] of literal.items.entries()) {
        const value = typedValue(item, type.kind === 'list' ? type.item : (type.items[index] as Type), effort, exact);
        if (value instanceof Misfit) return value.under(`[${index}]`);
        values.push(value);
      }
      return values;
    }
    case 'record': {
      if (literal.kind !== 'record') return wrong();
      const entries: [string, unknown][] = [];
      for (const [name, field] of literal.fields) {
        if (!Object.hasOwn(type.fields, name)) return wrong();
        const value = typedValue(field, type.fields[name] as Type, effort, exact);
        if (value instanceof Misfit) return value.under(`.${name}`);
        entries.push([name, value]);
      }
      const missing = Object.keys(type.fields).find(name => !literal.fields.has(name));
      if (missing === undefined) return Object.fromEntries(entries);
      return new Misfit(type.fields[missing] as Type, () => 'nothing').under(`.${missing}`);
    }
    case 'union':
      for (const option of type.options) {
        const value = typedValue(literal, option, effort, exact);
        if (!(value instanceof Misfit)) return value;
      }
      return wrong();
    case 'named': {
      if (isMaybe(type)) return isNothing(literal) ? null : typedValue(literal, type.args[0] as Type, effort, exact);
      const body = expandNamed(type);
      return body === undefined ? wrong() : typedValue(literal, body, effort, exact);
    }
    case 'var': {
      const value = plainValue(literal);
      return misfitOf(value, type, effort) ?? value;
    }
    default:
      return type satisfies never;
  }
}

function atomOf(literal: Literal, atom: Atom, exact: boolean): unknown {
  switch (atom) {
    case 'Bool':
      return literal.kind === 'word' ? { true: true, false: false }[literal.text] : undefined;
    case 'Char':
      return literal.kind === 'char' || literal.kind === 'string' ? literal.text : undefined;
    case 'String':
    case 'Bytes':
      return literal.kind === 'string' ? literal.text : undefined;
    case 'Float':
    case 'Double':
      if (literal.kind === 'word' && literal.text === 'NaN') return 'NaN';
      if (literal.kind !== 'number') return undefined;
      return exact && isInteger(literal.text) && typeof integerOf(literal.text) === 'string'
        ? undefined
        : doubleOf(literal.text);
    default:
      return literal.kind === 'number' && isInteger(literal.text) ? integerOf(literal.text) : undefined;
  }
}

/** What a literal means where any type is taken. */
function plainValue(literal: Literal): unknown {
  switch (literal.kind) {
    case 'list':
    case 'tuple':
      return literal.items.map(plainValue);
    case 'record':
      return Object.fromEntries([...literal.fields].map(([name, field]) => [name, plainValue(field)]));
    case 'number':
      return isInteger(literal.text) ? integerOf(literal.text) : doubleOf(literal.text);
    case 'word':
      return isNothing(literal) ? null : literal.text === 'NaN' ? 'NaN' : literal.text === 'true';
    default:
      return literal.text;
  }
}

function isInteger(text: string): boolean {
  return /^-?\d+$/.test(text);
}

/** Integers beyond what a double holds exactly stay decimal text, as in canonical JSON. */
function integerOf(text: string): number | string {
  const value = Number(text) || 0;
  return Number.isSafeInteger(value) ? value : text;
}

/** `1e400` stays a number that no type takes; the two infinities are written out. */
function doubleOf(text: string): number | string {
  return text.endsWith('Infinity') ? text : Number(text) || 0;
}

function isNothing(literal: Literal): boolean {
  return literal.kind === 'word' && literal.text === 'Nothing';
}

function show(literal: Literal): string {
  if (literal.kind === 'number' || literal.kind === 'word') return literal.text;
  return JSON.stringify(plainValue(literal));
}
