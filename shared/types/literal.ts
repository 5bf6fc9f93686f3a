import { AppError } from '../errors.ts';
import { isMaybe } from './catalog.ts';
import { expandNamed } from './parse.ts';
import { printType } from './print.ts';
import type { Atom, Type } from './type.ts';
import { checkValue, fits, misfit } from './value.ts';

const maxLength = 64 * 1024;
const maxDepth = 64;

/** A literal as it was written; what it means depends on the type it is read for: `1` is an Int32 as well as a Double. */
type Literal =
  | { kind: 'number' | 'word' | 'string' | 'char'; text: string }
  | { kind: 'list' | 'tuple'; items: Literal[] }
  | { kind: 'record'; fields: ReadonlyMap<string, Literal> };

/**
 * Parses a literal of the type language against a type and returns the value's canonical JSON: `"text"`, `'c'`, `1`, `-2.5`,
 * `true`, `[1, 2]`, `(1, "a")`, `{x: 1.0}`, `Nothing`. Throws AppError `value_invalid` naming the literal and the type.
 */
export function parseLiteral(text: string, type: Type): unknown {
  const literal = new LiteralReader(text, type).whole();
  try {
    return typedValue(literal, type, 'value');
  } catch (error) {
    throw invalid(text, type, AppError.from(error).message, error);
  }
}

/** A default from `component.yml`: a literal if it is one, else the plain YAML value if that fits the type. */
export function defaultValue(value: unknown, type: Type): unknown {
  if (typeof value === 'string') {
    try {
      return parseLiteral(value, type);
    } catch (error) {
      if (fits(value, type)) return value;
      throw error;
    }
  }
  const json = fromYaml(value);
  checkValue(json, type, 'default');
  return json;
}

/** The literal of a value: the inverse of `parseLiteral`. */
export function printLiteral(value: unknown, type: Type): string {
  const plain: Type = { kind: 'var', name: 't' };
  if (value === null) return 'Nothing';
  if (type.kind === 'named') {
    const inside = isMaybe(type) ? type.args[0] : expandNamed(type);
    return printLiteral(value, inside ?? plain);
  }
  if (type.kind === 'union') return printLiteral(value, type.options.find(option => fits(value, option)) ?? plain);
  if (Array.isArray(value)) {
    if (type.kind === 'tuple') {
      const items = value.map((item, index) => printLiteral(item, type.items[index] ?? plain));
      return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
    }
    const item = type.kind === 'list' ? type.item : plain;
    return `[${value.map(each => printLiteral(each, item)).join(', ')}]`;
  }
  if (typeof value === 'object') {
    const fields = type.kind === 'record' ? type.fields : {};
    const printed = Object.entries(value as Record<string, unknown>).map(
      ([name, field]) =>
        `${name}: ${printLiteral(field, Object.hasOwn(fields, name) ? (fields[name] as Type) : plain)}`,
    );
    return `{${printed.join(', ')}}`;
  }
  if (typeof value === 'string' && type.kind === 'atom' && !['String', 'Char', 'Bytes'].includes(type.name))
    return value;
  return JSON.stringify(value);
}

/** A literal as canonical JSON of a value of the type. Brackets, quotes and digits must be the type's own: no coercion. */
function typedValue(literal: Literal, type: Type, path: string): unknown {
  const wrong = () => misfit(path, type, show(literal));
  switch (type.kind) {
    case 'atom': {
      const value = atomOf(literal, type.name);
      if (value === undefined) throw wrong();
      checkValue(value, type, path);
      return value;
    }
    case 'list':
      if (literal.kind !== 'list') throw wrong();
      return literal.items.map((item, index) => typedValue(item, type.item, `${path}[${index}]`));
    case 'tuple':
      if (literal.kind !== 'tuple' || literal.items.length !== type.items.length) throw wrong();
      return literal.items.map((item, index) => typedValue(item, type.items[index] as Type, `${path}[${index}]`));
    case 'record': {
      if (literal.kind !== 'record') throw wrong();
      const names = Object.keys(type.fields);
      if ([...literal.fields.keys()].some(name => !names.includes(name))) throw wrong();
      const entries = [...literal.fields].map(([name, field]) => [
        name,
        typedValue(field, type.fields[name] as Type, `${path}.${name}`),
      ]);
      const missing = names.find(name => !literal.fields.has(name));
      if (missing !== undefined) throw misfit(`${path}.${missing}`, type.fields[missing] as Type, 'nothing');
      return Object.fromEntries(entries);
    }
    case 'union':
      for (const option of type.options) {
        try {
          return typedValue(literal, option, path);
        } catch {
          // The next option may fit; when none does, the union is named.
        }
      }
      throw wrong();
    case 'named': {
      if (isMaybe(type)) return isNothing(literal) ? null : typedValue(literal, type.args[0] as Type, path);
      const body = expandNamed(type);
      if (body === undefined) throw wrong();
      return typedValue(literal, body, path);
    }
    case 'var': {
      const value = plainValue(literal);
      checkValue(value, type, path);
      return value;
    }
    default:
      return type satisfies never;
  }
}

