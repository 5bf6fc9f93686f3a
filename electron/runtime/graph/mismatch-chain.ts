import { cut } from '../../../shared/types/misfit.ts';
import type { Type } from '../../../shared/types/type.ts';
import type { Reason } from '../../../shared/types/unify.ts';
import type { Graph } from './graph.ts';
import type { Edge } from './operation.ts';

/** Why a variable of a vertex is what it is: the edges from where the type comes from, with the type each carries. */
export interface ChainReason {
  /** `t of mid is Image` */
  statement: string;
  chain: { edge: string; type: string }[];
}

/** So that an error stays small; what is nearest to the variable is kept. */
const maxChain = 200;
/** So that one can read the message. */
const maxStatements = 3;
const maxEdges = 8;

/** What other edges have to do with a mismatch at `edge`; each of them is told once. */
export function chainOf(
  graph: Graph,
  edge: Edge,
  because: readonly Reason<Edge>[],
  show: { name: (edge: Edge) => string; carried: (edge: Edge) => string; type: (type: Type) => string },
): ChainReason[] {
  const told = new Set<Edge>([edge]);
  const reasons: ChainReason[] = [];
  for (const { variable, type, causes } of because) {
    const others = causes.filter(cause => !told.has(cause));
    if (others.length === 0) continue;
    for (const other of others) told.add(other);
    const [name, owner = ''] = variable.split('@');
    reasons.push({
      statement: `${name} of ${graph.vertices.get(owner)?.alias ?? owner} is ${cut(show.type(type), 120)}`,
      chain: others.slice(-maxChain).map(other => ({ edge: show.name(other), type: cut(show.carried(other), 1000) })),
    });
  }
  return reasons;
}

/** `; t of mid is Image because of edge in.0 → a.0, a.0 → mid.0`, to go behind a mismatch. */
export function chainText(reasons: readonly ChainReason[]): string {
  return reasons
    .slice(0, maxStatements)
    .map(({ statement, chain }) => {
      const more = chain.length > maxEdges ? ` and ${chain.length - maxEdges} more` : '';
      const edges = chain.slice(-maxEdges).map(({ edge }) => edge);
      return `; ${statement} because of edge ${edges.join(', ')}${more}`;
    })
    .join('');
}
