const MAX_VERTICES = 1_000;
const MAX_EDGES = 10_000;

/**
 * Checks what the host sent before anything is made of it.
 * @param {unknown} value
 * @returns {import('./deployment.js').Plan}
 * @throws {TypeError} naming the key that is wrong
 */
export function parsePlan(value) {
  const plan = asObject(value, 'the plan');
  const vertices = asArray(plan.vertices, 'vertices', MAX_VERTICES).map((item, index) => vertexOf(item, index));
  const byId = new Map(vertices.map(vertex => [vertex.vertex_id, vertex]));
  if (byId.size !== vertices.length) throw new TypeError('two vertices have the same vertex_id');
  if (new Set(vertices.map(vertex => vertex.token)).size !== vertices.length) {
    throw new TypeError('two vertices have the same token');
  }
  const edges = asArray(plan.edges, 'edges', MAX_EDGES).map((item, index) => edgeOf(item, index, byId));
  if (new Set(edges.map(edge => edge.id)).size !== edges.length) throw new TypeError('two edges have the same id');
  return { vertices, edges };
}

function vertexOf(value, index) {
  const at = `vertices[${index}]`;
  const vertex = asObject(value, at);
  return {
    vertex_id: asString(vertex.vertex_id, `${at}.vertex_id`),
    alias: asString(vertex.alias, `${at}.alias`),
    token: asString(vertex.token, `${at}.token`),
    config: asObject(vertex.config ?? {}, `${at}.config`),
    inputs: asArray(vertex.inputs ?? [], `${at}.inputs`, 256).map(({ type }) => ({ type })),
    outputs: asArray(vertex.outputs ?? [], `${at}.outputs`, 256).map(({ type }) => ({ type })),
    endpoints: asArray(vertex.endpoints ?? [], `${at}.endpoints`, 256).map(({ name, kind, transports }) => ({
      name: asString(name, `${at}.endpoints.name`),
      kind,
      transports,
    })),
    log_level: vertex.log_level ?? 'info',
  };
}

function edgeOf(value, index, byId) {
  const at = `edges[${index}]`;
  const { id, from, from_output, to, to_input } = asObject(value, at);
  const edge = { id: asString(id, `${at}.id`), from, from_output, to, to_input };
  if (!byId.has(from)) throw new TypeError(`${at}.from names no vertex_id of the plan: ${from}`);
  if (!byId.has(to)) throw new TypeError(`${at}.to names no vertex_id of the plan: ${to}`);
  if (!byId.get(from).outputs[from_output]) throw new TypeError(`${at}.from_output: there is no output ${from_output}`);
  if (!byId.get(to).inputs[to_input]) throw new TypeError(`${at}.to_input: there is no input ${to_input}`);
  return edge;
}

function asObject(value, at) {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${at} must be an object`);
  return value;
}

function asArray(value, at, max) {
  if (!Array.isArray(value)) throw new TypeError(`${at} must be a list`);
  if (value.length > max) throw new TypeError(`${at} has more than ${max} entries`);
  return value.map((item, index) => asObject(item, `${at}[${index}]`));
}

function asString(value, at) {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${at} must be a string`);
  return value;
}
