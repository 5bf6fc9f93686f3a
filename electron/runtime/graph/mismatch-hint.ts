import type { Type } from '../../../shared/types/type.ts';
import { type Demand, freshen, Substitution } from '../../../shared/types/unify.ts';
import type { Graph, Vertex } from './graph.ts';
import type { Edge } from './operation.ts';
import type { ReleaseLookup } from './release.ts';
import type { Ports } from './solve.ts';

/** A released component that could stand between two others. */
export interface Converter extends Ports {
  component: string;
}

const maxConverters = 3;

/** What would fit at an edge that does not: another port of the two, another harness, or a component between them. */
export function mismatchHint(context: {
  graph: Graph;
  edge: Edge;
  releases: ReleaseLookup;
  ports: ReadonlyMap<string, Ports>;
  substitution: Substitution<Edge>;
  converters: () => Iterable<Converter>;
}): string {
  const { graph, edge, releases, ports, substitution } = context;
  const vertex = (id: string) => graph.vertices.get(id) as Vertex;
  const [from, to] = [vertex(edge.from_vertex), vertex(edge.to_vertex)];
  const solved = (types: Type[]) => types.map(type => substitution.apply(type));
  const outputs = solved((ports.get(from.id) as Ports).outputs);
  const inputs = solved((ports.get(to.id) as Ports).inputs);
  const output = outputs[edge.from_output] as Type;
  const input = inputs[edge.to_input] as Type;
  const is = (id: string, kind: 'ingress' | 'egress') =>
    releases(vertex(id).version_id).endpoints.some(endpoint => endpoint.kind === kind);
  const ways = [
    ...outputs.flatMap((other, index) =>
      index !== edge.from_output && fitTogether([{ from: other, to: input }])
        ? [`Output ${index} of ${from.alias} fits.`]
        : [],
    ),
    ...inputs.flatMap((other, index) =>
      index !== edge.to_input && fitTogether([{ from: output, to: other }])
        ? [`Input ${index} of ${to.alias} fits.`]
        : [],
    ),
    ...(is(from.id, 'ingress') ? [`Use the harness ${ingressFor(input)} for ${from.alias}.`] : []),
    ...(is(to.id, 'egress') ? [`Use the harness ${egressFor(output)} for ${to.alias}.`] : []),
  ];
  const converting = convertersFor(output, input, context.converters());
  if (converting.length > 0)
    return [
      ...ways,
      `Nothing is converted by itself: put one of these between the two: ${converting.join(', ')}.`,
    ].join(' ');
  return [
    ...ways,
    `Nothing is converted by itself: ${ways.length > 0 ? 'else ' : ''}put a component between the two that takes the one and gives the other.`,
  ].join(' ');
}

/** Names of components with an input that takes `from` and an output that gives `to`; what takes anything converts nothing. */
function convertersFor(from: Type, to: Type, candidates: Iterable<Converter>): string[] {
  const names = new Set<string>();
  for (const { component, inputs, outputs } of candidates) {
    if (names.has(component)) continue;
    const takes = inputs.filter(type => type.kind !== 'var').map(type => freshen(type, component));
    const gives = outputs.map(type => freshen(type, component));
    const converts = takes.some(taken =>
      gives.some(given =>
        fitTogether([
          { from, to: taken },
          { from: given, to },
        ]),
      ),
    );
    if (converts) names.add(component);
    if (names.size === maxConverters) break;
  }
  return [...names];
}

/** Whether types fit; a hint is no reason to fail, so what is too large to compare does not. */
function fitTogether(demands: Demand<never>[]): boolean {
  try {
    return new Substitution<never>().fitsAll(demands);
  } catch {
    return false;
  }
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
