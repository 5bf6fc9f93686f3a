import { AppError } from '../errors.ts';
import { childrenOf, mapChildren, type Type } from './type.ts';

/** So that no graph makes a check slow: `t` → `(t, t)`, forty times in a row, is a type of 2^40 parts. */
const maxParts = 100_000;
const maxSteps = 1_000_000;
/** So that no graph makes a check deep: `t` → `[t]`, once for each of thousands of vertices. */
const maxDepth = 256;

/** What variables are bound to, with a way back, under one limit of work. */
export class Bindings {
  readonly #types = new Map<string, Type>();
  /** Of variables bound to variables: the lower is bound to the higher, so that no way is long. */
  readonly #ranks = new Map<string, number>();
  /** What takes back each thing that was done, in order. */
  readonly #trail: (() => void)[] = [];
  #steps = 0;

  /** Where `undo` goes back to. */
  get mark(): number {
    return this.#trail.length;
  }

  undo(mark: number): void {
    for (const takeBack of this.#trail.splice(mark).reverse()) takeBack();
  }

  onUndo(takeBack: () => void): void {
    this.#trail.push(takeBack);
  }

  bind(name: string, type: Type): void {
    this.#types.set(name, type);
    this.onUndo(() => this.#types.delete(name));
  }

  /** Makes two free variables one. */
  join(a: Type & { kind: 'var' }, b: Type & { kind: 'var' }): void {
    const [rank, other] = [this.#ranks.get(a.name) ?? 0, this.#ranks.get(b.name) ?? 0];
    if (rank > other) return this.bind(b.name, a);
    if (rank === other) this.#ranks.set(b.name, other + 1);
    this.bind(a.name, b);
  }

  /** What a type is at its outside: never a variable that is bound. */
  resolve(type: Type): Type {
    let current = type;
    while (current.kind === 'var') {
      const bound = this.#types.get(current.name);
      if (bound === undefined) return current;
      current = bound;
    }
    return current;
  }

  /** The type with every bound variable replaced. */
  apply(type: Type): Type {
    let parts = 0;
    const applied = (part: Type, depth: number): Type => {
      if (++parts > maxParts) throw tooLarge();
      this.step(depth);
      return mapChildren(this.resolve(part), child => applied(child, depth + 1));
    };
    return applied(type, 0);
  }

  /** The variables that a type is made of, bound ones and those of what they are bound to, each before what is in it. */
  *variablesOf(type: Type): Generator<{ name: string; resolved: Type }> {
    const seen = new Set<string>();
    const parts = [type];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      this.step();
      if (part.kind === 'var') {
        if (seen.has(part.name)) continue;
        seen.add(part.name);
        const resolved = this.resolve(part);
        yield { name: part.name, resolved };
        if (resolved.kind !== 'var') parts.push(resolved);
      } else for (const child of childrenOf(part)) parts.push(child);
    }
  }

  /** @throws AppError `type_invalid` when this is too much work, or too deep. */
  step(depth = 0): void {
    if (++this.#steps > maxSteps) throw tooLarge();
    if (depth > maxDepth)
      throw new AppError('type_invalid', `The types of this graph nest more than ${maxDepth} deep.`, {
        hint: 'A type that is wrapped at every vertex, such as t → [t], cannot be repeated this often.',
      });
  }
}

function tooLarge(): AppError {
  return new AppError('type_invalid', 'The types of this graph grow too large to compare.', {
    hint: 'A type that doubles at every vertex, such as t → (t, t), cannot be repeated this often.',
  });
}