function atomOf(literal: Literal, atom: Atom): unknown {
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
      return literal.kind === 'number' ? doubleOf(literal.text) : undefined;
    default:
      return literal.kind === 'number' && /^-?\d+$/.test(literal.text) ? integerOf(literal.text) : undefined;
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
      return /^-?\d+$/.test(literal.text) ? integerOf(literal.text) : doubleOf(literal.text);
    case 'word':
      return isNothing(literal) ? null : literal.text === 'NaN' ? 'NaN' : literal.text === 'true';
    default:
      return literal.text;
  }
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

/** YAML's `.nan` and `.inf` as canonical JSON has them. */
function fromYaml(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(fromYaml);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fromYaml(member)]));
}

function show(literal: Literal): string {
  if (literal.kind === 'number' || literal.kind === 'word') return literal.text;
  return JSON.stringify(plainValue(literal));
}

class LiteralReader {
  readonly #text: string;
  readonly #type: Type;
  #at = 0;

  constructor(text: string, type: Type) {
    this.#text = text;
    this.#type = type;
  }

  whole(): Literal {
    if (this.#text.length > maxLength) this.#fail(`a literal is at most ${maxLength} characters`);
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail(`unexpected "${this.#text.slice(this.#at, this.#at + 10)}"`);
    return value;
  }

  #value(depth: number): Literal {
    if (depth > maxDepth) this.#fail(`literals nest at most ${maxDepth} deep`);
    this.#space();
    if (this.#take('[')) return { kind: 'list', items: this.#items(']', depth).items };
    if (this.#take('(')) return this.#tuple(depth);
    if (this.#take('{')) return { kind: 'record', fields: this.#fields(depth) };
    const quoted = this.#match(/"(?:[^"\\]|\\.)*"/y);
    if (quoted !== undefined) return { kind: 'string', text: this.#unquote(quoted) };
    const char = this.#match(/'(?:[^'\\]|\\.)*'/y);
    if (char !== undefined) return { kind: 'char', text: this.#unquote(doubleQuoted(char)) };
    const number = this.#match(/-?(?:Infinity|(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y);
    if (number !== undefined) return { kind: 'number', text: number };
    const word = this.#match(/[A-Za-z_][A-Za-z0-9_.]*/y);
    if (word !== undefined && ['true', 'false', 'Nothing', 'NaN'].includes(word)) return { kind: 'word', text: word };
    this.#fail(
      word === undefined ? 'expected a value' : `"${word}" is no literal; text goes in double quotes: "${word}"`,
    );
  }

  /** `(x)` is x, `(x,)` a tuple of one, as in types. */
  #tuple(depth: number): Literal {
    const { items, comma } = this.#items(')', depth);
    return items.length === 1 && !comma ? (items[0] as Literal) : { kind: 'tuple', items };
  }

  #items(end: string, depth: number): { items: Literal[]; comma: boolean } {
    const items: Literal[] = [];
    let comma = false;
    while (!this.#take(end)) {
      items.push(this.#value(depth + 1));
      comma = this.#take(',');
      if (!comma) {
        if (!this.#take(end)) this.#fail(`expected "," or "${end}"`);
        break;
      }
    }
    return { items, comma };
  }

  #fields(depth: number): Map<string, Literal> {
    const fields = new Map<string, Literal>();
    while (!this.#take('}')) {
      this.#space();
      const name = this.#match(/[a-z_][A-Za-z0-9_]*/y);
      if (name === undefined || !this.#take(':')) this.#fail('expected a field such as x: 1.0');
      if (fields.has(name)) this.#fail(`the field ${name} is there twice`);
      fields.set(name, this.#value(depth + 1));
      if (!this.#take(',')) {
        if (!this.#take('}')) this.#fail('expected "," or "}"');
        break;
      }
    }
    return fields;
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

/** The same text in double quotes, where `"` needs its backslash and `'` does not. */
function doubleQuoted(text: string): string {
  const inner = text.slice(1, -1).replace(/\\'|"/g, found => (found === '"' ? '\\"' : "'"));
  return `"${inner}"`;
}

function invalid(text: string, type: Type, why: string, cause?: unknown): AppError {
  return new AppError('value_invalid', `${text.slice(0, 200)} is not a literal of type ${printType(type)}: ${why}`, {
    hint: 'Literals: "text" (with its quotes), 1, 2.5, true, [1, 2], (1, "a"), {x: 1.0}.',
    details: { literal: text.slice(0, 1000), type: printType(type) },
    cause,
  });
}
