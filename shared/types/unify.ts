import { AppError } from '../errors.ts';
import { Bindings } from './bindings.ts';
import { printType } from './print.ts';
import { Provenance } from './provenance.ts';
import { childrenOf, mapType, type Type } from './type.ts';
import { distinctOptions, normalize } from './union.ts';

export { sameType } from './union.ts';

/** Where two types part: the path from the outermost type, and the two parts that do not fit. */
export interface Mismatch<Cause = unknown> {
  path: string[];
  from: Type;
  to: Type;
  reason: string;
  /** The variables that stood in the way, and what made them what they are. */
  because: Reason<Cause>[];
}

/** Why a variable stands for a type: the causes (as `unify` was given them), from the type to the variable. */
export interface Reason<Cause> {
  variable: string;
  type: Type;
  causes: Cause[];
}

/** Two types that have to be the same, and what demands it. */
export interface Demand<Cause> {
  from: Type;
  to: Type;
  cause?: Cause | undefined;
}

interface Goal<Cause> extends Demand<Cause> {
  path: readonly string[];
  /** The bound variables that were looked up on the way here. */
  through: readonly string[];
  /** The goal whose options this is a pair of: what does not fit is then named there. */
  union?: Goal<Cause>;
}

/** Two unions of which some options are still to be paired. */
interface Pairing<Cause> {
  goal: Goal<Cause>;
  left: Type[];
  right: Type[];
  /** Options that have their partner. */
  paired: Type[];
}

interface Failure<Cause> {
  goal: Goal<Cause>;
  reason?: string;
  /** Two names of the one variable that would contain itself. */
  loop?: [string, string];
}

/** So that unions of variables, which fit in n! ways, are not tried in all of them. */
const maxTries = 20_000;
const maxChoices = 500;

/**
 * What variables stand for. Variables are told apart by name: rename them per vertex before they meet (`freshen`). Two
 * unions fit when each option of one has its own in the other; where there are several ways the first that fits is taken.
 */
export class Substitution<Cause = unknown> {
  readonly #bindings = new Bindings();
  readonly #provenance = new Provenance<Cause>();
  #tries = 0;
  #choices = 0;
  #ambiguous = false;

  /** Whether unions were matched in one of several ways: demands met together could then fit where these did not. */
  get ambiguous(): boolean {
    return this.#ambiguous;
  }

  /**
   * The type with every solved variable replaced.
   * @throws AppError `type_invalid` when it grows too large.
   */
  apply(type: Type): Type {
    return this.#bindings.apply(type);
  }

  /**
   * Makes `from` and `to` the same type by binding variables; undefined when that worked, else where they part, and nothing
   * is bound. There is no coercion: named types fit by name, a union fits a union of the same options (DESIGN §3). `cause`
   * is what explanations of later mismatches name.
   * @throws AppError `type_invalid` when the types grow too large to compare.
   */
  unify(from: Type, to: Type, cause?: Cause): Mismatch<Cause> | undefined {
    return this.unifyAll([{ from, to, cause }]);
  }

  /** `unify` for several at once: unions are matched in a way that fits them all. */
  unifyAll(demands: readonly Demand<Cause>[]): Mismatch<Cause> | undefined {
    const mark = this.#bindings.mark;
    try {
      const failure = this.#solve(goalsOf(demands), []);
      if (failure === undefined) return undefined;
      const mismatch = this.#explain(failure);
      this.#bindings.undo(mark);
      return mismatch;
    } catch (error) {
      this.#bindings.undo(mark);
      throw error;
    }
  }

  /** Whether two types would unify. Binds nothing. */
  fits(from: Type, to: Type): boolean {
    return this.fitsAll([{ from, to }]);
  }

  /** Whether all would unify together. Binds nothing. */
  fitsAll(demands: readonly Demand<Cause>[]): boolean {
    const mark = this.#bindings.mark;
    try {
      return this.#solve(goalsOf(demands), []) === undefined;
    } finally {
      this.#bindings.undo(mark);
    }
  }

