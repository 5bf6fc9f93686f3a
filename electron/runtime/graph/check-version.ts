import { AppError } from '../../../shared/errors.ts';
import { parseType } from '../../../shared/types/parse.ts';
import { printType } from '../../../shared/types/print.ts';
import { sameType } from '../../../shared/types/unify.ts';
import { checkValue } from '../../../shared/types/value.ts';
import { applyOperation, type Graph, memberOf, type Vertex } from './graph.ts';
import type { Edge } from './operation.ts';
import type { FileLookup, GraphRelease, ReleaseLookup } from './release.ts';
import { edgeName, solveGraph } from './solve.ts';

/**
 * Throws unless all that is set on a vertex fits another version of its component, or another component: AppError `conflict`, or
 * `type_mismatch` where it is edges only, naming everything that does not.
 */
export function checkVersion(
  graph: Graph,
  vertex: Vertex,
  versionId: string,
  releases: ReleaseLookup,
  files: FileLookup,
): void {
  const release = releases(versionId);
  const isOwn = (edge: Edge) => edge.from_vertex === vertex.id || edge.to_vertex === vertex.id;
  const edges = graph.edges.filter(isOwn);
  const misfits = [
    ...parameterMisfits(vertex, release),
    ...fileMisfits(vertex, release, files),
    ...Object.keys(vertex.endpoint_aliases)
      .filter(name => !release.endpoints.some(endpoint => endpoint.name === name))
      .map(name => `endpoint ${name} has an alias, and is not there`),
  ];
  const after = applyOperation(graph, {
    type: 'change-version',
    payload: { vertex_id: vertex.id, version_id: versionId },
  });
  const isThere = (edge: Edge) =>
    (edge.from_vertex !== vertex.id || edge.from_output < release.outputs.length) &&
    (edge.to_vertex !== vertex.id || edge.to_input < release.inputs.length);
  const lost = edges.filter(edge => !isThere(edge)).map(edge => `edge ${edgeName(graph, edge)} has no port`);
  const { misfits: untyped, first } = edgeMisfits(
    { ...after, edges: after.edges.filter(edge => !isOwn(edge) || isThere(edge)) },
    isOwn,
    releases,
  );
  const all = [...misfits, ...lost, ...untyped];
  if (all.length === 0) return;
  if (all.length === 1 && first !== undefined) throw first;
  throw new AppError(
    misfits.length + lost.length === 0 ? 'type_mismatch' : 'conflict',
    `Vertex ${vertex.alias} cannot become ${release.component} ${versionId}: ${all.join('; ')}.`,
    {
      hint: 'Take away what does not fit, change the version, and set it anew.',
      details: { vertex: vertex.alias, misfits: all },
    },
  );
}

function parameterMisfits(vertex: Vertex, release: GraphRelease): string[] {
  return Object.entries(vertex.params).flatMap(([name, { type, value }]) => {
    const declared = memberOf(release.parameters, name)?.type;
    if (declared === undefined) return [`parameter ${name} is set, and is not there`];
    if (!sameType(parseType(type), declared)) {
      return [`parameter ${name} is set as ${type}, and is of type ${printType(declared)}`];
    }
    try {
      checkValue(value, declared, `parameter ${name}`);
      return [];
    } catch (error) {
      return [AppError.from(error).message.replace(/\.$/, '')];
    }
  });
}

function fileMisfits(vertex: Vertex, release: GraphRelease, files: FileLookup): string[] {
  return Object.entries(vertex.files).flatMap(([key, id]) => {
    const slot = memberOf(release.files, key);
    if (slot === undefined) return [`slot ${key} has a file, and is not there`];
    const { type } = files(id);
    return slot.types.includes(type)
      ? []
      : [`slot ${key} has a file of type ${type}, and takes ${slot.types.join(' | ')}`];
  });
}

/** Which edges of a vertex no longer fit beside all others and those of its own that do. */
function edgeMisfits(
  graph: Graph,
  isOwn: (edge: Edge) => boolean,
  releases: ReleaseLookup,
): { misfits: string[]; first?: AppError } {
  try {
    solveGraph(graph, releases);
    return { misfits: [] };
  } catch {
    // Which ones they are is found one by one.
  }
  const misfits: string[] = [];
  let first: AppError | undefined;
  const fitting = graph.edges.filter(edge => !isOwn(edge));
  for (const edge of graph.edges.filter(isOwn)) {
    try {
      solveGraph({ ...graph, edges: [...fitting, edge] }, releases);
      fitting.push(edge);
    } catch (error) {
      const known = AppError.from(error);
      first ??= known;
      misfits.push(known.message.replace(/^type_mismatch: /, ''));
    }
  }
  return { misfits, ...(first === undefined ? {} : { first }) };
}
