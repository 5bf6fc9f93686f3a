import { AppError } from '../errors.ts';
import { printType } from './print.ts';
import { childrenOf, mapType, type Type } from './type.ts';

/** Where two types part: the path from the outermost type, and the two parts that do not fit. */
export interface Mismatch {
  path: string[];
  from: Type;
  to: Type;
  reason: string;
}

/** So that no graph makes a check slow: `t` → `(t, t)`, forty times in a row, is a type of 2^40 parts. */
const maxSteps = 2_000_000;

/** What variables stand for. Variables are told apart by name: rename them per vertex before they meet (`freshen`). */
export class Substitution {
  readonly #bindings = new Map<string, Type>();
  /** The variables in the order they were bound, so that a failed attempt can be taken back. */
  readonly #trail: string[] = [];
  #steps = 0;

  /** The type with every solved variable replaced. */
  apply(type: Type): Type {
    return mapType(type, part => {
      this.#step();
      if (part.kind !== 'var') return undefined;
      const bound = this.#resolve(part);
      return bound.kind === 'var' ? bound : this.apply(bound);
    });
  }

  /**
   * Makes `from` and `to` the same type by binding variables; undefined when that worked, else where they part, and nothing
   * is bound. There is no coercion: named types fit by name, a union fits a union of the same options (DESIGN §3).
   * @throws AppError `type_invalid` when the types grow too large to compare.
   */
  unify(from: Type, to: Type, path: string[] = []): Mismatch | undefined {
    const mark = this.#trail.length;
    const mismatch = this.#unify(from, to, path);
    if (mismatch !== undefined) this.#undo(mark);
    return mismatch;
  }

  /** Whether two types would unify. Binds nothing. */
  fits(from: Type, to: Type): boolean {
    const mark = this.#trail.length;
    const fitting = this.#unify(from, to, []) === undefined;
    this.#undo(mark);
    return fitting;
  }