  /** `goals` is taken from its end. What unions are open to is decided last, when all else is known. */
  #solve(goals: Goal<Cause>[], waiting: Pairing<Cause>[]): Failure<Cause> | undefined {
    let pairings = waiting;
    while (true) {
      for (let goal = goals.pop(); goal !== undefined; goal = goals.pop()) {
        const failure = this.#reduce(goal, goals, pairings);
        if (failure !== undefined) return failure;
      }
      const open: Pairing<Cause>[] = [];
      for (const pairing of pairings) {
        const rest = this.#rest(pairing);
        if (rest === undefined) return failed(pairing.goal);
        const forced = this.#forced(rest);
        if (forced !== undefined) goals.push(pairGoal(rest.goal, ...forced));
        if (forced !== undefined || rest.left.length + rest.right.length > 0)
          open.push(forced === undefined ? rest : without(rest, ...forced));
      }
      pairings = open;
      if (goals.length > 0) continue;
      const choice = open.find(({ left, right }) => left.length > 0 && left.length === right.length);
      if (choice !== undefined) return this.#choose(choice, open);
      return open[0] === undefined ? undefined : failed(open[0].goal);
    }
  }

  /** Tries each partner of the first option; what does not lead to a solution of everything is taken back. */
  #choose(choice: Pairing<Cause>, open: readonly Pairing<Cause>[]): Failure<Cause> | undefined {
    const option = choice.left[0] as Type;
    for (const candidate of choice.right) {
      if (!this.#compatible(option, candidate)) continue;
      if (++this.#tries > maxTries || this.#choices >= maxChoices)
        throw new AppError('type_invalid', 'There are too many ways to match unions with variables.', {
          hint: 'Give the options of a union types of their own; few of them should be variables.',
        });
      const mark = this.#bindings.mark;
      const others = open.map(pairing => (pairing === choice ? without(choice, option, candidate) : pairing));
      this.#choices++;
      const failure = this.#solve([pairGoal(choice.goal, option, candidate)], others);
      this.#choices--;
      if (failure === undefined) {
        this.#ambiguous = true;
        return undefined;
      }
      this.#bindings.undo(mark);
    }
    return failed(choice.goal);
  }

  /** One step: what the two parts demand of what is inside them goes onto `goals`. */
  #reduce(goal: Goal<Cause>, goals: Goal<Cause>[], waiting: Pairing<Cause>[]): Failure<Cause> | undefined {
    this.#bindings.step(goal.path.length);
    const { from, to, path } = goal;
    const [a, b] = [this.#bindings.resolve(from), this.#bindings.resolve(to)];
    if (a.kind === 'var' || b.kind === 'var') return this.#equate(goal, a, b);
    const seen = namesOf(from, to);
    const through = seen.length === 0 ? goal.through : [...goal.through, ...seen];
    const part = (reason: string) => failed({ ...goal, from: a, to: b, through }, reason);
    const inside = (pairs: [Type, Type, string][]) => {
      for (const [left, right, step] of pairs.reverse())
        goals.push({ ...goal, from: left, to: right, path: [...path, step], through });
      return undefined;
    };
    if (a.kind === 'union' || b.kind === 'union') {
      // Any bound variable of a union can be why its options do not match.
      const whole = { ...goal, from: a, to: b, through: [...through, ...this.#boundIn(a), ...this.#boundIn(b)] };
      const pairing = this.#rest({ goal: whole, left: optionsOf(a), right: optionsOf(b), paired: [] });
      if (pairing === undefined) return failed(whole);
      if (pairing.left.length + pairing.right.length > 0) waiting.push(pairing);
      return undefined;
    }
    if (a.kind === 'atom' && b.kind === 'atom') return a.name === b.name ? undefined : part(`expected ${b.name}`);
    if (a.kind === 'list' && b.kind === 'list') return inside([[a.item, b.item, '[]']]);
    if (a.kind === 'tuple' && b.kind === 'tuple') {
      if (a.items.length !== b.items.length)
        return part(`expected a tuple of ${b.items.length}, not of ${a.items.length}`);
      return inside(a.items.map((item, index) => [item, b.items[index] as Type, String(index)]));
    }
    if (a.kind === 'record' && b.kind === 'record') {
      const missing = Object.keys(b.fields).find(name => !Object.hasOwn(a.fields, name));
      if (missing !== undefined) return part(`the field ${missing} is missing`);
      const extra = Object.keys(a.fields).find(name => !Object.hasOwn(b.fields, name));
      if (extra !== undefined) return part(`there is a field ${extra} too many`);
      // In one order, so that they part at the same place either way round.
      const names = Object.keys(a.fields).sort();
      return inside(names.map(name => [a.fields[name] as Type, b.fields[name] as Type, name]));
    }
    if (a.kind === 'named' && b.kind === 'named') {
      if (a.name !== b.name || a.args.length !== b.args.length) return part(`expected ${b.name}`);
      return inside(a.args.map((arg, index) => [arg, b.args[index] as Type, `<${index}>`]));
    }
    return part(`expected ${describe(b)}`);
  }

  /** Binds a variable; `a` and `b` are what the two sides of the goal stand for, one of them a variable that is free. */
  #equate(goal: Goal<Cause>, a: Type, b: Type): Failure<Cause> | undefined {
    if (a.kind === 'var' && b.kind === 'var') {
      if (a.name === b.name) return undefined;
      this.#bindings.join(a, b);
    } else {
      const [free, type] = a.kind === 'var' ? [a, b] : [b as Type & { kind: 'var' }, a];
      const loop = this.#loop(goal, free.name, type);
      if (loop !== undefined) return loop;
      this.#bindings.bind(free.name, type);
    }
    const { from, to, cause, through } = goal;
    const [name, other] = from.kind === 'var' ? [from.name, to] : [(to as Type & { kind: 'var' }).name, from];
    this.#bindings.onUndo(this.#provenance.link(name, other.kind === 'var' ? other.name : undefined, cause, through));
    return undefined;
  }

  /** The failure that a free variable is part of what it would be bound to. */
  #loop(goal: Goal<Cause>, free: string, type: Type): Failure<Cause> | undefined {
    const through = [...goal.through];
    for (const { name, resolved } of this.#bindings.variablesOf(type)) {
      if (resolved.kind === 'var' && resolved.name === free) {
        const sides = namesOf(goal.from, goal.to);
        const side = sides.find(each => this.#bindings.resolve({ kind: 'var', name: each }).kind === 'var') ?? name;
        const failure = failed({ ...goal, through: [...through, ...sides] }, 'a type would contain itself');
        return goal.union === undefined ? { ...failure, loop: [side, name] } : failure;
      }
      through.push(name);
    }
    return undefined;
  }

  /** What is still to be paired, as it stands now; undefined when no binding can make it fit. */
  #rest({ goal, left, right, paired }: Pairing<Cause>): Pairing<Cause> | undefined {
    const known = new Map(this.#options(paired));
    const [lefts, rights] = [new Map(this.#options(left)), new Map(this.#options(right))];
    // An option that is the same on both sides is its own partner: every other way to match says more than this one.
    for (const [text, option] of lefts) if (rights.has(text)) known.set(text, option);
    for (const text of known.keys()) {
      lefts.delete(text);
      rights.delete(text);
    }
    const rest = { goal, left: [...lefts.values()], right: [...rights.values()], paired: [...known.values()] };
    const all = [...rest.left, ...rest.right];
    if (all.length > 0 && !all.some(hasVariable)) return undefined;
    if (rest.left.length !== rest.right.length) return rest;
    const lonely = (option: Type, others: Type[]) => !others.some(other => this.#compatible(option, other));
    if (rest.left.some(option => lonely(option, rest.right))) return undefined;
    return rest.right.some(option => lonely(option, rest.left)) ? undefined : rest;
  }

  #options(options: readonly Type[]): [string, Type][] {
    const distinct = distinctOptions(options.map(option => this.apply(option)));
    return distinct.map(option => [printType(option), option]);
  }

  /** Two options of which one can have no other partner. */
  #forced({ left, right }: Pairing<Cause>): [Type, Type] | undefined {
    if (left.length !== right.length) return undefined;
    for (const option of left) {
      const partners = right.filter(other => this.#compatible(option, other));
      if (partners.length === 1) return [option, partners[0] as Type];
    }
    for (const option of right) {
      const partners = left.filter(other => this.#compatible(option, other));
      if (partners.length === 1) return [partners[0] as Type, option];
    }
    return undefined;
  }

  /** Whether two types could fit as far as one sees without binding anything. */
  #compatible(a: Type, b: Type): boolean {
    this.#bindings.step();
    if ([a, b].some(({ kind }) => kind === 'var' || kind === 'union')) return true;
    if (a.kind !== b.kind) return false;
    if ((a.kind === 'atom' || a.kind === 'named') && a.name !== (b as typeof a).name) return false;
    if (a.kind === 'record') {
      const others = (b as typeof a).fields;
      const names = Object.keys(a.fields);
      if (names.length !== Object.keys(others).length) return false;
      return names.every(
        name => Object.hasOwn(others, name) && this.#compatible(a.fields[name] as Type, others[name] as Type),
      );
    }
    const [mine, theirs] = [childrenOf(a), childrenOf(b)];
    return (
      mine.length === theirs.length && mine.every((child, index) => this.#compatible(child, theirs[index] as Type))
    );
  }

  #explain({ goal, reason, loop }: Failure<Cause>): Mismatch<Cause> {
    const [from, to] = [this.apply(goal.from), this.apply(goal.to)];
    const because = [...new Set(goal.through)].map(variable => ({
      variable,
      type: this.apply({ kind: 'var', name: variable }),
      causes: this.#provenance.causesOf(variable),
    }));
    if (loop !== undefined) {
      const [variable, name] = loop;
      because.push({ variable, type: { kind: 'var', name }, causes: this.#provenance.causesBetween(variable, name) });
    }
    return {
      path: [...goal.path],
      from,
      to,
      reason: reason ?? `expected ${describe(normalize(to))}`,
      because: because.filter(({ causes }) => causes.length > 0),
    };
  }

  #boundIn(type: Type): string[] {
    const names = [...this.#bindings.variablesOf(type)];
    return names.flatMap(({ name, resolved }) => (resolved.kind === 'var' ? [] : [name]));
  }
}

/** The same type with its variables renamed, so that `t` of one vertex is not `t` of another. */
export function freshen(type: Type, owner: string): Type {
  return mapType(type, part => (part.kind === 'var' ? { kind: 'var', name: `${part.name}@${owner}` } : undefined));
}

function goalsOf<Cause>(demands: readonly Demand<Cause>[]): Goal<Cause>[] {
  return demands.map(demand => ({ ...demand, path: [], through: [] })).reverse();
}

function pairGoal<Cause>(union: Goal<Cause>, from: Type, to: Type): Goal<Cause> {
  return { ...union, from, to, union: union.union ?? union };
}

function without<Cause>(pairing: Pairing<Cause>, left: Type, right: Type): Pairing<Cause> {
  return {
    goal: pairing.goal,
    left: pairing.left.filter(option => option !== left),
    right: pairing.right.filter(option => option !== right),
    paired: [...pairing.paired, left],
  };
}

/** What is wrong inside an option is of no use: that no option fits is what to say. */
function failed<Cause>(goal: Goal<Cause>, reason?: string): Failure<Cause> {
  if (goal.union !== undefined) return { goal: goal.union };
  return { goal, ...(reason === undefined ? {} : { reason }) };
}

function optionsOf(type: Type): Type[] {
  return type.kind === 'union' ? type.options : [type];
}

function namesOf(...types: Type[]): string[] {
  return types.flatMap(type => (type.kind === 'var' ? [type.name] : []));
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
