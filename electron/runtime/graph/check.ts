import { AppError } from '../../../shared/errors.ts';
import { parseType } from '../../../shared/types/parse.ts';
import { printType } from '../../../shared/types/print.ts';
import { sameType } from '../../../shared/types/unify.ts';
import { checkValue } from '../../../shared/types/value.ts';
import { checkVersion } from './check-version.ts';
import { applyOperation, type Graph, memberOf, sameEdge, type Vertex } from './graph.ts';
import type { Converter } from './mismatch-hint.ts';
import { type Edge, type GraphOperation, graphOperation } from './operation.ts';
import type { FileLookup, GraphRelease, ReleaseLookup } from './release.ts';
import { edgeName, solveGraph } from './solve.ts';

/**
 * Throws when an operation may not land: AppError `usage` for a malformed one, `not_found` naming what there is, `conflict`
 * for what is there already or still in use, `type_mismatch` for edges that do not fit, `value_invalid` for a parameter. `converters`: the
 * released components that a mismatch may be told to go through.
 */
export function checkOperation(
  graph: Graph,
  operation: GraphOperation,
  releases: ReleaseLookup,
  files: FileLookup,
  converters?: () => Iterable<Converter>,
): void {
  const parsed = graphOperation.safeParse(operation);
  if (!parsed.success)
    throw new AppError('usage', `${operation.type}: ${parsed.error.issues[0]?.message ?? 'malformed'}.`, {
      hint: `See: ppl backend ${operation.type} --help`,
    });
  switch (operation.type) {
    case 'create':
      if (graph.name !== '') throw new AppError('conflict', `The backend ${graph.name} is there already.`);
      return;
    case 'rename':
      return;
    case 'add-vertex': {
      const { vertex_id, alias, version_id } = operation.payload;
      releases(version_id);
      if (graph.vertices.has(vertex_id)) {
        throw new AppError('conflict', `The backend has a vertex ${vertex_id} already.`);
      }
      if ([...graph.vertices.values()].some(vertex => vertex.alias === alias)) {
        throw new AppError('conflict', `The backend has a vertex ${alias} already.`, { hint: 'Choose another alias.' });
      }
      return;
    }
    case 'delete-vertex': {
      const vertex = vertexOf(graph, operation.payload.vertex_id);
      const edge = graph.edges.find(
        ({ from_vertex, to_vertex }) => from_vertex === vertex.id || to_vertex === vertex.id,
      );
      if (edge !== undefined) {
        throw new AppError('conflict', `Vertex ${vertex.alias} is still connected: ${edgeName(graph, edge)}.`, {
          hint: 'Disconnect it first.',
        });
      }
      const attached = attachedTo(vertex);
      if (attached !== undefined) {
        throw new AppError('conflict', `Vertex ${vertex.alias} still has ${attached}.`, {
          hint: 'Take that away first, so that the removal can be undone.',
        });
      }
      return;
    }
    case 'connect':
      return checkConnect(graph, operation.payload, releases, converters);
    case 'disconnect':
      if (!graph.edges.some(edge => sameEdge(edge, operation.payload))) {
        throw new AppError('not_found', `There is no edge ${edgeName(graph, operation.payload)}.`, {
          hint: `There are: ${graph.edges.map(edge => edgeName(graph, edge)).join(', ') || 'none'}.`,
        });
      }
      return;
    case 'change-parameter':
      return checkParameter(graph, operation.payload, releases);
    case 'add-file':
      return checkFile(graph, operation.payload, releases, files);
    case 'remove-file': {
      const vertex = vertexOf(graph, operation.payload.vertex_id);
      if (memberOf(vertex.files, operation.payload.key) !== undefined) return;
      throw new AppError('not_found', `Vertex ${vertex.alias} has no file at ${operation.payload.key}.`, {
        hint: `It has files at: ${Object.keys(vertex.files).join(', ') || 'none'}.`,
      });
    }
    case 'change-version':
      return checkVersion(
        graph,
        vertexOf(graph, operation.payload.vertex_id),
        operation.payload.version_id,
        releases,
        files,
      );
    case 'change-endpoint-alias':
      return checkEndpointAlias(graph, operation.payload, releases);
    default:
      return operation satisfies never;
  }
}

/** The alias of a vertex that was given none: the component's name as a word, numbered where it is taken. */
export function nextAlias(graph: Graph, release: GraphRelease): string {
  const base =
    release.component
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^[^a-z]+|_+$/g, '')
      .slice(0, 50) || 'vertex';
  const taken = new Set([...graph.vertices.values()].map(vertex => vertex.alias));
  for (let number = 1; ; number++) {
    const alias = number === 1 ? base : `${base}_${number}`;
    if (!taken.has(alias)) return alias;
  }
}