  #unify(from: Type, to: Type, path: string[]): Mismatch | undefined {
    this.#step();
    const a = this.#resolve(from);
    const b = this.#resolve(to);
    const part = (reason: string): Mismatch => ({ path, from: this.apply(a), to: this.apply(b), reason });
    if (a.kind === 'var' && b.kind === 'var' && a.name === b.name) return undefined;
    if (a.kind === 'var') return this.#bind(a.name, b) ? undefined : part('a type would contain itself');
    if (b.kind === 'var') return this.#bind(b.name, a) ? undefined : part('a type would contain itself');
    if (a.kind === 'union' || b.kind === 'union') {
      const left = normalize(this.apply(a));
      const right = normalize(this.apply(b));
      if (left.kind === 'union' && right.kind === 'union')
        return this.#match(groundFirst(left.options), groundFirst(right.options))
          ? undefined
          : part(`expected one of ${printType(right)}`);
      if (left.kind !== 'union' && right.kind !== 'union') return this.#unify(left, right, path);
      return part(`expected ${describe(right)}`);
    }
    if (a.kind === 'atom' && b.kind === 'atom') return a.name === b.name ? undefined : part(`expected ${b.name}`);
    if (a.kind === 'list' && b.kind === 'list') return this.#unify(a.item, b.item, [...path, '[]']);
    if (a.kind === 'tuple' && b.kind === 'tuple') {
      if (a.items.length !== b.items.length)
        return part(`expected a tuple of ${b.items.length}, not of ${a.items.length}`);
      return this.#all(a.items.map((item, index) => [item, b.items[index] as Type, [...path, String(index)]]));
    }
    if (a.kind === 'record' && b.kind === 'record') {
      const missing = Object.keys(b.fields).find(name => !Object.hasOwn(a.fields, name));
      if (missing !== undefined) return part(`the field ${missing} is missing`);
      const extra = Object.keys(a.fields).find(name => !Object.hasOwn(b.fields, name));
      if (extra !== undefined) return part(`there is a field ${extra} too many`);
      return this.#all(
        Object.entries(a.fields).map(([name, field]) => [field, b.fields[name] as Type, [...path, name]]),
      );
    }
    if (a.kind === 'named' && b.kind === 'named') {
      if (a.name !== b.name || a.args.length !== b.args.length) return part(`expected ${b.name}`);
      return this.#all(a.args.map((arg, index) => [arg, b.args[index] as Type, [...path, `<${index}>`]]));
    }
    return part(`expected ${describe(b)}`);
  }

  #all(pairs: [Type, Type, string[]][]): Mismatch | undefined {
    for (const [from, to, path] of pairs) {
      const mismatch = this.#unify(from, to, path);
      if (mismatch !== undefined) return mismatch;
    }
    return undefined;
  }

  /** Whether each option of one can have its own of the other; what does not lead there is taken back. */
  #match([option, ...others]: Type[], right: Type[]): boolean {
    if (option === undefined) return right.length === 0;
    return right.some((candidate, index) => {
      const mark = this.#trail.length;
      if (this.#unify(option, candidate, []) === undefined && this.#match(others, right.toSpliced(index, 1)))
        return true;
      this.#undo(mark);
      return false;
    });
  }

  #resolve(type: Type): Type {
    let current = type;
    while (current.kind === 'var') {
      const bound = this.#bindings.get(current.name);
      if (bound === undefined) return current;
      current = bound;
    }
    return current;
  }

  #bind(name: string, type: Type): boolean {
    if (this.#occurs(name, type)) return false;
    this.#bindings.set(name, type);
    this.#trail.push(name);
    return true;
  }

  #undo(mark: number): void {
    for (const name of this.#trail.splice(mark)) this.#bindings.delete(name);
  }

  #occurs(name: string, type: Type): boolean {
    this.#step();
    const resolved = this.#resolve(type);
    return resolved.kind === 'var'
      ? resolved.name === name
      : childrenOf(resolved).some(child => this.#occurs(name, child));
  }

  #step(): void {
    if (++this.#steps > maxSteps)
      throw new AppError('type_invalid', 'The types of this graph grow too large to compare.', {
        hint: 'A type that doubles at every vertex, such as t → (t, t), cannot be repeated this often.',
      });
  }
}

/** Whether two types are the same as they stand, unions being sets. */
export function sameType(a: Type, b: Type): boolean {
  return printType(normalize(a)) === printType(normalize(b));
}

/** Unions as the sets they are: flat, each option once, in one order; a union of one option is that option. */
function normalize(type: Type): Type {
  return mapType(type, part => {
    if (part.kind !== 'union') return undefined;
    const options = part.options
      .map(normalize)
      .flatMap(option => (option.kind === 'union' ? option.options : [option]));
    const byText = [...new Map(options.map(option => [printType(option), option]))].sort(([x], [y]) =>
      x < y ? -1 : 1,
    );
    const distinct = byText.map(([, option]) => option);
    return distinct.length === 1 ? distinct[0] : { kind: 'union', options: distinct };
  });
}

/** Options without variables fit one other at most: matched first, they leave little to try. */
function groundFirst(options: Type[]): Type[] {
  return options.toSorted((x, y) => Number(hasVariable(x)) - Number(hasVariable(y)));
}

/** The same type with its variables renamed, so that `t` of one vertex is not `t` of another. */
export function freshen(type: Type, owner: string): Type {
  return mapType(type, part => (part.kind === 'var' ? { kind: 'var', name: `${part.name}@${owner}` } : undefined));
}

function hasVariable(type: Type): boolean {
  return type.kind === 'var' || childrenOf(type).some(hasVariable);
}

function describe(type: Type): string {
  switch (type.kind) {
    case 'list':
      return 'a list';
    case 'tuple':
      return `a tuple of ${type.items.length}`;
    case 'record':
      return 'a record';
    case 'union':
      return `one of ${printType(type)}`;
    default:
      return printType(type);
  }
}
