import { createHash, randomBytes } from 'node:crypto';
import type { ReceiptItem } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EndpointRow } from '../../../shared/events.ts';
import { newId } from '../../../shared/ids.ts';
import { parseLiteral } from '../../../shared/types/literal.ts';
import { parseType } from '../../../shared/types/parse.ts';
import { printType } from '../../../shared/types/print.ts';
import { toWireType } from '../../../shared/types/wire.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { DeploymentPlan } from '../deploy/plan.ts';
import { checkOperation, nextAlias } from '../graph/check.ts';
import { applyOperation, emptyGraph, type Graph, invertOperation, replay, type Vertex } from '../graph/graph.ts';
import { graphHash, graphJson } from '../graph/hash.ts';
import { type GraphOperation, genesisHash, operationHash } from '../graph/operation.ts';
import { edgeKey, solveGraph } from '../graph/solve.ts';
import type { Backend } from '../store/backends.ts';
import type { Store } from '../store/store.ts';

const defaultMemoryBytes = 512 * 2 ** 20;
const defaultCpus = 1;

export interface BackendsOptions {
  store: Store;
  catalog: Catalog;
  /** Where an endpoint is reached. */
  endpointUrl: (token: string) => string;
}

/** A backend's graph at the head of its log. */
export interface BackendState {
  graph: Graph;
  headSeq: number;
  headHash: string;
}

/** Backends: event-sourced graphs, each operation checked when it lands (DESIGN §5), and the endpoints they own. */
export class Backends {
  readonly #options: BackendsOptions;
  readonly #states = new Map<string, BackendState>();

  constructor(options: BackendsOptions) {
    this.#options = options;
  }

