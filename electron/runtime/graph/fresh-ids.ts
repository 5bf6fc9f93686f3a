import { newId } from '../../../shared/ids.ts';
import type { Graph } from './graph.ts';

/** The same graph of other vertices. */
export function withFreshIds(graph: Graph): Graph {
  const fresh = new Map([...graph.vertices.keys()].map(id => [id, newId('vertex')]));
  const idOf = (id: string) => fresh.get(id) as string;
  return {
    name: graph.name,
    vertices: new Map(
      [...graph.vertices.values()].map(vertex => [idOf(vertex.id), { ...vertex, id: idOf(vertex.id) }]),
    ),
    edges: graph.edges.map(edge => ({
      ...edge,
      from_vertex: idOf(edge.from_vertex),
      to_vertex: idOf(edge.to_vertex),
    })),
  };
}
