import { AppError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { catalog, maybeName } from './catalog.ts';
import { type Atom, atoms, mapType, type Type } from './type.ts';

/** So that no input makes a check slow or deep. */
const maxLength = 64 * 1024;
const maxDepth = 64;

/**
 * Parses a type, e.g. `[{label: String, box: Rectangle<Double>}]` (grammar: platform-facts §1.3). Names must be atoms, of the
 * catalog, or `Maybe`. Throws AppError `type_invalid` naming the column.
 */
export function parseType(text: string): Type {
  if (text.length > maxLength)
    throw new AppError('type_invalid', `A type is at most ${maxLength} characters; this has ${text.length}.`);
  const parser = new Parser(text);
  const type = parser.union(0);
  parser.end();
  return type;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  union(depth: number): Type {
    if (depth > maxDepth) this.#fail(`types nest at most ${maxDepth} deep`);
    const options = [this.#alternative(depth)];
    while (this.#take('|')) options.push(this.#alternative(depth));
    return options.length === 1 ? (options[0] as Type) : { kind: 'union', options };
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) this.#fail(`unexpected "${this.#text[this.#at]}"`);
  }

  #alternative(depth: number): Type {
    if (this.#take('[')) {
      const item = this.union(depth + 1);
      this.#expect(']');
      return { kind: 'list', item };
    }
    if (this.#take('(')) return this.#tuple(depth);
    if (this.#take('{')) return this.#record(depth);
    return this.#name(depth);
  }

  #tuple(depth: number): Type {
    const items: Type[] = [];
    if (this.#take(')')) return { kind: 'tuple', items };
    while (true) {
      items.push(this.union(depth + 1));
      if (this.#take(')')) return items.length === 1 ? (items[0] as Type) : { kind: 'tuple', items };
      this.#expect(',');
      if (this.#take(')')) return { kind: 'tuple', items };
    }
  }

  #record(depth: number): Type {
    const fields: Record<string, Type> = Object.create(null) as Record<string, Type>;
    if (this.#take('}')) return { kind: 'record', fields: {} };
    while (true) {
      const start = this.#at;
      const name = this.#word(/[a-z_][A-Za-z0-9_]*/y);
      if (name === undefined) this.#fail('expected a field name, which begins with a small letter');
      if (name in fields) {
        this.#at = start;
        this.#fail(`the field ${name} is there twice`);
      }
      this.#expect(':');
      fields[name] = this.union(depth + 1);
      if (this.#take('}')) return { kind: 'record', fields: { ...fields } };
      this.#expect(',');
      if (this.#take('}')) return { kind: 'record', fields: { ...fields } };
    }
  }

  #name(depth: number): Type {
    const start = this.#at;
    // A small word before a dot is the workspace of a name, not a variable.
    const variable = this.#word(/[a-z][A-Za-z0-9_]*(?![A-Za-z0-9_.])/y);
    if (variable !== undefined) return { kind: 'var', name: variable };
    const name = this.#word(/(?:[a-z][A-Za-z0-9_]*\.)?[A-Z][A-Za-z0-9_]*(?:\.[A-Z][A-Za-z0-9_]*)*/y);
    if (name === undefined) this.#fail('expected a type');
    const args: Type[] = [];
    if (this.#take('<')) {
      do args.push(this.union(depth + 1));
      while (this.#take(','));
      this.#expect('>');
    }
    const isAtom = (atoms as readonly string[]).includes(name);
    if (isAtom && args.length === 0) return { kind: 'atom', name: name as Atom };
    const wanted = isAtom ? 0 : name === maybeName ? 1 : catalog[name]?.params.length;
    if (wanted === undefined) {
      this.#at = start;
      const close = nearest(name.replace(/^[a-z]\w*\./, ''), [...atoms, ...Object.keys(catalog), maybeName]);
      this.#fail(`there is no type ${name}${close === undefined ? '' : `; did you mean ${close}?`}`);
    }
    if (args.length !== wanted) {
      this.#at = start;
      this.#fail(`${name} takes ${wanted} type argument${wanted === 1 ? '' : 's'}, not ${args.length}`);
    }
    return { kind: 'named', name, args };
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

  #expect(symbol: string): void {
    if (!this.#take(symbol)) this.#fail(`expected "${symbol}"`);
  }

  #word(pattern: RegExp): string | undefined {
    this.#space();
    pattern.lastIndex = this.#at;
    const word = pattern.exec(this.#text)?.[0];
    if (word !== undefined) this.#at += word.length;
    return word;
  }

  #fail(what: string): never {
    throw new AppError('type_invalid', `Type "${this.#text.slice(0, 200)}", column ${this.#at + 1}: ${what}.`, {
      details: { type: this.#text.slice(0, 1000), column: this.#at + 1 },
    });
  }
}

const bodies = new Map<string, Type>();

/** What a named type of the catalog is made of; undefined for `Maybe`, which is made of nothing else. */
export function expandNamed(type: Type & { kind: 'named' }): Type | undefined {
  const entry = catalog[type.name];
  if (entry === undefined) return undefined;
  let body = bodies.get(type.name);
  if (body === undefined) {
    body = parseType(entry.body);
    bodies.set(type.name, body);
  }
  const args = new Map(entry.params.map((param, index) => [param, type.args[index] as Type]));
  return mapType(body, part => (part.kind === 'var' ? args.get(part.name) : undefined));
}
