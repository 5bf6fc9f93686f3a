import { createHash } from 'node:crypto';
import type { Graph, Vertex } from './graph.ts';
import type { Edge } from './operation.ts';

/** A graph as text: the same graph, built by the same operations, gives the same. */
export function writeGraph({ name, vertices, edges }: Graph): { graph: string; sha256: string } {
  const graph = JSON.stringify({ name, vertices: [...vertices.values()], edges });
  return { graph, sha256: sha256Of(graph) };
}

/** Undefined where the text is not what was written. */
export function readGraph({ graph, sha256 }: { graph: string; sha256: string }): Graph | undefined {
  if (sha256Of(graph) !== sha256) return undefined;
  const { name, vertices, edges } = JSON.parse(graph) as { name: string; vertices: Vertex[]; edges: Edge[] };
  return { name, vertices: new Map(vertices.map(vertex => [vertex.id, vertex])), edges };
}

function sha256Of(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
