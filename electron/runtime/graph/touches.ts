import type { GraphOperation } from './operation.ts';
import { edgeKey } from './solve.ts';

/** What an operation rests on and what it changes, each named so that two operations meet where a name is the same. */
export interface Touches {
  reads: string[];
  writes: string[];
}

/** `edges` rest on their vertices, whatever is set on a vertex on its version. */
export function touches(operation: GraphOperation): Touches {
  switch (operation.type) {
    case 'create':
    case 'rename':
      return { reads: [], writes: ['the name'] };
    case 'add-vertex': {
      const { vertex_id, alias } = operation.payload;
      return { reads: [], writes: [vertexName(vertex_id), `the vertex alias ${alias}`] };
    }
    case 'delete-vertex':
      return { reads: [], writes: [vertexName(operation.payload.vertex_id)] };
    case 'connect':
    case 'disconnect': {
      const { from_vertex, to_vertex } = operation.payload;
      return {
        reads: [from_vertex, to_vertex].flatMap(restingOn),
        writes: [`the edge ${edgeKey(operation.payload)}`],
      };
    }
    case 'change-parameter': {
      const { vertex_id, name } = operation.payload;
      return { reads: restingOn(vertex_id), writes: [`parameter ${name} of ${vertexName(vertex_id)}`] };
    }
    case 'add-file':
    case 'remove-file': {
      const { vertex_id, key } = operation.payload;
      return { reads: restingOn(vertex_id), writes: [`file slot ${key} of ${vertexName(vertex_id)}`] };
    }
    case 'change-version': {
      const { vertex_id } = operation.payload;
      return { reads: [vertexName(vertex_id)], writes: [versionName(vertex_id)] };
    }
    case 'change-endpoint-alias': {
      const { vertex_id, endpoint, alias } = operation.payload;
      return {
        reads: restingOn(vertex_id),
        writes: [
          `the alias of endpoint ${endpoint} of ${vertexName(vertex_id)}`,
          ...(alias === null ? [] : [`the endpoint alias ${alias}`]),
        ],
      };
    }
    default:
      return operation satisfies never;
  }
}

/** The first thing that was changed since and that `later` rests on or changes; it was made without knowing of it. */
export function firstOverlap<T extends { operation: GraphOperation }>(
  since: readonly T[],
  later: readonly GraphOperation[],
): { between: T; touched: string } | undefined {
  const mine = new Set(later.map(touches).flatMap(({ reads, writes }) => [...reads, ...writes]));
  for (const between of since) {
    const touched = touches(between.operation).writes.find(name => mine.has(name));
    if (touched !== undefined) return { between, touched };
  }
  return undefined;
}

function vertexName(id: string): string {
  return `vertex ${id}`;
}

function versionName(id: string): string {
  return `the version of ${vertexName(id)}`;
}

function restingOn(id: string): string[] {
  return [vertexName(id), versionName(id)];
}
