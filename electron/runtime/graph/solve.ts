import { AppError } from '../../../shared/errors.ts';
import { printType } from '../../../shared/types/print.ts';
import { mapType, type Type } from '../../../shared/types/type.ts';
import { type Demand, freshen, Substitution } from '../../../shared/types/unify.ts';
import type { Graph } from './graph.ts';
import { chainOf, chainText } from './mismatch-chain.ts';
import { type Converter, mismatchHint } from './mismatch-hint.ts';
import type { Edge } from './operation.ts';
import type { ReleaseLookup } from './release.ts';

export interface Ports {
  inputs: Type[];
  outputs: Type[];
}

export interface SolvedGraph {
  /** The one type at both ends of each edge, by `edgeKey`. */
  edgeTypes: ReadonlyMap<string, Type>;
  /** The types of every vertex's ports, by vertex id. */
  ports: ReadonlyMap<string, Ports>;
}

export function edgeKey(edge: Edge): string {
  return `${edge.from_vertex}.${edge.from_output} ${edge.to_vertex}.${edge.to_input}`;
}

/**
 * Solves the variables of all edges together. The first edge that does not fit those before it is the one named: where a graph
 * grows edge by edge, the one being added. Of the released components that `converters` gives, the hint names some that
 * would convert.
 * @throws AppError `type_mismatch` naming the edge, both types, where they part, and the edges that made the types what they are.
 */
export function solveGraph(
  graph: Graph,
  releases: ReleaseLookup,
  converters: () => Iterable<Converter> = () => [],
): SolvedGraph {
  const fresh = new Map<string, Ports>();
  for (const { id, version_id } of graph.vertices.values()) {
    const { inputs, outputs } = releases(version_id);
    fresh.set(id, {
      inputs: inputs.map(type => freshen(type, id)),
      outputs: outputs.map(type => freshen(type, id)),
    });
  }
  const outputOf = (edge: Edge) => fresh.get(edge.from_vertex)?.outputs[edge.from_output] as Type;
  const inputOf = (edge: Edge) => fresh.get(edge.to_vertex)?.inputs[edge.to_input] as Type;
  const demands = graph.edges.map(edge => ({ from: outputOf(edge), to: inputOf(edge), cause: edge }));
  let substitution = new Substitution<Edge>();
  for (const [index, { from, to, cause: edge }] of demands.entries()) {
    const mismatch = substitution.unify(from, to, edge);
    if (mismatch === undefined) continue;
    const together = substitution.ambiguous ? solvedTogether(demands.slice(0, index + 1)) : undefined;
    if (together !== undefined) {
      substitution = together;
      continue;
    }
    // Nothing is bound by a unification that failed: these are the two as they stood before it.
    const name = edgeName(graph, edge);
    const show = variableNames();
    const [fromType, toType] = [from, to].map(type => show(substitution.apply(type)));
    const found = mismatch.path.length === 0 ? '' : `, found ${show(mismatch.from)}`;
    const place = mismatch.path.length === 0 ? '' : `at ${mismatch.path.join('.')}: `;
    const reason = withoutOwners(mismatch.reason);
    const reasons = chainOf(graph, edge, mismatch.because, {
      name: each => edgeName(graph, each),
      carried: each => show(substitution.apply(outputOf(each))),
      type: show,
    });
    throw new AppError(
      'type_mismatch',
      `type_mismatch: edge ${name}: ${fromType} does not fit ${toType} (${place}${reason}${found})${chainText(reasons)}`,
      {
        hint: mismatchHint({ graph, edge, releases, ports: fresh, substitution, converters }),
        details: {
          edge: name,
          from_type: fromType,
          to_type: toType,
          path: mismatch.path,
          from_part: show(mismatch.from),
          to_part: show(mismatch.to),
          reason,
          ...(reasons.length === 0 ? {} : { chain: reasons.flatMap(each => each.chain) }),
        },
      },
    );
  }
  const rename = variableNaming();
  const solve = (type: Type) => rename(substitution.apply(type));
  return {
    edgeTypes: new Map(graph.edges.map(edge => [edgeKey(edge), solve(outputOf(edge))])),
    ports: new Map(
      [...fresh].map(([id, { inputs, outputs }]) => [id, { inputs: inputs.map(solve), outputs: outputs.map(solve) }]),
    ),
  };
}

/** A union that was matched in one of several ways can fit all edges in another one. */
function solvedTogether(demands: readonly Demand<Edge>[]): Substitution<Edge> | undefined {
  const substitution = new Substitution<Edge>();
  return substitution.unifyAll(demands) === undefined ? substitution : undefined;
}

/** `in.0 → cut.0`, as edges are named to people. */
export function edgeName(graph: Graph, edge: Edge): string {
  const alias = (id: string) => graph.vertices.get(id)?.alias ?? id;
  return `${alias(edge.from_vertex)}.${edge.from_output} → ${alias(edge.to_vertex)}.${edge.to_input}`;
}

/** Whom `freshen` named as a variable's owner, in a printed type. */
const ownerOf = /@\w+/g;

function withoutOwners(text: string): string {
  return text.replace(ownerOf, '');
}

function variableNames(): (type: Type) => string {
  const rename = variableNaming();
  return type => printType(rename(type));
}

/** Names variables for people: without their owners, which are ids, yet two that differ stay two (`t`, `t_2`). */
function variableNaming(): (type: Type) => Type {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const nameOf = (fresh: string) => {
    const base = withoutOwners(fresh);
    let name = base;
    for (let number = 2; taken.has(name); number++) name = `${base}_${number}`;
    taken.add(name);
    names.set(fresh, name);
    return name;
  };
  return type =>
    mapType(type, part =>
      part.kind === 'var' ? { kind: 'var', name: names.get(part.name) ?? nameOf(part.name) } : undefined,
    );
}
