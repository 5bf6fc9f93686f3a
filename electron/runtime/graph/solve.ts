import { AppError } from '../../../shared/errors.ts';
import { printType } from '../../../shared/types/print.ts';
import type { Type } from '../../../shared/types/type.ts';
import { freshen, type Mismatch, Substitution } from '../../../shared/types/unify.ts';
import type { Graph, Vertex } from './graph.ts';
import type { Edge } from './operation.ts';
import type { ReleaseLookup } from './release.ts';

export interface SolvedGraph {
  /** The one type at both ends of each edge, by `edgeKey`. */
  edgeTypes: ReadonlyMap<string, Type>;
  /** The types of every vertex's ports, by vertex id. */
  ports: ReadonlyMap<string, { inputs: Type[]; outputs: Type[] }>;
}

export function edgeKey(edge: Edge): string {
  return `${edge.from_vertex}.${edge.from_output} ${edge.to_vertex}.${edge.to_input}`;
}

/**
 * Solves the variables of all edges together. The last edge that does not fit is the one named: it is the one being added.
 * @throws AppError `type_mismatch` naming the edge, both types and where they part.
 */
export function solveGraph(graph: Graph, releases: ReleaseLookup): SolvedGraph {
  const substitution = new Substitution();
  const portsOf = (id: string) => {
    const release = releases((graph.vertices.get(id) as Vertex).version_id);
    return {
      inputs: release.inputs.map(type => freshen(type, id)),
      outputs: release.outputs.map(type => freshen(type, id)),
    };
  };
  for (const edge of graph.edges) {
    const from = portsOf(edge.from_vertex).outputs[edge.from_output] as Type;
    const to = portsOf(edge.to_vertex).inputs[edge.to_input] as Type;
    const solvedFrom = substitution.apply(from);
    const solvedTo = substitution.apply(to);
    const mismatch = substitution.unify(from, to);
    if (mismatch !== undefined) throw typeMismatch(graph, edge, solvedFrom, solvedTo, mismatch);
  }
  const solve = (types: Type[]) => types.map(type => substitution.apply(type));
  return {
    edgeTypes: new Map(
      graph.edges.map(edge => [
        edgeKey(edge),
        plain(substitution.apply(portsOf(edge.from_vertex).outputs[edge.from_output] as Type)),
      ]),
    ),
    ports: new Map(
      [...graph.vertices.keys()].map(id => {
        const { inputs, outputs } = portsOf(id);
        return [id, { inputs: solve(inputs), outputs: solve(outputs) }];
      }),
    ),
  };
}

/** `in.0 → cut.0`, as edges are named to people. */
export function edgeName(graph: Graph, edge: Edge): string {
  const alias = (id: string) => graph.vertices.get(id)?.alias ?? id;
  return `${alias(edge.from_vertex)}.${edge.from_output} → ${alias(edge.to_vertex)}.${edge.to_input}`;
}

function typeMismatch(graph: Graph, edge: Edge, from: Type, to: Type, mismatch: Mismatch): AppError {
  const name = edgeName(graph, edge);
  const fromText = printType(plain(from));
  const toText = printType(plain(to));
  const place = mismatch.path.length === 0 ? '' : `at ${mismatch.path.join('.')}: `;
  const parts = mismatch.path.length === 0 ? '' : `, found ${printType(plain(mismatch.from))}`;
  return new AppError(
    'type_mismatch',
    `type_mismatch: edge ${name}: ${fromText} does not fit ${toText} (${place}${mismatch.reason}${parts})`,
    {
      hint: 'Nothing is converted by itself: put a component between the two that takes the one and gives the other, or choose a harness that fits.',
      details: {
        edge: name,
        from_type: fromText,
        to_type: toText,
        path: mismatch.path,
        from_part: printType(plain(mismatch.from)),
        to_part: printType(plain(mismatch.to)),
        reason: mismatch.reason,
      },
    },
  );
}

/** Without the owners that `freshen` added, which are ids. */
function plain(type: Type): Type {
  return JSON.parse(JSON.stringify(type), (key, value: unknown) =>
    key === 'name' && typeof value === 'string' ? value.replace(/@.*$/, '') : value,
  ) as Type;
}
