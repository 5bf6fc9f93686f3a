import { canonicalJson } from '../../../shared/canonical-json.ts';
import type { GraphChange } from '../../../shared/contract/index.ts';
import type { Graph, Vertex } from './graph.ts';
import { declaredType } from './hash.ts';
import type { FileLookup, ReleaseLookup } from './release.ts';
import { edgeName } from './solve.ts';

interface Fact {
  kind: GraphChange['kind'];
  subject: string;
  value: unknown;
  /** Two facts about the same are the same fact where this is equal. */
  same: string;
}

/** The differences from one graph to another by alias, so that the two may be of different backends. */
export function graphChanges(before: Graph, after: Graph, releases: ReleaseLookup, files: FileLookup): GraphChange[] {
  const old = factsOf(before, releases, files);
  const now = factsOf(after, releases, files);
  const changes: GraphChange[] = [];
  for (const key of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [a, b] = [old.get(key), now.get(key)];
    if (a?.same === b?.same) continue;
    const { kind, subject } = (a ?? b) as Fact;
    // Which version a vertex came or went with is told with the vertex.
    if (kind === 'version' && (a === undefined || b === undefined)) continue;
    changes.push({
      kind,
      subject,
      change: a === undefined ? 'added' : b === undefined ? 'removed' : 'changed',
      ...(a === undefined ? {} : { before: a.value }),
      ...(b === undefined ? {} : { after: b.value }),
    });
  }
  return changes;
}

const kinds: readonly GraphChange['kind'][] = [
  'name',
  'vertex',
  'version',
  'parameter',
  'file',
  'edge',
  'endpoint_alias',
];

/** Everything that may differ, by what it is about and in the order of `kinds`. */
function factsOf(graph: Graph, releases: ReleaseLookup, files: FileLookup): Map<string, Fact> {
  const facts = new Map<string, Fact>();
  const put = (kind: Fact['kind'], subject: string, value: unknown, same: unknown = value) =>
    facts.set(`${kinds.indexOf(kind)} ${subject}`, { kind, subject, value, same: canonicalJson(same) });
  put('name', 'name', graph.name);
  for (const vertex of graph.vertices.values()) putVertex(vertex, releases, files, put);
  for (const edge of graph.edges) {
    const { from_output, to_input } = edge;
    const [from, to] = [edge.from_vertex, edge.to_vertex].map(id => graph.vertices.get(id)?.alias ?? id);
    put('edge', edgeName(graph, edge), { from, from_output, to, to_input });
  }
  return facts;
}

function putVertex(
  vertex: Vertex,
  releases: ReleaseLookup,
  files: FileLookup,
  put: (kind: Fact['kind'], subject: string, value: unknown, same?: unknown) => void,
): void {
  const release = releases(vertex.version_id);
  const { component, image_digest } = release;
  const version = { component, version_id: vertex.version_id, image_digest };
  put('vertex', vertex.alias, version, null);
  // Published anew, the same source is the same version.
  put('version', vertex.alias, version, { component, image_digest });
  for (const [name, { type, value }] of Object.entries(vertex.params)) {
    put('parameter', `${vertex.alias}.${name}`, { type: declaredType(release, name, type), value });
  }
  for (const [key, file_id] of Object.entries(vertex.files)) {
    const { sha256 } = files(file_id);
    put('file', `${vertex.alias}.${key}`, { file_id, sha256 }, sha256);
  }
  for (const [endpoint, alias] of Object.entries(vertex.endpoint_aliases)) {
    put('endpoint_alias', `${vertex.alias}.${endpoint}`, alias);
  }
}
