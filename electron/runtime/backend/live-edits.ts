import { AppError } from '../../../shared/errors.ts';
import { type Graph, memberOf, type Vertex } from '../graph/graph.ts';
import type { GraphOperation } from '../graph/operation.ts';
import type { ReleaseLookup } from '../graph/release.ts';
import { effectiveValue } from './plan-backend.ts';

/** A parameter's new value, for a container that runs. */
export interface LiveEdit {
  vertex_id: string;
  name: string;
  value: unknown;
}

/**
 * Lets through what a live backend takes: its name, and parameters that its components declared mutable.
 * @throws AppError `topology_locked` naming the first operation that is neither.
 */
export function requireLiveEdits(
  live: { backendId: string; deploymentId: string },
  graph: Graph,
  operations: readonly GraphOperation[],
  releases: ReleaseLookup,
): void {
  const refused = operations.find(operation => {
    if (operation.type === 'rename') return false;
    if (operation.type !== 'change-parameter') return true;
    const { vertex_id, name } = operation.payload;
    const vertex = graph.vertices.get(vertex_id);
    // What is not there is refused as such when it lands.
    return vertex !== undefined && memberOf(releases(vertex.version_id).parameters, name)?.mutable === false;
  });
  if (refused === undefined) return;
  const what =
    refused.type === 'change-parameter'
      ? `parameter ${refused.payload.name} is not mutable`
      : `${refused.type} would change its graph`;
  throw new AppError('topology_locked', `Backend ${live.backendId} is deployed (${live.deploymentId}): ${what}.`, {
    hint: `Make the change in a fork and deploy that: ppl backend fork ${live.backendId}.`,
    details: { deployment_id: live.deploymentId, operation: refused.type },
  });
}

/** What containers must be told of operations that have landed: each parameter as it is in the end. */
export function liveEdits(graph: Graph, operations: readonly GraphOperation[], releases: ReleaseLookup): LiveEdit[] {
  const edits = new Map<string, LiveEdit>();
  for (const operation of operations) {
    if (operation.type !== 'change-parameter') continue;
    const { vertex_id, name } = operation.payload;
    const vertex = graph.vertices.get(vertex_id) as Vertex;
    const parameter = memberOf(releases(vertex.version_id).parameters, name);
    if (parameter === undefined) continue;
    edits.set(`${vertex_id} ${name}`, { vertex_id, name, value: effectiveValue(vertex, name, parameter) });
  }
  return [...edits.values()];
}
