import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../shared/canonical-json.ts';
import { printType } from '../../../shared/types/print.ts';
import type { Graph } from './graph.ts';
import type { ReleaseLookup } from './release.ts';

/** What a graph is, told by alias and image with ids and name left out: the same manifest gives the same (DESIGN §5). */
export function graphJson(graph: Graph, releases: ReleaseLookup) {
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
            params: Object.fromEntries(
              Object.entries(vertex.params).map(([name, { type, value }]) => {
                // As the release declares it: a union written in another order is the same type.
                const declared = release.parameters[name]?.type;
                return [name, { type: declared === undefined ? type : printType(declared), value }];
              }),
            ),
          },
        ];
      }),
    ),
    edges: graph.edges
      .map(edge => ({
        from: alias(edge.from_vertex),
        from_output: edge.from_output,
        to: alias(edge.to_vertex),
        to_input: edge.to_input,
      }))
      .sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1)),
  };
}

/** SHA-256 (hex) of the canonical JSON of `graphJson`. */
export function graphHash(graph: Graph, releases: ReleaseLookup): string {
  return createHash('sha256')
    .update(canonicalJson(graphJson(graph, releases)))
    .digest('hex');
}
