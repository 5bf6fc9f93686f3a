import { applyOperation, emptyGraph, type Graph } from '../../../../electron/runtime/graph/graph.ts';
import type { GraphOperation } from '../../../../electron/runtime/graph/operation.ts';
import type { FileLookup, GraphRelease, ReleaseLookup } from '../../../../electron/runtime/graph/release.ts';
import { canonicalJson } from '../../../../shared/canonical-json.ts';
import { AppError } from '../../../../shared/errors.ts';
import { parseType } from '../../../../shared/types/parse.ts';

export function release(
  name: string,
  inputs: string[],
  outputs: string[],
  parameters: Record<string, string> = {},
): GraphRelease {
  return {
    version_id: `ver_${name}`,
    component_id: `cmp_${name}`,
    component: name,
    image_digest: `sha256:${name}`,
    inputs: inputs.map(parseType),
    outputs: outputs.map(parseType),
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([key, type]) => [key, { type: parseType(type), secret: false, mutable: false }]),
    ),
    files: {},
    endpoints: [],
  };
}

export function lookup(...known: GraphRelease[]): ReleaseLookup {
  return id => {
    const found = known.find(each => each.version_id === id);
    if (found === undefined) throw new AppError('not_found', `There is no version ${id}.`);
    return found;
  };
}

/** Files by id, each of a type, with bytes of its own. */
export function fileLookup(types: Record<string, string> = {}): FileLookup {
  return id => {
    const type = types[id];
    if (type === undefined) throw new AppError('not_found', `There is no file ${id}.`);
    return { name: `${id}.bin`, type, sha256: `sha256 of ${id}` };
  };
}

/** The same text for the same graph, in whatever order it was built. */
export function told({ name, vertices, edges }: Graph): string {
  return canonicalJson({
    name,
    vertices: Object.fromEntries(vertices),
    edges: edges.map(edge => canonicalJson(edge)).sort(),
  });
}

export function add(alias: string, component: string, id = `vtx_${alias}`): GraphOperation {
  return { type: 'add-vertex', payload: { vertex_id: id, alias, version_id: `ver_${component}` } };
}

export function connect(from: string, to: string, output = 0, input = 0): GraphOperation & { type: 'connect' } {
  return {
    type: 'connect',
    payload: { from_vertex: `vtx_${from}`, from_output: output, to_vertex: `vtx_${to}`, to_input: input },
  };
}

export function graphOf(...operations: GraphOperation[]): Graph {
  return operations.reduce(applyOperation, emptyGraph());
}
