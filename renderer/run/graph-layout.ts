import { Graph, layout } from '@dagrejs/dagre';
import type { RunEdge, RunVertex } from '../../shared/contract/index.ts';

/** A node's size on screen. */
export const nodeWidth = 132;
export const nodeHeight = 104;

export interface PlacedNode {
  readonly alias: string;
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** The type that flows, or what is known of it before it is solved. */
  readonly label: string;
}

export interface GraphLayout {
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Places the vertices of a graph from left to right; `x` and `y` are upper left corners. Edges of vertices that are not there are left out. */
export function graphLayout(
  vertices: readonly Pick<RunVertex, 'alias' | 'outputs'>[],
  edges: readonly RunEdge[],
): GraphLayout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', ranksep: 96, nodesep: 16, marginx: 0, marginy: 0 });
  const outputs = new Map(vertices.map(vertex => [vertex.alias, vertex.outputs]));
  for (const { alias } of vertices) graph.setNode(alias, { width: nodeWidth, height: nodeHeight });
  const known = edges.filter(edge => outputs.has(edge.from) && outputs.has(edge.to));
  const placed = known.map(edge => ({
    id: `${edge.from}.${edge.from_output}-${edge.to}.${edge.to_input}`,
    from: edge.from,
    to: edge.to,
    label: edge.type ?? outputs.get(edge.from)?.[edge.from_output] ?? '',
  }));
  for (const edge of placed) graph.setEdge(edge.from, edge.to, {}, edge.id);
  layout(graph);
  return {
    nodes: vertices.map(({ alias }) => {
      const { x = 0, y = 0 } = graph.node(alias) as { x?: number; y?: number };
      return { alias, x: Math.round(x - nodeWidth / 2), y: Math.round(y - nodeHeight / 2) };
    }),
    edges: placed,
  };
}
