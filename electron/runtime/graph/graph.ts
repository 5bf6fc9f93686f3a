import type { Edge, GraphOperation } from './operation.ts';
import { edgeKey } from './solve.ts';

export interface Vertex {
  id: string;
  alias: string;
  version_id: string;
  /** Parameters that were set: their type, printed, and their value as canonical JSON. */
  params: Readonly<Record<string, { type: string; value: unknown }>>;
  /** Slot → file id. */
  files: Readonly<Record<string, string>>;
  /** Endpoint → alias, of those that have one of their own. */
  endpoint_aliases: Readonly<Record<string, string>>;
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

/** Applies operations one after the other in time that does not grow with the graph; the graph it began with stays as it is. */
export class GraphBuilder {
  #name: string;
  #vertices: ReadonlyMap<string, Vertex>;
  /** Absent until the first change: then a copy that is changed in place. */
  #ownVertices: Map<string, Vertex> | undefined;
  #edges: readonly Edge[];
  #ownEdges: Map<string, Edge> | undefined;

  constructor(from: Graph = emptyGraph()) {
    this.#name = from.name;
    this.#vertices = from.vertices;
    this.#edges = from.edges;
  }

  vertex(id: string): Vertex | undefined {
    return (this.#ownVertices ?? this.#vertices).get(id);
  }

  get name(): string {
    return this.#name;
  }

  /** The operation is one that `checkOperation` accepts. */
  apply(operation: GraphOperation): this {
    switch (operation.type) {
      case 'create':
      case 'rename':
        this.#name = operation.payload.name;
        return this;
      case 'add-vertex': {
        const { vertex_id: id, alias, version_id } = operation.payload;
        this.#write().set(id, { id, alias, version_id, params: {}, files: {}, endpoint_aliases: {} });
        return this;
      }
      case 'delete-vertex':
        this.#write().delete(operation.payload.vertex_id);
        return this;
      case 'connect':
        this.#writeEdges().set(edgeKey(operation.payload), operation.payload);
        return this;
      case 'disconnect':
        this.#writeEdges().delete(edgeKey(operation.payload));
        return this;
      case 'change-parameter': {
        const { vertex_id, name, type, value } = operation.payload;
        return this.#change(vertex_id, vertex => ({
          ...vertex,
          params: withMember(vertex.params, name, value === undefined ? undefined : { type, value }),
        }));
      }
      case 'add-file': {
        const { vertex_id, key, file_id } = operation.payload;
        return this.#change(vertex_id, vertex => ({ ...vertex, files: withMember(vertex.files, key, file_id) }));
      }
      case 'remove-file': {
        const { vertex_id, key } = operation.payload;
        return this.#change(vertex_id, vertex => ({ ...vertex, files: withMember(vertex.files, key, undefined) }));
      }
      case 'change-version': {
        const { vertex_id, version_id } = operation.payload;
        return this.#change(vertex_id, vertex => ({ ...vertex, version_id }));
      }
      case 'change-endpoint-alias': {
        const { vertex_id, endpoint, alias } = operation.payload;
        return this.#change(vertex_id, vertex => ({
          ...vertex,
          endpoint_aliases: withMember(vertex.endpoint_aliases, endpoint, alias ?? undefined),
        }));
      }
      default:
        return operation satisfies never;
    }
  }

  /** As it is now; what is applied afterwards does not change it. */
  graph(): Graph {
    if (this.#ownVertices !== undefined) this.#vertices = this.#ownVertices;
    if (this.#ownEdges !== undefined) this.#edges = [...this.#ownEdges.values()];
    this.#ownVertices = undefined;
    this.#ownEdges = undefined;
    return { name: this.#name, vertices: this.#vertices, edges: this.#edges };
  }

  #change(id: string, change: (vertex: Vertex) => Vertex): this {
    const vertices = this.#write();
    vertices.set(id, change(vertices.get(id) as Vertex));
    return this;
  }

  #write(): Map<string, Vertex> {
    this.#ownVertices ??= new Map(this.#vertices);
    return this.#ownVertices;
  }

  #writeEdges(): Map<string, Edge> {
    this.#ownEdges ??= new Map(this.#edges.map(edge => [edgeKey(edge), edge]));
    return this.#ownEdges;
  }
}

