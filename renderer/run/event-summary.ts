import type { RunEvent } from '../../shared/events.ts';
import { bytes, countdown, ms, shortId } from '../ui/format.ts';

/** One line that says what an event is about; ids of vertices are told by their alias. */
export function eventSummary(event: RunEvent, aliasOf: ReadonlyMap<string, string>): string {
  const alias = (vertexId: string) => aliasOf.get(vertexId) ?? shortId(vertexId);
  switch (event.type) {
    case 'lease_created':
      return `expires in ${countdown(Date.parse(event.expires_at) - Date.parse(event.at))}`;
    case 'prerelease_published':
      return `${shortId(event.version_id)} ${shortDigest(event.image_digest)}`;
    case 'fixture_uploaded':
      return `${event.name} ${shortDigest(event.sha256)}`;
    case 'fixture_fetched':
      return `${event.name}, ${bytes(event.bytes)} from ${event.url}`;
    case 'backend_created':
      return shortId(event.backend_id);
    case 'vertex_added':
      return `${event.alias} ${shortId(event.version_id)}`;
    case 'edge_connected':
      return `${event.from}.${event.from_output} to ${event.to}.${event.to_input} ${event.edge_type}`;
    case 'param_set':
      return `${alias(event.vertex_id)} ${event.name}`;
    case 'file_bound':
      return `${alias(event.vertex_id)} ${event.key}, ${shortId(event.file_id)}`;
    case 'deploy_started':
      return shortId(event.deployment_id);
    case 'container':
      return `${alias(event.vertex_id)} ${shortId(event.container_id)}`;
    case 'container_status':
      return `${alias(event.vertex_id)} ${event.status}`;
    case 'ready':
      return event.endpoints.length === 1 ? '1 endpoint' : `${event.endpoints.length} endpoints`;
    case 'failed':
      return event.debug_bundle === undefined
        ? `${event.stage}: ${event.error.message}`
        : `${event.stage}: ${event.error.message} Debug bundle: ${event.debug_bundle}`;
    case 'case':
      return event.latency_ms === null ? `${event.name}, no output` : `${event.name}, ${ms(event.latency_ms)}`;
    case 'proof':
      return `${event.verdict}, ${shortId(event.evidence_id)}`;
    default:
      return event satisfies never;
  }
}

/** The verdict an event carries, for the mark at the end of its line. */
export function eventVerdict(event: RunEvent): 'pass' | 'mismatch' | 'fail' | null {
  if (event.type === 'case' || event.type === 'proof') return event.verdict;
  return event.type === 'failed' ? 'fail' : null;
}

/** The first 8 characters of a digest, without the name of its algorithm. */
export function shortDigest(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1).slice(0, 8);
}