  create(name: string | undefined, leaseId: string | null): string {
    const { store } = this.#options;
    const id = newId('backend');
    store.transaction(() => {
      store.backends.insert({ id, lease_id: leaseId, created_at_ms: Date.now() });
      this.#append(
        id,
        { graph: emptyGraph(), headSeq: 0, headHash: genesisHash },
        { type: 'create', payload: { name: name ?? id } },
      );
    });
    return id;
  }

  /** By id, or by a name that only one backend has. */
  resolve(ref: string): Backend {
    const { backends } = this.#options.store;
    const found = backends.get(ref);
    if (found !== undefined) return found;
    const named = backends.list().filter(backend => this.state(backend.id).graph.name === ref);
    if (named.length > 1) {
      throw new AppError('ambiguous', `${named.length} backends are named ${ref}.`, {
        hint: `Give an id: ${named
          .slice(0, 5)
          .map(backend => backend.id)
          .join(', ')}`,
      });
    }
    if (named[0] === undefined)
      throw new AppError('not_found', `There is no backend ${ref}.`, { hint: 'See them all: ppl backend list.' });
    return named[0];
  }

  /** The replay of its log. */
  state(id: string): BackendState {
    let state = this.#states.get(id);
    if (state === undefined) {
      const rows = this.#options.store.backends.operations(id);
      const last = rows.at(-1);
      state = {
        graph: replay(rows.map(row => ({ type: row.type, payload: JSON.parse(row.payload) }) as GraphOperation)),
        headSeq: last?.seq ?? 0,
        headHash: last?.hash ?? genesisHash,
      };
      this.#states.set(id, state);
    }
    return state;
  }

  graphHash(id: string): string {
    return graphHash(this.state(id).graph, version => this.#options.catalog.graphRelease(version));
  }

  /** The graph as it is hashed: by alias, ids left out. */
  graphJson(id: string): unknown {
    return graphJson(this.state(id).graph, version => this.#options.catalog.graphRelease(version));
  }

  addVertex(id: string, versionId: string, alias: string | undefined): { vertex_id: string; alias: string } {
    const { store, catalog } = this.#options;
    const release = catalog.graphRelease(versionId);
    const vertex_id = newId('vertex');
    const chosen = alias ?? nextAlias(this.state(id).graph, release);
    try {
      store.transaction(() => {
        this.#apply(id, { type: 'add-vertex', payload: { vertex_id, alias: chosen, version_id: versionId } });
        for (const endpoint of release.endpoints) {
          const token = randomBytes(24).toString('base64url');
          store.backends.insertEndpoint(createHash('sha256').update(token).digest('hex'), {
            token,
            backend_id: id,
            vertex_id,
            name: endpoint.name,
          });
        }
      });
    } catch (error) {
      // The operation may have been taken back with the rest: the log is read anew.
      this.#states.delete(id);
      throw error;
    }
    return { vertex_id, alias: chosen };
  }

  /** Returns the edge's solved type, printed. */
  connect(id: string, edge: { from_vertex: string; from_output: number; to_vertex: string; to_input: number }): string {
    const { graph } = this.state(id);
    const payload = {
      ...edge,
      from_vertex: this.vertex(graph, edge.from_vertex).id,
      to_vertex: this.vertex(graph, edge.to_vertex).id,
    };
    this.#apply(id, { type: 'connect', payload });
    const solved = solveGraph(this.state(id).graph, version => this.#options.catalog.graphRelease(version));
    return printType(solved.edgeTypes.get(edgeKey(payload)) ?? { kind: 'var', name: 't' });
  }

  /** `value` is a literal of the type language; `type` must be the parameter's own, where it is given. */
  changeParameter(id: string, vertexRef: string, name: string, value: string, type: string | undefined): void {
    const { graph } = this.state(id);
    const vertex = this.vertex(graph, vertexRef);
    const { parameters } = this.#options.catalog.graphRelease(vertex.version_id);
    const declared = Object.hasOwn(parameters, name) ? parameters[name]?.type : undefined;
    const used = type === undefined ? declared : parseType(type);
    if (used === undefined) {
      throw new AppError('not_found', `Vertex ${vertex.alias} has no parameter ${name}.`, {
        hint: `It has: ${Object.keys(parameters).join(', ') || 'none'}.`,
      });
    }
    this.#apply(id, {
      type: 'change-parameter',
      payload: { vertex_id: vertex.id, name, type: printType(used), value: parseLiteral(value, used) },
    });
  }

  /** By id or alias. */
  vertex(graph: Graph, ref: string): Vertex {
    const found = graph.vertices.get(ref) ?? [...graph.vertices.values()].find(vertex => vertex.alias === ref);
    if (found === undefined) {
      throw new AppError('not_found', `The backend has no vertex ${ref}.`, {
        hint: `It has: ${[...graph.vertices.values()].map(vertex => vertex.alias).join(', ') || 'none'}.`,
      });
    }
    return found;
  }

  /** Refused while it is deployed. */
  async discard(id: string): Promise<ReceiptItem[]> {
    const { store } = this.#options;
    if (store.backends.get(id) === undefined) return [];
    const deployment = store.deployments.ofBackend(id);
    if (deployment !== undefined && ['deploying', 'running', 'tearing_down'].includes(deployment.status)) {
      throw new AppError('topology_locked', `Backend ${id} is deployed (${deployment.id}).`, {
        hint: 'Undeploy it first: ppl backend undeploy --backend.',
      });
    }
    if (store.evidence.isKept('backend', id)) {
      throw new AppError('in_use', `Backend ${id} is named by evidence and stays until that is deleted.`);
    }
    store.backends.delete(id);
    this.#states.delete(id);
    return [];
  }

  /** Where each endpoint is reached, deployed or not. */
  endpoints(id: string): EndpointRow[] {
    const { store, endpointUrl } = this.#options;
    const { graph } = this.state(id);
    return store.backends.endpoints(id).flatMap(endpoint => {
      const vertex = graph.vertices.get(endpoint.vertex_id);
      if (vertex === undefined) return [];
      return [
        {
          endpoint_name: endpoint.name,
          vertex_id: vertex.id,
          alias: vertex.alias,
          url: endpointUrl(endpoint.token),
          token: endpoint.token,
        },
      ];
    });
  }

  /**
   * The head of the log, resolved to what must run. The whole graph is checked once more.
   * @throws AppError `conflict` when there is nothing to run, an input is not connected or a parameter has no value.
   */
  plan(id: string): DeploymentPlan {
    const { catalog } = this.#options;
    const { graph, headSeq, headHash } = this.state(id);
    if (graph.vertices.size === 0) {
      throw new AppError('conflict', 'The backend has no vertex.', { hint: 'Add one: ppl backend add-vertex.' });
    }
    const solved = solveGraph(graph, version => catalog.graphRelease(version));
    const vertices = [...graph.vertices.values()].map(vertex => {
      const version = catalog.version(vertex.version_id);
      const definition = catalog.definition(version);
      const release = catalog.graphRelease(vertex.version_id);
      requireInputs(graph, vertex, release.inputs.length);
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
        config: configOf(vertex, release.parameters),
        inputs: (ports?.inputs ?? []).map(type => ({ type: toWireType(type) })),
        outputs: (ports?.outputs ?? []).map(type => ({ type: toWireType(type) })),
        endpoints: release.endpoints,
        memory_bytes: definition.resources?.memory_bytes ?? defaultMemoryBytes,
        cpus: definition.resources?.cpus ?? defaultCpus,
      };
    });
    return {
      backend_id: id,
      head_seq: headSeq,
      head_hash: headHash,
      graph_hash: this.graphHash(id),
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

  #apply(id: string, operation: GraphOperation): void {
    const { store, catalog } = this.#options;
    const deployment = store.deployments.ofBackend(id);
    if (deployment !== undefined && ['deploying', 'running', 'tearing_down'].includes(deployment.status)) {
      throw new AppError('topology_locked', `Backend ${id} is deployed (${deployment.id}): its graph cannot change.`, {
        hint: 'Undeploy it first, or make the change in another backend and deploy that.',
        details: { deployment_id: deployment.id },
      });
    }
    const state = this.state(id);
    checkOperation(state.graph, operation, version => catalog.graphRelease(version));
    store.transaction(() => this.#append(id, state, operation));
  }

  #append(id: string, state: BackendState, operation: GraphOperation): void {
    const seq = state.headSeq + 1;
    const hash = operationHash(state.headHash, seq, operation);
    this.#options.store.backends.append({
      backend_id: id,
      seq,
      type: operation.type,
      payload: JSON.stringify(operation.payload),
      inverse: JSON.stringify(invertOperation(state.graph, operation) ?? {}),
      prev_hash: state.headHash,
      hash,
      at_ms: Date.now(),
    });
    this.#states.set(id, { graph: applyOperation(state.graph, operation), headSeq: seq, headHash: hash });
  }
}

function requireInputs(graph: Graph, vertex: Vertex, inputs: number): void {
  for (let input = 0; input < inputs; input++) {
    if (graph.edges.some(edge => edge.to_vertex === vertex.id && edge.to_input === input)) continue;
    throw new AppError('conflict', `Input ${input} of vertex ${vertex.alias} is not connected.`, {
      hint: `Connect it: ppl backend connect … --to-vertex ${vertex.alias} --to-input ${input}`,
    });
  }
}

function configOf(
  vertex: Vertex,
  parameters: Record<string, { default?: unknown; type: Parameters<typeof printType>[0] }>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => {
      const given = vertex.params[name];
      const value = given === undefined ? parameter.default : given.value;
      if (value === undefined) {
        throw new AppError('conflict', `Parameter ${name} of vertex ${vertex.alias} has no value and no default.`, {
          hint: `Set it: ppl backend change-parameter … --vertex ${vertex.alias} --name ${name} --type ${printType(parameter.type)} --value <literal>`,
        });
      }
      return [name, value];
    }),
  );
}