/** The graph after an operation that `checkOperation` accepted. */
export function applyOperation(graph: Graph, operation: GraphOperation): Graph {
  return new GraphBuilder(graph).apply(operation).graph();
}

/** The graph a log leads to; that of a prefix is the graph at that point. */
export function replay(operations: Iterable<GraphOperation>, from?: Graph): Graph {
  const builder = new GraphBuilder(from);
  for (const operation of operations) builder.apply(operation);
  return builder.graph();
}

/** What is looked at to take an operation back: a graph, or one that is being built. */
type Before = { name: string; vertex: (id: string) => Vertex | undefined };

/** The operation that takes an operation back, as seen before it lands; null for `create`, which nothing precedes. */
export function invertOperation(before: Graph | GraphBuilder, operation: GraphOperation): GraphOperation | null {
  const { name: nameBefore, vertex: vertexBefore } = lookInto(before);
  switch (operation.type) {
    case 'create':
      return null;
    case 'rename':
      return { type: 'rename', payload: { name: nameBefore } };
    case 'add-vertex':
      return { type: 'delete-vertex', payload: { vertex_id: operation.payload.vertex_id } };
    case 'delete-vertex': {
      const { id, alias, version_id } = vertexBefore(operation.payload.vertex_id) as Vertex;
      return { type: 'add-vertex', payload: { vertex_id: id, alias, version_id } };
    }
    case 'connect':
      return { type: 'disconnect', payload: operation.payload };
    case 'disconnect':
      return { type: 'connect', payload: operation.payload };
    case 'change-parameter': {
      const { vertex_id, name, type } = operation.payload;
      const previous = memberOf(vertexBefore(vertex_id)?.params, name);
      return {
        type: 'change-parameter',
        payload: previous === undefined ? { vertex_id, name, type } : { vertex_id, name, ...previous },
      };
    }
    case 'add-file': {
      const { vertex_id, key } = operation.payload;
      const file_id = memberOf(vertexBefore(vertex_id)?.files, key);
      return file_id === undefined
        ? { type: 'remove-file', payload: { vertex_id, key } }
        : { type: 'add-file', payload: { vertex_id, key, file_id } };
    }
    case 'remove-file': {
      const { vertex_id, key } = operation.payload;
      const file_id = memberOf(vertexBefore(vertex_id)?.files, key) as string;
      return { type: 'add-file', payload: { vertex_id, key, file_id } };
    }
    case 'change-version': {
      const { id, version_id } = vertexBefore(operation.payload.vertex_id) as Vertex;
      return { type: 'change-version', payload: { vertex_id: id, version_id } };
    }
    case 'change-endpoint-alias': {
      const { vertex_id, endpoint } = operation.payload;
      const alias = memberOf(vertexBefore(vertex_id)?.endpoint_aliases, endpoint) ?? null;
      return { type: 'change-endpoint-alias', payload: { vertex_id, endpoint, alias } };
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

/** A member by a name that may also be one of every object's. */
export function memberOf<T>(members: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return members !== undefined && Object.hasOwn(members, name) ? members[name] : undefined;
}

function lookInto(before: Graph | GraphBuilder): Before {
  if (before instanceof GraphBuilder) return { name: before.name, vertex: id => before.vertex(id) };
  return { name: before.name, vertex: id => before.vertices.get(id) };
}

function withMember<T>(members: Readonly<Record<string, T>>, name: string, value: T | undefined): Record<string, T> {
  const { [name]: _before, ...others } = members;
  return value === undefined ? others : { ...others, [name]: value };
}
