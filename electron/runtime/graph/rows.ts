import type { EdgeRow, VertexRow } from '../../../shared/contract/index.ts';
import { parseType } from '../../../shared/types/parse.ts';
import { printType } from '../../../shared/types/print.ts';
import { printLiteral } from '../../../shared/types/print-literal.ts';
import { type Graph, memberOf } from './graph.ts';
import { declaredType } from './hash.ts';
import type { ReleaseLookup } from './release.ts';
import { edgeKey, solveGraph } from './solve.ts';

/** A graph's vertices as people see them; a secret's value is its id. */
export function vertexRows(graph: Graph, releases: ReleaseLookup): VertexRow[] {
  return [...graph.vertices.values()].map(vertex => {
    const release = releases(vertex.version_id);
    return {
      vertex_id: vertex.id,
      alias: vertex.alias,
      version_id: vertex.version_id,
      component: release.component,
      image_digest: release.image_digest,
      params: Object.fromEntries(
        Object.entries(vertex.params).map(([name, { type, value }]) => {
          const declared = declaredType(release, name, type);
          const isSecret = memberOf(release.parameters, name)?.secret === true;
          return [name, { type: declared, value: isSecret ? value : printLiteral(value, parseType(declared)) }];
        }),
      ),
      files: { ...vertex.files },
      endpoint_aliases: { ...vertex.endpoint_aliases },
    };
  });
}

/** A graph's edges with their types, solved across all of it. */
export function edgeRows(graph: Graph, releases: ReleaseLookup): EdgeRow[] {
  const { edgeTypes } = solveGraph(graph, releases);
  return graph.edges.map(edge => ({
    ...edge,
    edge_type: printType(edgeTypes.get(edgeKey(edge)) ?? { kind: 'var', name: 't' }),
  }));
}
