import { AppError } from '../errors.ts';
import { cut } from './misfit.ts';

/** So that no literal is slow or deep to read. */
const maxLength = 64 * 1024;
const maxDepth = 64;

/** A literal as it was written; what it means depends on the type it is read for: `1` is an Int32 as well as a Double. */
export type Literal =
  | { kind: 'number' | 'word' | 'string' | 'char'; text: string }
  | { kind: 'list' | 'tuple'; items: Literal[] }
  | { kind: 'record'; fields: ReadonlyMap<string, Literal> };

/** Throws AppError `value_invalid` naming the column. */
export function readLiteral(text: string): Literal {
  return new LiteralReader(text).whole();
}

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
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
    if (word === undefined) this.#fail('expected a value');
    const shown = cut(word, 40);
    this.#fail(`"${shown}" is no literal; text goes in double quotes: "${shown}"`);
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
      const quoted = this.#match(/"(?:[^"\\]|\\.)*"/y);
      const name = quoted === undefined ? this.#match(/[a-z_][A-Za-z0-9_]*/y) : this.#unquote(quoted);
      if (name === undefined || !this.#take(':')) this.#fail('expected a field such as x: 1.0');
      if (fields.has(name)) this.#fail(`the field ${cut(name, 40)} is there twice`);
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
    throw new AppError('value_invalid', `column ${this.#at + 1}: ${what}`);
  }
}

/** The same text in double quotes, where `"` needs its backslash and `'` does not. */
function doubleQuoted(text: string): string {
  const inner = text.slice(1, -1).replace(/\\'|"/g, found => (found === '"' ? '\\"' : "'"));
  return `"${inner}"`;
}
