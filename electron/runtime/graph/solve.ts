import { AppError } from '../../../shared/errors.ts';
import { printType } from '../../../shared/types/print.ts';
import { mapType, type Type } from '../../../shared/types/type.ts';
import { freshen, type Mismatch, Substitution } from '../../../shared/types/unify.ts';
import type { Graph, Vertex } from './graph.ts';
import type { Edge } from './operation.ts';
import type { ReleaseLookup } from './release.ts';

interface Ports {
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
 * grows edge by edge, the one being added.
 * @throws AppError `type_mismatch` naming the edge, both types and where they part.
 */
export function solveGraph(graph: Graph, releases: ReleaseLookup): SolvedGraph {
  const substitution = new Substitution();
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
  const rename = renaming();
  const solve = (type: Type) => rename(substitution.apply(type));
  for (const edge of graph.edges) {
    const mismatch = substitution.unify(outputOf(edge), inputOf(edge));
    if (mismatch === undefined) continue;
    // Nothing is bound by a unification that failed: these are the two as they stood before it.
    throw new AppError(
      'type_mismatch',
      mismatchText(edgeName(graph, edge), solve(outputOf(edge)), solve(inputOf(edge)), mismatch, rename),
      {
        hint: hintOf(graph, edge, releases, fresh, substitution),
        details: {
          edge: edgeName(graph, edge),
          from_type: printType(solve(outputOf(edge))),
          to_type: printType(solve(inputOf(edge))),
          path: mismatch.path,
          from_part: printType(rename(mismatch.from)),
          to_part: printType(rename(mismatch.to)),
          reason: mismatch.reason.replace(ownerOf, ''),
        },
      },
    );
  }
  return {
    edgeTypes: new Map(graph.edges.map(edge => [edgeKey(edge), solve(outputOf(edge))])),
    ports: new Map(
      [...fresh].map(([id, { inputs, outputs }]) => [id, { inputs: inputs.map(solve), outputs: outputs.map(solve) }]),
    ),
  };
}

/** `in.0 → cut.0`, as edges are named to people. */
export function edgeName(graph: Graph, edge: Edge): string {
  const alias = (id: string) => graph.vertices.get(id)?.alias ?? id;
  return `${alias(edge.from_vertex)}.${edge.from_output} → ${alias(edge.to_vertex)}.${edge.to_input}`;
}

/** Whom `freshen` named as a variable's owner, in a printed type. */
const ownerOf = /@\w+/g;

function mismatchText(name: string, from: Type, to: Type, mismatch: Mismatch, rename: (type: Type) => Type): string {
  const deep = mismatch.path.length > 0;
  const place = deep ? `at ${mismatch.path.join('.')}: ` : '';
  const found = deep ? `, found ${printType(rename(mismatch.from))}` : '';
  const reason = mismatch.reason.replace(ownerOf, '');
  return `type_mismatch: edge ${name}: ${printType(from)} does not fit ${printType(to)} (${place}${reason}${found})`;
}

/** What would fit here: another port of the two, another harness, or a component between them. */
function hintOf(
  graph: Graph,
  edge: Edge,
  releases: ReleaseLookup,
  fresh: ReadonlyMap<string, Ports>,
  substitution: Substitution,
): string {
  const vertex = (id: string) => graph.vertices.get(id) as Vertex;
  const [from, to] = [vertex(edge.from_vertex), vertex(edge.to_vertex)];
  const { outputs } = fresh.get(from.id) as Ports;
  const { inputs } = fresh.get(to.id) as Ports;
  const output = outputs[edge.from_output] as Type;
  const input = inputs[edge.to_input] as Type;
  const is = (id: string, kind: 'ingress' | 'egress') =>
    releases(vertex(id).version_id).endpoints.some(endpoint => endpoint.kind === kind);
  const ways = [
    ...outputs.flatMap((other, index) =>
      other !== output && substitution.fits(other, input) ? [`Output ${index} of ${from.alias} fits.`] : [],
    ),
    ...inputs.flatMap((other, index) =>
      other !== input && substitution.fits(output, other) ? [`Input ${index} of ${to.alias} fits.`] : [],
    ),
    ...(is(from.id, 'ingress') ? [`Use the harness ${ingressFor(substitution.apply(input))} for ${from.alias}.`] : []),
    ...(is(to.id, 'egress') ? [`Use the harness ${egressFor(substitution.apply(output))} for ${to.alias}.`] : []),
  ];
  return [
    ...ways,
    `Nothing is converted by itself: ${ways.length > 0 ? 'else ' : ''}put a component between the two that takes the one and gives the other.`,
  ].join(' ');
}

/** The harness components by what they give and take (platform-facts §10); the JSON ones give and take anything. */
function ingressFor(type: Type): string {
  const own: Record<string, string> = {
    Image: 'Input Image HTTP',
    AudioFrame: 'Input Audio HTTP',
    Tensor: 'Input NumPy HTTP',
  };
  return (type.kind === 'named' ? own[type.name] : undefined) ?? 'Input JSON HTTP';
}

function egressFor(type: Type): string {
  return type.kind === 'named' && type.name === 'Image' ? 'Output Image HTTP' : 'Output JSON HTTP';
}

/** Names variables for people: without their owners, which are ids, yet two that differ stay two (`t`, `t_2`). */
function renaming(): (type: Type) => Type {
  const names = new Map<string, string>();
  const nameOf = (fresh: string) => {
    const base = fresh.replace(ownerOf, '');
    const taken = new Set(names.values());
    let name = base;
    for (let number = 2; taken.has(name); number++) name = `${base}_${number}`;
    names.set(fresh, name);
    return name;
  };
  return type =>
    mapType(type, part =>
      part.kind === 'var' ? { kind: 'var', name: names.get(part.name) ?? nameOf(part.name) } : undefined,
    );
}
