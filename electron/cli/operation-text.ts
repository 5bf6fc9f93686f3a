import type { OperationRow } from '../../shared/contract/index.ts';
import { tableOf } from './out.ts';

/** Aliases by vertex id, as far as they are known. */
export type Aliases = ReadonlyMap<string, string>;

/** The log as a table no wider than `width`, where that is known: what is too long at the end of a line is cut. */
export function operationTable(operations: readonly OperationRow[], known: Aliases, width = 0): string {
  const aliases = withTheirs(known, operations);
  const items = operations.map(operation => ({
    seq: operation.seq,
    at: operation.at,
    step: operation.step,
    of:
      operation.undoes !== null
        ? `undo of ${operation.undoes}`
        : operation.redoes !== null
          ? `redo of ${operation.redoes}`
          : null,
    operation: operation.type,
    what: whatText(operation, aliases),
  }));
  return tableOf(items, ['seq', 'at', 'step', 'of', 'operation', 'what'])
    .map(line => (width > 0 && line.length > width ? `${line.slice(0, width - 1)}…` : line))
    .join('\n');
}

/** What an operation is about, by alias. One of a kind that is not known here is told as it was written. */
function whatText({ type, payload }: OperationRow, aliases: Aliases): string {
  const named = (id: unknown) => aliases.get(String(id)) ?? String(id);
  const vertex = named(payload.vertex_id);
  switch (type) {
    case 'create':
    case 'rename': {
      const from = payload.forked_from as { backend_id: string; seq: number } | undefined;
      return from === undefined ? `${payload.name}` : `${payload.name}, a fork of ${from.backend_id} at ${from.seq}`;
    }
    case 'add-vertex':
    case 'change-version':
      return `${vertex} ${payload.version_id}`;
    case 'delete-vertex':
      return vertex;
    case 'connect':
    case 'disconnect':
      return `${named(payload.from_vertex)}.${payload.from_output} → ${named(payload.to_vertex)}.${payload.to_input}`;
    case 'change-parameter':
      return `${vertex}.${payload.name} ${payload.value === undefined ? 'to its default' : `= ${JSON.stringify(payload.value)}`}`;
    case 'add-file':
      return `${vertex}.${payload.key} = ${payload.file_id}`;
    case 'remove-file':
      return `${vertex}.${payload.key}`;
    case 'change-endpoint-alias':
      return `${vertex}.${payload.endpoint} ${payload.alias === null ? 'to its vertex’s' : `= ${payload.alias}`}`;
    default:
      return JSON.stringify(payload);
  }
}

/** With those that the operations themselves tell: of vertices that are gone, too. */
function withTheirs(known: Aliases, operations: readonly OperationRow[]): Aliases {
  const aliases = new Map(known);
  for (const { payload, inverse } of operations) {
    for (const { vertex_id, alias, version_id } of [payload, (inverse.payload ?? {}) as Record<string, unknown>]) {
      if (version_id !== undefined && typeof alias === 'string') aliases.set(String(vertex_id), alias);
    }
  }
  return aliases;
}
