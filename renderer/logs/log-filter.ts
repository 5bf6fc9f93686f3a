/** Which lines are shown. Containers go by their ids. */
export interface LogFilter {
  readonly muted: ReadonlySet<string>;
  /** The one container that is shown, whatever is muted. */
  readonly solo: string | null;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly pattern: RegExp | null;
}

export const showAll: LogFilter = { muted: new Set(), solo: null, stdout: true, stderr: true, pattern: null };

export function showsContainer({ solo, muted }: LogFilter, container: string): boolean {
  return solo === null ? !muted.has(container) : solo === container;
}

/** Turns a container on or off. During a solo its own button ends it, and another's adds that one to it. */
export function toggleContainer(filter: LogFilter, container: string, all: readonly string[]): LogFilter {
  const { solo } = filter;
  if (solo === container) return { ...filter, solo: null };
  const muted = new Set(solo === null ? filter.muted : all.filter(each => each !== solo));
  if (!muted.delete(container)) muted.add(container);
  return { ...filter, muted, solo: null };
}

/** Shows this container alone, or ends that. */
export function soloContainer(filter: LogFilter, container: string): LogFilter {
  return { ...filter, solo: filter.solo === container ? null : container };
}

/** Shows every container. */
export function showContainers(filter: LogFilter): LogFilter {
  return { ...filter, muted: new Set(), solo: null };
}

export interface Pattern {
  readonly pattern: RegExp | null;
  /** Why what was typed is none; null when it is one. */
  readonly problem: string | null;
}

/** Reads what was typed as a regular expression. Case counts once a capital letter is in it. Empty is no pattern. */
export function readPattern(text: string): Pattern {
  if (text === '') return { pattern: null, problem: null };
  const hasCapital = /\p{Lu}/u.test(text.replace(/\\[a-zA-Z]/g, ''));
  try {
    return { pattern: new RegExp(text, hasCapital ? '' : 'i'), problem: null };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { pattern: null, problem: `Not a regular expression: ${said.slice(said.lastIndexOf(': ') + 1).trim()}` };
  }
}
