import { randomBytes } from 'node:crypto';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import { printType } from '../../../shared/types/print.ts';
import { toWireType } from '../../../shared/types/wire.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { DeploymentPlan } from '../deploy/plan.ts';
import { type Graph, memberOf, type Vertex } from '../graph/graph.ts';
import type { GraphRelease, Parameter } from '../graph/release.ts';
import { solveGraph } from '../graph/solve.ts';

const defaultMemoryBytes = 512 * 2 ** 20;
const defaultCpus = 1;

export type ReleaseCatalog = Pick<Catalog, 'graphRelease' | 'version' | 'definition' | 'converters'>;

/**
 * A graph resolved to what must run. All of it is checked once more.
 * @throws AppError `conflict` when there is nothing to run, an input is not connected, a parameter has no value or a slot no file.
 */
export function planGraph(graph: Graph, catalog: ReleaseCatalog): Pick<DeploymentPlan, 'vertices' | 'edges'> {
  if (graph.vertices.size === 0) {
    throw new AppError('conflict', 'The backend has no vertex.', { hint: 'Add one: ppl backend add-vertex.' });
  }
  const solved = solveGraph(graph, version => catalog.graphRelease(version));
  const connected = new Set(graph.edges.map(edge => `${edge.to_vertex} ${edge.to_input}`));
  const vertices = [...graph.vertices.values()].map(vertex => {
    const version = catalog.version(vertex.version_id);
    const definition = catalog.definition(version);
    const release = catalog.graphRelease(vertex.version_id);
    requireInputs(connected, vertex, release.inputs.length);
    requireFiles(vertex, release);
    const ports = solved.ports.get(vertex.id);
    return {
      vertex_id: vertex.id,
      alias: vertex.alias,
      container_id: newId('container'),
      version_id: version.id,
      image_digest: version.image_digest,
      image_ref: version.image_ref,
      language: definition.language,
      token: randomBytes(24).toString('base64url'),
      config: Object.fromEntries(
        Object.entries(release.parameters).map(([name, parameter]) => [name, effectiveValue(vertex, name, parameter)]),
      ),
      inputs: (ports?.inputs ?? []).map(type => ({ type: toWireType(type) })),
      outputs: (ports?.outputs ?? []).map(type => ({ type: toWireType(type) })),
      endpoints: release.endpoints,
      memory_bytes: definition.resources?.memory_bytes ?? defaultMemoryBytes,
      cpus: definition.resources?.cpus ?? defaultCpus,
      ...(definition.resources?.cpus === undefined ? {} : { reserved_cpus: definition.resources.cpus }),
      ...(definition.resources?.gpus === undefined ? {} : { gpus: definition.resources.gpus }),
    };
  });
  return {
    vertices,
    edges: graph.edges.map((edge, index) => ({
      id: `e${index}`,
      from: edge.from_vertex,
      from_output: edge.from_output,
      to: edge.to_vertex,
      to_input: edge.to_input,
    })),
  };
}

/** What a component is given for a parameter: what was set, else its default. Throws AppError `conflict` where there is neither. */
export function effectiveValue(vertex: Vertex, name: string, parameter: Parameter): unknown {
  const given = memberOf(vertex.params, name);
  const value = given === undefined ? parameter.default : given.value;
  if (value !== undefined) return value;
  throw new AppError('conflict', `Parameter ${name} of vertex ${vertex.alias} has no value and no default.`, {
    hint: `Set it: ppl backend change-parameter … --vertex ${vertex.alias} --name ${name} --type ${printType(parameter.type)} --value <literal>`,
  });
}

function requireInputs(connected: ReadonlySet<string>, vertex: Vertex, inputs: number): void {
  for (let input = 0; input < inputs; input++) {
    if (connected.has(`${vertex.id} ${input}`)) continue;
    throw new AppError('conflict', `Input ${input} of vertex ${vertex.alias} is not connected.`, {
      hint: `Connect it: ppl backend connect … --to-vertex ${vertex.alias} --to-input ${input}`,
    });
  }
}

function requireFiles(vertex: Vertex, release: GraphRelease): void {
  for (const [key, slot] of Object.entries(release.files)) {
    if (slot.optional || memberOf(vertex.files, key) !== undefined) continue;
    throw new AppError('conflict', `File slot ${key} of vertex ${vertex.alias} has no file.`, {
      hint: `Bind one: ppl backend add-file … --vertex ${vertex.alias} --key ${key} --file <file>`,
    });
  }
  const [bound] = Object.keys(vertex.files);
  if (bound === undefined) return;
  // A component that was promised a file must not start without it.
  throw new AppError(
    'conflict',
    `Vertex ${vertex.alias} has a file bound at ${bound}, and files are not brought into containers by this version.`,
    {
      hint: `Remove it, where the slot is optional: ppl backend remove-file … --vertex ${vertex.alias} --key ${bound}`,
    },
  );
}
