import { createHash, randomBytes } from 'node:crypto';
import type { EndpointRow } from '../../../shared/events.ts';
import { type Graph, memberOf } from '../graph/graph.ts';
import type { GraphOperation } from '../graph/operation.ts';
import type { ReleaseLookup } from '../graph/release.ts';
import type { BackendTable } from '../store/backends.ts';

/** Gives each endpoint that operations brought a token, for good: one there was before keeps its own. */
export function issueTokens(
  table: BackendTable,
  backendId: string,
  operations: readonly GraphOperation[],
  releases: ReleaseLookup,
): void {
  for (const operation of operations) {
    if (operation.type !== 'add-vertex' && operation.type !== 'change-version') continue;
    const { vertex_id, version_id } = operation.payload;
    for (const { name } of releases(version_id).endpoints) {
      const token = randomBytes(24).toString('base64url');
      const sha256 = createHash('sha256').update(token).digest('hex');
      table.insertEndpoint(sha256, { token, backend_id: backendId, vertex_id, name });
    }
  }
}

/** Where each endpoint of a graph is reached. */
export function endpointRows(
  table: BackendTable,
  backendId: string,
  graph: Graph,
  releases: ReleaseLookup,
  urlOf: (token: string) => string,
): EndpointRow[] {
  return table.endpoints(backendId).flatMap(({ vertex_id, name, token }) => {
    const vertex = graph.vertices.get(vertex_id);
    // A token outlives its vertex, and the version that has its endpoint: where they come back, so does the URL.
    if (vertex === undefined || !releases(vertex.version_id).endpoints.some(each => each.name === name)) return [];
    const alias = memberOf(vertex.endpoint_aliases, name) ?? vertex.alias;
    return [{ endpoint_name: name, vertex_id, alias, url: urlOf(token), token }];
  });
}
