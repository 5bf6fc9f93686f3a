import { printType } from './print.ts';
import { childrenOf, mapType, type Type } from './type.ts';

/** Where two types part: the path from the outermost type, and the two parts that do not fit. */
export interface Mismatch {
  path: string[];
  from: Type;
  to: Type;
  reason: string;
}

/** What variables stand for. Variables are told apart by name: rename them per vertex before they meet (`freshen`). */
export class Substitution {
  readonly #bindings = new Map<string, Type>();

  /** A copy that can be changed apart. */
  clone(): Substitution {
    const copy = new Substitution();
    for (const [name, type] of this.#bindings) copy.#bindings.set(name, type);
    return copy;
  }

  /** The type with every solved variable replaced. */
  apply(type: Type): Type {
    return mapType(type, part => {
      if (part.kind !== 'var') return undefined;
      const bound = this.#bindings.get(part.name);
      return bound === undefined ? part : this.apply(bound);
    });
  }

  /**
   * Makes `from` and `to` the same type by binding variables; undefined when that worked, else where they part. There is no
   * coercion: named types fit by name, a union fits a union of the same options (DESIGN §3).
   */
  unify(from: Type, to: Type, path: string[] = []): Mismatch | undefined {
    const a = this.#resolve(from);
    const b = this.#resolve(to);
    const part = (reason: string): Mismatch => ({ path, from: this.apply(a), to: this.apply(b), reason });
    if (a.kind === 'var' && b.kind === 'var' && a.name === b.name) return undefined;
    if (a.kind === 'var') return this.#bind(a.name, b) ? undefined : part('a type would contain itself');
    if (b.kind === 'var') return this.#bind(b.name, a) ? undefined : part('a type would contain itself');
    if (a.kind === 'atom' && b.kind === 'atom') return a.name === b.name ? undefined : part(`expected ${b.name}`);
    if (a.kind === 'list' && b.kind === 'list') return this.unify(a.item, b.item, [...path, '[]']);
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
    if (a.kind === 'union' && b.kind === 'union') {
      return this.#unifyUnions(a.options, b.options, path) ? undefined : part(`expected one of ${printType(b)}`);
    }
    return part(`expected ${describe(b)}`);
  }

  #all(pairs: [Type, Type, string[]][]): Mismatch | undefined {
    for (const [from, to, path] of pairs) {
      const mismatch = this.unify(from, to, path);
      if (mismatch !== undefined) return mismatch;
    }
    return undefined;
  }

  /** Each option of one has its own of the other; those without variables first, so that a variable takes what is left. */
  #unifyUnions(left: Type[], right: Type[], path: string[]): boolean {
    if (left.length !== right.length) return false;
    const rest = [...right];
    for (const option of [...left].sort(
      (x, y) => Number(hasVariable(this.apply(x))) - Number(hasVariable(this.apply(y))),
    )) {
      const index = rest.findIndex(other => this.clone().unify(option, other, path) === undefined);
      if (index < 0) return false;
      this.unify(option, rest[index] as Type, path);
      rest.splice(index, 1);
    }
    return true;
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
    return true;
  }

  #occurs(name: string, type: Type): boolean {
    const resolved = this.#resolve(type);
    return resolved.kind === 'var'
      ? resolved.name === name
      : childrenOf(resolved).some(child => this.#occurs(name, child));
  }
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
