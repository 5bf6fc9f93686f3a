import { canonicalJson } from '../../../shared/canonical-json.ts';
import { deleteVertex, detachAll } from './cascade.ts';
import { type Graph, GraphBuilder, memberOf, type Vertex } from './graph.ts';
import type { Edge, GraphOperation } from './operation.ts';
import { edgeKey } from './solve.ts';

/**
 * The shortest list of operations that leads from one graph to another: what goes before what comes, vertices before what is attached to
 * them, edges last. `mayLand` says whether an operation would be accepted: where a version may not change under what stays attached to
 * its vertex, that is taken off before and put back after.
 */
export function operationsBetween(
  before: Graph,
  after: Graph,
  mayLand: (graph: Graph, operation: GraphOperation) => boolean = () => true,
): GraphOperation[] {
  const operations: GraphOperation[] = [];
  const builder = new GraphBuilder(before);
  const put = (...more: GraphOperation[]) => {
    operations.push(...more);
    for (const operation of more) builder.apply(operation);
  };
  const isKept = (vertex: Vertex) => after.vertices.get(vertex.id)?.alias === vertex.alias;
  const wantedEdges = new Set(after.edges.map(edgeKey));

  if (before.name === '' && after.name !== '') put({ type: 'create', payload: { name: after.name } });
  else if (before.name !== after.name) put({ type: 'rename', payload: { name: after.name } });

  for (const vertex of before.vertices.values()) if (!isKept(vertex)) put(...deleteVertex(builder.graph(), vertex));
  for (const edge of builder.graph().edges) {
    if (!wantedEdges.has(edgeKey(edge))) put({ type: 'disconnect', payload: edge });
  }
  const kept = [...before.vertices.values()].filter(isKept);
  const aliases = aliasesOf(after);
  for (const vertex of kept) put(...removals(vertex, after.vertices.get(vertex.id) as Vertex, aliases));
  for (const { id } of kept) {
    const { version_id } = after.vertices.get(id) as Vertex;
    if (builder.vertex(id)?.version_id === version_id) continue;
    const change = { type: 'change-version', payload: { vertex_id: id, version_id } } as const;
    const now = builder.graph();
    if (!mayLand(now, change)) {
      const { length } = deleteVertex(now, now.vertices.get(id) as Vertex);
      put(...deleteVertex(now, now.vertices.get(id) as Vertex).slice(0, length - 1));
    }
    put(change);
  }

  for (const { id, alias, version_id } of after.vertices.values()) {
    if (builder.vertex(id) === undefined) {
      put({ type: 'add-vertex', payload: { vertex_id: id, alias, version_id } });
    }
  }
  for (const vertex of after.vertices.values()) put(...additions(builder.vertex(vertex.id) as Vertex, vertex));
  const there = new Set(builder.graph().edges.map(edgeKey));
  put(...after.edges.filter(edge => !there.has(edgeKey(edge))).map(connect));
  return operations;
}

/** What a vertex has and shall not have, and endpoint aliases that another endpoint is to take. */
function removals(vertex: Vertex, wanted: Vertex, aliases: ReadonlyMap<string, string>): GraphOperation[] {
  const isWanted: Record<'params' | 'files', (name: string) => boolean> = {
    // A type that differs is another version's: the value is put back once the version has changed.
    params: name => memberOf(wanted.params, name)?.type === vertex.params[name]?.type,
    files: key => memberOf(wanted.files, key) !== undefined,
  };
  const isFree = (endpoint: string, alias: string) => {
    const holder = aliases.get(alias);
    return (
      memberOf(wanted.endpoint_aliases, endpoint) !== undefined &&
      (holder === undefined || holder === `${vertex.id} ${endpoint}`)
    );
  };
  return detachAll({
    ...vertex,
    params: Object.fromEntries(Object.entries(vertex.params).filter(([name]) => !isWanted.params(name))),
    files: Object.fromEntries(Object.entries(vertex.files).filter(([key]) => !isWanted.files(key))),
    endpoint_aliases: Object.fromEntries(
      Object.entries(vertex.endpoint_aliases).filter(([endpoint, alias]) => !isFree(endpoint, alias)),
    ),
  });
}

/** What a vertex shall have and has not, or has otherwise. */
function additions(vertex: Vertex, wanted: Vertex): GraphOperation[] {
  const vertex_id = vertex.id;
  return [
    ...Object.entries(wanted.params)
      .filter(([name, given]) => {
        const now = memberOf(vertex.params, name);
        return now === undefined || canonicalJson(now) !== canonicalJson(given);
      })
      .map(([name, given]) => ({ type: 'change-parameter', payload: { vertex_id, name, ...given } }) as const),
    ...Object.entries(wanted.files)
      .filter(([key, file_id]) => memberOf(vertex.files, key) !== file_id)
      .map(([key, file_id]) => ({ type: 'add-file', payload: { vertex_id, key, file_id } }) as const),
    ...Object.entries(wanted.endpoint_aliases)
      .filter(([endpoint, alias]) => memberOf(vertex.endpoint_aliases, endpoint) !== alias)
      .map(
        ([endpoint, alias]) => ({ type: 'change-endpoint-alias', payload: { vertex_id, endpoint, alias } }) as const,
      ),
  ];
}

/** Who goes by each endpoint alias. */
function aliasesOf(graph: Graph): Map<string, string> {
  return new Map(
    [...graph.vertices.values()].flatMap(({ id, endpoint_aliases }) =>
      Object.entries(endpoint_aliases).map(([endpoint, alias]) => [alias, `${id} ${endpoint}`] as const),
    ),
  );
}

function connect(payload: Edge): GraphOperation {
  return { type: 'connect', payload };
}
