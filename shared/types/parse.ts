import { AppError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { catalog, definitionText, maybeName } from './catalog.ts';
import { cut } from './misfit.ts';
import { type Atom, atoms, childrenOf, mapType, type Type } from './type.ts';

/** So that no input makes a check slow or deep. */
const maxLength = 64 * 1024;
const maxDepth = 64;
/** Options are matched with options: work grows with the square of their number. */
const maxOptions = 256;

/** A small word before a dot is the workspace of a name, not a variable. */
const variableName = /[a-z][A-Za-z0-9_]*(?![A-Za-z0-9_.])/y;
const typeName = /(?:[a-z][A-Za-z0-9_]*\.)?[A-Z][A-Za-z0-9_]*(?:\.[A-Z][A-Za-z0-9_]*)*/y;

/**
 * Parses a type, e.g. `[{label: String, box: Rectangle<Double>}]` (grammar: platform-facts §1.3). Names must be atoms, of the
 * catalog, or `Maybe`. Throws AppError `type_invalid` naming the column.
 */
export function parseType(text: string): Type {
  const parser = parserOf(text);
  const type = parser.union(0);
  parser.end();
  return type;
}

/** What is on the two sides of `Rectangle<t> := {x: t, y: t, width: t, height: t}`. */
export interface Definition {
  name: string;
  params: string[];
  body: Type;
}

/**
 * Parses the definition of a named type. Its body is of types that are known already and of its parameters. Throws AppError
 * `type_invalid` naming the column.
 */
export function parseDefinition(text: string): Definition {
  const parser = parserOf(text);
  const definition = parser.definition();
  parser.end();
  return definition;
}

function parserOf(text: string): Parser {
  if (text.length > maxLength)
    throw new AppError('type_invalid', `A type is at most ${maxLength} characters; this has ${text.length}.`);
  return new Parser(text);
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
    while (this.#take('|')) {
      if (options.length === maxOptions) this.#fail(`a union has at most ${maxOptions} options`);
      options.push(this.#alternative(depth));
    }
    return options.length === 1 ? (options[0] as Type) : { kind: 'union', options };
  }

  definition(): Definition {
    const name = this.#word(typeName);
    if (name === undefined) this.#fail('expected the name of a type, which begins with a capital letter');
    if (name === maybeName || (atoms as readonly string[]).includes(name)) this.#fail(`${name} is built in`);
    const params: string[] = [];
    if (this.#take('<')) {
      do {
        const param = this.#word(variableName);
        if (param === undefined) this.#fail('expected a parameter, which begins with a small letter');
        if (params.includes(param)) this.#fail(`the parameter ${cut(param, 60)} is there twice`);
        params.push(param);
      } while (this.#take(','));
      this.#expect('>');
    }
    this.#expect(':');
    this.#expect('=');
    const body = this.union(0);
    const unknown = variablesOf(body).find(variable => !params.includes(variable));
    if (unknown !== undefined) this.#fail(`${cut(unknown, 60)} is not a parameter of ${cut(name, 60)}`);
    return { name, params, body };
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
        this.#fail(`the field ${cut(name, 60)} is there twice`);
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
    const variable = this.#word(variableName);
    if (variable !== undefined) return { kind: 'var', name: variable };
    const name = this.#word(typeName);
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
      const shown = cut(name, 60);
      const close = nearest(shown.replace(/^[a-z]\w*\./, ''), [...atoms, ...Object.keys(catalog), maybeName]);
      this.#fail(`there is no type ${shown}${close === undefined ? '' : `; did you mean ${close}?`}`);
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
    throw new AppError('type_invalid', `Type "${cut(this.#text, 200)}", column ${this.#at + 1}: ${what}.`, {
      details: { type: this.#text.slice(0, 1000), column: this.#at + 1 },
    });
  }
}

const definitions = new Map<string, Definition>();

/** What a named type of the catalog is made of; undefined for `Maybe`, which is made of nothing else. */
export function expandNamed(type: Type & { kind: 'named' }): Type | undefined {
  const definition = definitionOf(type.name);
  if (definition === undefined) return undefined;
  const args = new Map(definition.params.map((param, index) => [param, type.args[index] as Type]));
  return mapType(definition.body, part => (part.kind === 'var' ? args.get(part.name) : undefined));
}

function definitionOf(name: string): Definition | undefined {
  const known = definitions.get(name);
  if (known !== undefined) return known;
  const text = definitionText(name);
  if (text === undefined) return undefined;
  const definition = parseDefinition(text);
  definitions.set(name, definition);
  return definition;
}

function variablesOf(type: Type): string[] {
  return type.kind === 'var' ? [type.name] : childrenOf(type).flatMap(variablesOf);
}
