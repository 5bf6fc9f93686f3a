import { AppError } from '../errors.ts';
import { isMaybe } from './catalog.ts';
import { expandNamed } from './parse.ts';
import { printType } from './print.ts';
import type { Type } from './type.ts';
import { checkValue } from './value.ts';

const maxLength = 64 * 1024;
const maxDepth = 64;

/**
 * Parses a literal of the type language against a type and returns the value's canonical JSON: `"text"`, `'c'`, `1`, `-2.5`,
 * `true`, `[1, 2]`, `(1, "a")`, `{x: 1.0}`, `Nothing`. Throws AppError `value_invalid` naming the literal and the type.
 */
export function parseLiteral(text: string, type: Type): unknown {
  const reader = new LiteralReader(text, type);
  let value = reader.whole();
  try {
    value = settle(value, type);
    checkValue(value, type);
  } catch (error) {
    throw invalid(text, type, AppError.from(error).message, error);
  }
  return value;
}

/** A default from `component.yml`: a literal if it is one, else the plain YAML value if that fits the type. */
export function defaultValue(value: unknown, type: Type): unknown {
  if (typeof value === 'string') {
    try {
      return parseLiteral(value, type);
    } catch (error) {
      if (type.kind !== 'atom' || (type.name !== 'String' && type.name !== 'Char')) throw error;
    }
  }
  checkValue(value, type, 'default');
  return value;
}

/** The literal of a value: the inverse of `parseLiteral`. */
export function printLiteral(value: unknown, type: Type): string {
  if (value === null) return 'Nothing';
  if (Array.isArray(value)) {
    if (type.kind === 'tuple') {
      const items = value.map((item, index) => printLiteral(item, type.items[index] as Type));
      return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
    }
    const item: Type = type.kind === 'list' ? type.item : { kind: 'var', name: 't' };
    return `[${value.map(each => printLiteral(each, item)).join(', ')}]`;
  }
  if (typeof value === 'object') {
    const fields = type.kind === 'record' ? type.fields : {};
    const printed = Object.entries(value as Record<string, unknown>).map(
      ([name, field]) => `${name}: ${printLiteral(field, fields[name] ?? { kind: 'var', name: 't' })}`,
    );
    return `{${printed.join(', ')}}`;
  }
  if (typeof value === 'string' && type.kind === 'atom' && !['String', 'Char', 'Bytes'].includes(type.name))
    return value;
  return JSON.stringify(value);
}

class LiteralReader {
  readonly #text: string;
  readonly #type: Type;
  #at = 0;

  constructor(text: string, type: Type) {
    this.#text = text;
    this.#type = type;
  }

  whole(): unknown {
    if (this.#text.length > maxLength) this.#fail(`a literal is at most ${maxLength} characters`);
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail(`unexpected "${this.#text.slice(this.#at, this.#at + 10)}"`);
    return value;
  }

  #value(depth: number): unknown {
    if (depth > maxDepth) this.#fail(`literals nest at most ${maxDepth} deep`);
    this.#space();
    if (this.#take('[')) return this.#items(']', depth);
    if (this.#take('(')) return this.#items(')', depth);
    if (this.#take('{')) return this.#fields(depth);
    const quoted = this.#match(/"(?:[^"\\]|\\.)*"/y);
    if (quoted !== undefined) return this.#unquote(quoted);
    const character = this.#match(/'(?:[^'\\]|\\.)*'/y);
    if (character !== undefined) {
      return character === `'\\''` ? "'" : this.#unquote(`"${character.slice(1, -1).replaceAll('"', '\\"')}"`);
    }
    const number = this.#match(/-?(?:Infinity|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y);
    if (number !== undefined) return numberOf(number);
    const word = this.#match(/[A-Za-z_][A-Za-z0-9_.]*/y);
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'Nothing') return null;
    if (word === 'NaN') return 'NaN';
    this.#fail(
      word === undefined ? 'expected a value' : `"${word}" is no literal; text goes in double quotes: "${word}"`,
    );
  }

  #items(end: string, depth: number): unknown[] {
    const items: unknown[] = [];
    while (!this.#take(end)) {
      items.push(this.#value(depth + 1));
      if (!this.#take(',')) {
        if (!this.#take(end)) this.#fail(`expected "," or "${end}"`);
        break;
      }
    }
    return items;
  }

  #fields(depth: number): Record<string, unknown> {
    const fields: [string, unknown][] = [];
    while (!this.#take('}')) {
      this.#space();
      const name = this.#match(/[a-z_][A-Za-z0-9_]*/y);
      if (name === undefined || !this.#take(':')) this.#fail('expected a field such as x: 1.0');
      if (fields.some(([given]) => given === name)) this.#fail(`the field ${name} is given twice`);
      fields.push([name, this.#value(depth + 1)]);
      if (!this.#take(',')) {
        if (!this.#take('}')) this.#fail('expected "," or "}"');
        break;
      }
    }
    return Object.fromEntries(fields);
  }

  #unquote(quoted: string): string {
    try {
      return JSON.parse(quoted) as string;
    } catch {
      this.#fail('a string has an escape that is not one of JSON');
    }
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #take(symbol: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== symbol) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(what: string): never {
    throw invalid(this.#text, this.#type, `column ${this.#at + 1}: ${what}`);
  }
}

/** Whole numbers beyond 2^53 become what their type makes of them: a Double's value, an integer's decimal text. */
function settle(value: unknown, type: Type | undefined): unknown {
  if (type?.kind === 'named' && !isMaybe(type)) return settle(value, expandNamed(type));
  if (type?.kind === 'named') return settle(value, type.args[0]);
  if (typeof value === 'bigint') {
    return type?.kind === 'atom' && (type.name === 'Double' || type.name === 'Float') ? Number(value) : String(value);
  }
  if (Array.isArray(value)) {
    return value.map((item, index) =>
      settle(item, type?.kind === 'list' ? type.item : type?.kind === 'tuple' ? type.items[index] : undefined),
    );
  }
  if (value === null || typeof value !== 'object') return value;
  const fields = type?.kind === 'record' ? type.fields : {};
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      settle(field, Object.hasOwn(fields, name) ? fields[name] : undefined),
    ]),
  );
}

/** Integers beyond what a double holds exactly are kept whole until their type is known. */
function numberOf(text: string): number | bigint | string {
  if (text.endsWith('Infinity')) return text;
  const value = Number(text);
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(value) ? BigInt(text) : value;
}

function invalid(text: string, type: Type, why: string, cause?: unknown): AppError {
  return new AppError('value_invalid', `${text.slice(0, 200)} is not a literal of type ${printType(type)}: ${why}`, {
    hint: 'Literals: "text" (with its quotes), 1, 2.5, true, [1, 2], (1, "a"), {x: 1.0}.',
    details: { literal: text.slice(0, 1000), type: printType(type) },
    cause,
  });
}
