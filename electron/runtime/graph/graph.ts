import type { Edge, GraphOperation } from './operation.ts';

export interface Vertex {
  id: string;
  alias: string;
  version_id: string;
  /** Parameters that were set: their type, printed, and their value as canonical JSON. */
  params: Readonly<Record<string, { type: string; value: unknown }>>;
}

/** A typed graph of pinned releases: what a log of operations replays to. Never changed in place. */
export interface Graph {
  name: string;
  vertices: ReadonlyMap<string, Vertex>;
  edges: readonly Edge[];
}

export function emptyGraph(): Graph {
  return { name: '', vertices: new Map(), edges: [] };
}

/** The graph after an operation that `checkOperation` accepted. */
export function applyOperation(graph: Graph, operation: GraphOperation): Graph {
  switch (operation.type) {
    case 'create':
    case 'rename':
      return { ...graph, name: operation.payload.name };
    case 'add-vertex': {
      const { vertex_id: id, alias, version_id } = operation.payload;
      return withVertex(graph, { id, alias, version_id, params: {} });
    }
    case 'delete-vertex': {
      const vertices = new Map(graph.vertices);
      vertices.delete(operation.payload.vertex_id);
      return { ...graph, vertices };
    }
    case 'connect':
      return { ...graph, edges: [...graph.edges, operation.payload] };
    case 'disconnect':
      return { ...graph, edges: graph.edges.filter(edge => !sameEdge(edge, operation.payload)) };
    case 'change-parameter': {
      const { vertex_id, name, type, value } = operation.payload;
      const vertex = graph.vertices.get(vertex_id) as Vertex;
      const { [name]: _before, ...others } = vertex.params;
      return withVertex(graph, {
        ...vertex,
        params: value === undefined ? others : { ...others, [name]: { type, value } },
      });
    }
    default:
      return operation satisfies never;
  }
}

/** The graph a log leads to; that of a prefix is the graph at that point. */
export function replay(operations: Iterable<GraphOperation>): Graph {
  let graph = emptyGraph();
  for (const operation of operations) graph = applyOperation(graph, operation);
  return graph;
}

/** The operation that takes an operation back, as seen before it lands; null for `create`, which nothing precedes. */
export function invertOperation(before: Graph, operation: GraphOperation): GraphOperation | null {
  switch (operation.type) {
    case 'create':
      return null;
    case 'rename':
      return { type: 'rename', payload: { name: before.name } };
    case 'add-vertex':
      return { type: 'delete-vertex', payload: { vertex_id: operation.payload.vertex_id } };
    case 'delete-vertex': {
      const { id, alias, version_id } = before.vertices.get(operation.payload.vertex_id) as Vertex;
      return { type: 'add-vertex', payload: { vertex_id: id, alias, version_id } };
    }
    case 'connect':
      return { type: 'disconnect', payload: operation.payload };
    case 'disconnect':
      return { type: 'connect', payload: operation.payload };
    case 'change-parameter': {
      const { vertex_id, name, type } = operation.payload;
      const params = before.vertices.get(vertex_id)?.params ?? {};
      const previous = Object.hasOwn(params, name) ? params[name] : undefined;
      return {
        type: 'change-parameter',
        payload: previous === undefined ? { vertex_id, name, type } : { vertex_id, name, ...previous },
      };
    }
    default:
      return operation satisfies never;
  }
}

export function sameEdge(a: Edge, b: Edge): boolean {
  return (
    a.from_vertex === b.from_vertex &&
    a.from_output === b.from_output &&
    a.to_vertex === b.to_vertex &&
    a.to_input === b.to_input
  );
}

function withVertex(graph: Graph, vertex: Vertex): Graph {
  return { ...graph, vertices: new Map(graph.vertices).set(vertex.id, vertex) };
}