function checkConnect(
  graph: Graph,
  edge: Edge,
  releases: ReleaseLookup,
  converters: (() => Iterable<Converter>) | undefined,
): void {
  const from = vertexOf(graph, edge.from_vertex);
  const to = vertexOf(graph, edge.to_vertex);
  requirePort(from, 'output', edge.from_output, releases(from.version_id).outputs.map(printType));
  requirePort(to, 'input', edge.to_input, releases(to.version_id).inputs.map(printType));
  if (graph.edges.some(other => sameEdge(other, edge))) {
    throw new AppError('conflict', `The edge ${edgeName(graph, edge)} is there already.`);
  }
  solveGraph(applyOperation(graph, { type: 'connect', payload: edge }), releases, converters);
}

function checkParameter(
  graph: Graph,
  payload: { vertex_id: string; name: string; type: string; value?: unknown },
  releases: ReleaseLookup,
): void {
  const vertex = vertexOf(graph, payload.vertex_id);
  const { parameters } = releases(vertex.version_id);
  const parameter = memberOf(parameters, payload.name);
  if (parameter === undefined) {
    throw new AppError('not_found', `Vertex ${vertex.alias} has no parameter ${payload.name}.`, {
      hint: `It has: ${Object.keys(parameters).join(', ') || 'none'}.`,
    });
  }
  const declared = printType(parameter.type);
  if (!sameType(parseType(payload.type), parameter.type)) {
    throw new AppError(
      'value_invalid',
      `Parameter ${payload.name} of vertex ${vertex.alias} is of type ${declared}, not ${payload.type}.`,
      {
        hint: `Give --type ${declared}.`,
        details: { parameter: payload.name, declared, given: payload.type },
      },
    );
  }
  if (payload.value !== undefined) checkValue(payload.value, parameter.type, `parameter ${payload.name}`);
}

function checkFile(
  graph: Graph,
  { vertex_id, key, file_id }: { vertex_id: string; key: string; file_id: string },
  releases: ReleaseLookup,
  files: FileLookup,
): void {
  const vertex = vertexOf(graph, vertex_id);
  const slots = releases(vertex.version_id).files;
  const slot = memberOf(slots, key);
  if (slot === undefined) {
    throw new AppError('not_found', `Vertex ${vertex.alias} has no file slot ${key}.`, {
      hint: `It has: ${Object.keys(slots).join(', ') || 'none'}.`,
    });
  }
  const file = files(file_id);
  if (slot.types.includes(file.type)) return;
  throw new AppError(
    'type_mismatch',
    `File ${file.name} is of type ${file.type}, and slot ${key} of vertex ${vertex.alias} takes ${slot.types.join(' | ')}.`,
    {
      hint: `Upload it as what it is: ppl file upload --type ${slot.types[0]}.`,
      details: { key, accepts: slot.types, given: file.type },
    },
  );
}

function checkEndpointAlias(
  graph: Graph,
  { vertex_id, endpoint, alias }: { vertex_id: string; endpoint: string; alias: string | null },
  releases: ReleaseLookup,
): void {
  const vertex = vertexOf(graph, vertex_id);
  const { endpoints } = releases(vertex.version_id);
  if (!endpoints.some(each => each.name === endpoint)) {
    throw new AppError('not_found', `Vertex ${vertex.alias} has no endpoint ${endpoint}.`, {
      hint: `It has: ${endpoints.map(each => each.name).join(', ') || 'none'}.`,
    });
  }
  if (alias === null) return;
  for (const other of graph.vertices.values()) {
    for (const [name, taken] of Object.entries(other.endpoint_aliases)) {
      if (taken !== alias || (other.id === vertex_id && name === endpoint)) continue;
      throw new AppError('conflict', `Endpoint ${name} of vertex ${other.alias} goes by ${alias} already.`, {
        hint: 'Choose another alias.',
      });
    }
  }
}

/** What must go before the vertex can. */
function attachedTo(vertex: Vertex): string | undefined {
  if (Object.keys(vertex.params).length > 0) return 'parameters set';
  if (Object.keys(vertex.files).length > 0) return 'files bound';
  if (Object.keys(vertex.endpoint_aliases).length > 0) return 'endpoint aliases';
  return undefined;
}

function vertexOf(graph: Graph, id: string): Vertex {
  const vertex = graph.vertices.get(id);
  if (vertex !== undefined) return vertex;
  throw new AppError('not_found', `The backend has no vertex ${id}.`, {
    hint: `It has: ${[...graph.vertices.values()].map(({ alias, id: known }) => `${alias} (${known})`).join(', ') || 'none'}.`,
  });
}

function requirePort(vertex: Vertex, kind: 'input' | 'output', index: number, types: string[]): void {
  if (index < types.length) return;
  throw new AppError('not_found', `Vertex ${vertex.alias} has no ${kind} ${index}.`, {
    hint:
      types.length === 0
        ? `It has no ${kind}s.`
        : `It has: ${types.map((type, number) => `${number} (${type})`).join(', ')}.`,
  });
}
