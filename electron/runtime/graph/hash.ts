import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../shared/canonical-json.ts';
import { printType } from '../../../shared/types/print.ts';
import { type Graph, memberOf, type Vertex } from './graph.ts';
import type { FileLookup, GraphRelease, ReleaseLookup } from './release.ts';

/**
 * What a graph is, told by alias, image and file digest with ids and name left out: the same manifest gives the same (DESIGN §5).
 * Of a secret it says only that there is one.
 */
export function graphJson(graph: Graph, releases: ReleaseLookup, files: FileLookup) {
  const alias = (id: string) => graph.vertices.get(id)?.alias ?? id;
  const vertices = [...graph.vertices.values()].sort((a, b) => (a.alias < b.alias ? -1 : 1));
  return {
    vertices: Object.fromEntries(
      vertices.map(vertex => {
        const release = releases(vertex.version_id);
        return [
          vertex.alias,
          {
            component: release.component,
            image_digest: release.image_digest,
            params: paramsOf(vertex, release),
            ...whereAny(
              'files',
              Object.entries(vertex.files).map(([key, id]) => [key, files(id).sha256]),
            ),
            ...whereAny('endpoint_aliases', Object.entries(vertex.endpoint_aliases)),
          },
        ];
      }),
    ),
    edges: graph.edges
      .map(edge => {
        const told = {
          from: alias(edge.from_vertex),
          from_output: edge.from_output,
          to: alias(edge.to_vertex),
          to_input: edge.to_input,
        };
        return { told, text: canonicalJson(told) };
      })
      .sort((a, b) => (a.text < b.text ? -1 : 1))
      .map(({ told }) => told),
  };
}

/** SHA-256 (hex) of the canonical JSON of `graphJson`. */
export function graphHash(graph: Graph, releases: ReleaseLookup, files: FileLookup): string {
  return createHash('sha256')
    .update(canonicalJson(graphJson(graph, releases, files)))
    .digest('hex');
}

/** A parameter's type as the release declares it: a union written in another order is the same type. */
export function declaredType(release: GraphRelease, name: string, given: string): string {
  const declared = memberOf(release.parameters, name)?.type;
  return declared === undefined ? given : printType(declared);
}

function paramsOf(vertex: Vertex, release: GraphRelease) {
  return Object.fromEntries(
    Object.entries(vertex.params).map(([name, { type, value }]) => {
      const declared = declaredType(release, name, type);
      const isSecret = memberOf(release.parameters, name)?.secret === true;
      return [name, isSecret ? { type: declared, secret: true } : { type: declared, value }];
    }),
  );
}

/** Left out where it is empty: a graph that has none hashes as it did before there were any. */
function whereAny(key: string, entries: [string, string][]): Record<string, Record<string, string>> {
  return entries.length === 0 ? {} : { [key]: Object.fromEntries(entries) };
}
