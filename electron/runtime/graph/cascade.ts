import type { Graph, Vertex } from './graph.ts';
import type { GraphOperation } from './operation.ts';

/** Everything that takes a vertex away with what is attached to it, each of which can be undone. */
export function deleteVertex(graph: Graph, vertex: Vertex): GraphOperation[] {
  const vertex_id = vertex.id;
  return [
    ...graph.edges
      .filter(edge => edge.from_vertex === vertex_id || edge.to_vertex === vertex_id)
      .map(payload => ({ type: 'disconnect', payload }) as const),
    ...detachAll(vertex),
    { type: 'delete-vertex', payload: { vertex_id } },
  ];
}

/** Takes away a vertex's parameters, files and endpoint aliases. */
export function detachAll(vertex: Vertex): GraphOperation[] {
  const vertex_id = vertex.id;
  return [
    ...Object.entries(vertex.params).map(
      ([name, { type }]) => ({ type: 'change-parameter', payload: { vertex_id, name, type } }) as const,
    ),
    ...Object.keys(vertex.files).map(key => ({ type: 'remove-file', payload: { vertex_id, key } }) as const),
    ...Object.keys(vertex.endpoint_aliases).map(
      endpoint => ({ type: 'change-endpoint-alias', payload: { vertex_id, endpoint, alias: null } }) as const,
    ),
  ];
}
