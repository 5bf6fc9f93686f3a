import type { GraphChange } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EndpointRow } from '../../../shared/events.ts';
import { newId } from '../../../shared/ids.ts';
import { parseLiteral } from '../../../shared/types/literal.ts';
import { parseType } from '../../../shared/types/parse.ts';
import { printType } from '../../../shared/types/print.ts';
import type { DeploymentPlan } from '../deploy/plan.ts';
import { deleteVertex } from '../graph/cascade.ts';
import { checkOperation, nextAlias } from '../graph/check.ts';
import { withFreshIds } from '../graph/fresh-ids.ts';
import { emptyGraph, type Graph, memberOf, type Vertex } from '../graph/graph.ts';
import { graphChanges } from '../graph/graph-changes.ts';
import { graphHash, graphJson } from '../graph/hash.ts';
import { type Edge, type GraphOperation, type LogPoint, maxNameLength } from '../graph/operation.ts';
import { operationsBetween } from '../graph/operations-between.ts';
import type { FileLookup, ReleaseLookup } from '../graph/release.ts';
import { edgeKey, solveGraph } from '../graph/solve.ts';
import type { Backend } from '../store/backends.ts';
import type { Store } from '../store/store.ts';
import { endpointRows, issueTokens } from './endpoint-tokens.ts';
import { type LiveEdit, liveEdits, requireLiveEdits } from './live-edits.ts';
import { requireMergeable } from './merge.ts';
import { type BackendState, OperationLog, operationOf, type Step } from './operation-log.ts';
import { planGraph, type ReleaseCatalog } from './plan-backend.ts';
import { travelSteps } from './travel.ts';

export type { LiveEdit } from './live-edits.ts';
export type { BackendState } from './operation-log.ts';

export interface BackendsOptions {
  store: Store;
  catalog: ReleaseCatalog;
  /** Where an endpoint is reached. */
  endpointUrl: (token: string) => string;
  /** Brings parameters to a live backend's containers; answers whether all were acknowledged, null where nothing runs. */
  push?: (backendId: string, edits: LiveEdit[]) => Promise<boolean | null>;
}

/** Where an edit put the head of a log. */
export interface Head {
  backend_id: string;
  head_seq: number;
  head_hash: string;
}

/** Backends: event-sourced graphs, each operation checked when it lands (DESIGN §5), and the endpoints they own. */
export class Backends {
  readonly #options: BackendsOptions;
  readonly #log: OperationLog;
  readonly #releases: ReleaseLookup;
  readonly #files: FileLookup;
  readonly #hashes = new WeakMap<Graph, string>();

  constructor(options: BackendsOptions) {
    this.#options = options;
    this.#releases = version => options.catalog.graphRelease(version);
    this.#files = id => {
      const file = options.store.files.get(id);
      if (file === undefined)
        throw new AppError('not_found', `There is no file ${id}.`, { hint: 'See: ppl file list.' });
      return file;
    };
    this.#log = new OperationLog({
      store: options.store,
      releases: this.#releases,
      files: this.#files,
      converters: () => options.catalog.converters(),
    });
  }

  create(name: string | undefined, leaseId: string | null): string {
    const id = newId('backend');
    this.#begin(id, leaseId, [{ type: 'create', payload: { name: name ?? id } }]);
    return id;
  }

  /** By id, or by a name that only one backend has. */
  resolve(ref: string): Backend {
    const { backends } = this.#options.store;
    const found = backends.get(ref);
    if (found !== undefined) return found;
    const named = backends.named(ref);
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

  state(id: string): BackendState {
    return this.#log.state(id);
  }

  /** The graph at a point of the log, without `seq` its head. */
  at(id: string, seq?: number): { graph: Graph } & LogPoint {
    return this.#log.at(id, seq);
  }

  /** Of a graph, or of a backend's at the head of its log. */
  graphHash(of: string | Graph): string {
    const graph = typeof of === 'string' ? this.state(of).graph : of;
    let hash = this.#hashes.get(graph);
    if (hash === undefined) {
      hash = graphHash(graph, this.#releases, this.#files);
      this.#hashes.set(graph, hash);
    }
    return hash;
  }

  /** The graph as it is hashed: by alias, ids left out. */
  graphJson(of: string | Graph): unknown {
    return graphJson(typeof of === 'string' ? this.state(of).graph : of, this.#releases, this.#files);
  }

  /** All edits that `work` makes are durable when this returns, or none of them is. */
  together<T>(work: () => T): T {
    return this.#log.write(work);
  }

  rename(id: string, name: string, base?: string): Head {
    return this.#edit(id, base, () => [{ type: 'rename', payload: { name } }]);
  }

  addVertex(
    id: string,
    versionId: string,
    alias: string | undefined,
    base?: string,
  ): Head & { vertex_id: string; alias: string } {
    const release = this.#releases(versionId);
    const vertex_id = newId('vertex');
    const head = this.#edit(id, base, graph => [
      {
        type: 'add-vertex',
        payload: { vertex_id, alias: alias ?? nextAlias(graph, release), version_id: versionId },
      },
    ]);
    return { ...head, vertex_id, alias: this.state(id).graph.vertices.get(vertex_id)?.alias as string };
  }

  /** With its edges, parameters, files and aliases, as one step. */
  deleteVertex(id: string, vertexRef: string, base?: string): Head {
    return this.#edit(id, base, graph => deleteVertex(graph, this.vertex(graph, vertexRef)));
  }

  changeVersion(id: string, vertexRef: string, version_id: string, base?: string): Head {
    this.#releases(version_id);
    return this.#edit(id, base, graph => [
      { type: 'change-version', payload: { vertex_id: this.vertex(graph, vertexRef).id, version_id } },
    ]);
  }

  /** `edge_type` is the edge's solved type, printed. Its vertices are named by id or alias. */
  connect(id: string, edge: Edge, base?: string): Head & { edge_type: string } {
    const head = this.#edit(id, base, graph => [{ type: 'connect', payload: this.#edge(graph, edge) }]);
    const { graph } = this.state(id);
    const type = solveGraph(graph, this.#releases).edgeTypes.get(edgeKey(this.#edge(graph, edge)));
    return { ...head, edge_type: printType(type ?? { kind: 'var', name: 't' }) };
  }

  disconnect(id: string, edge: Edge, base?: string): Head {
    return this.#edit(id, base, graph => [{ type: 'disconnect', payload: this.#edge(graph, edge) }]);
  }

  /**
   * `value` is a literal of the type language, without it the parameter goes back to its default; `type` must be the parameter's own,
   * where it is given. On a live backend it answers when the container has the value, or has not taken it; the change is durable either way.
   */
  async changeParameter(
    id: string,
    vertexRef: string,
    name: string,
    value: string | undefined,
    type?: string,
    base?: string,
  ): Promise<Head & { delivered: boolean | null }> {
    const edited = this.#editLive(id, base, graph => {
      const vertex = this.vertex(graph, vertexRef);
      const { parameters } = this.#releases(vertex.version_id);
      const used = type === undefined ? memberOf(parameters, name)?.type : parseType(type);
      if (used === undefined) {
        throw new AppError('not_found', `Vertex ${vertex.alias} has no parameter ${name}.`, {
          hint: `It has: ${Object.keys(parameters).join(', ') || 'none'}.`,
        });
      }
      const payload = { vertex_id: vertex.id, name, type: printType(used) };
      return [
        {
          operations: [
            {
              type: 'change-parameter',
              payload: value === undefined ? payload : { ...payload, value: parseLiteral(value, used) },
            },
          ],
        },
      ];
    });
    return { ...edited.head, delivered: await this.#push(id, edited.live) };
  }

  addFile(id: string, vertexRef: string, key: string, file_id: string, base?: string): Head {
    return this.#edit(id, base, graph => [
      { type: 'add-file', payload: { vertex_id: this.vertex(graph, vertexRef).id, key, file_id } },
    ]);
  }

  removeFile(id: string, vertexRef: string, key: string, base?: string): Head {
    return this.#edit(id, base, graph => [
      { type: 'remove-file', payload: { vertex_id: this.vertex(graph, vertexRef).id, key } },
    ]);
  }

  /** With null, the endpoint goes by its vertex's alias again. */
  changeEndpointAlias(id: string, vertexRef: string, endpoint: string, alias: string | null, base?: string): Head {
    return this.#edit(id, base, graph => [
      { type: 'change-endpoint-alias', payload: { vertex_id: this.vertex(graph, vertexRef).id, endpoint, alias } },
    ]);
  }

  /** Takes back the newest steps, all of them or none. Throws AppError `conflict` where there are not as many. */
  async undo(id: string, steps: number, base?: string): Promise<Head & { steps: number; delivered: boolean | null }> {
    return this.#travel(id, 'undo', steps, base);
  }

  /** Does again what was undone last. */
  async redo(id: string, steps: number, base?: string): Promise<Head & { steps: number; delivered: boolean | null }> {
    return this.#travel(id, 'redo', steps, base);
  }

  /** The shortest log that gives the same graph; what evidence references stays as it was written. */
  compact(id: string): Head & { before: number; after: number } {
    const { store } = this.#options;
    this.#refuseWhileLive(id);
    const lease = store.backends.get(id)?.lease_id ?? null;
    if (lease !== null && store.runs.ofLease(lease)?.state === 'running') {
      throw new AppError('in_use', `A run of backend ${id} is under way, whose evidence will name its log as it is.`, {
        hint: 'Compact it when the run is over: ppl run list.',
      });
    }
    return this.#log.write(() => {
      const { graph, headSeq } = this.state(id);
      const kept = store.evidence.isKept('backend', id) ? (store.evidence.headSeqKept(id) ?? headSeq) : 0;
      if (kept >= headSeq) return { ...this.#head(id), before: headSeq, after: headSeq };
      const start = kept === 0 ? emptyGraph() : this.at(id, kept).graph;
      const operations = operationsBetween(start, graph, (now, operation) => this.#mayLand(now, operation));
      const created = store.backends.operation(id, 1);
      if (kept === 0 && created !== undefined) {
        const { payload } = operationOf(created) as GraphOperation & { type: 'create' };
        operations[0] = { type: 'create', payload: { ...payload, name: graph.name } };
      }
      const { headSeq: after } = this.#log.rewrite(id, kept, operations);
      return { ...this.#head(id), before: headSeq, after };
    });
  }

  /** From one graph to another: two points of one log, or of two. `same` is about what `graph_hash` is about: not the name. */
  diff(
    from: { id: string; seq?: number | undefined },
    to: { id: string; seq?: number | undefined },
  ): { same: boolean; items: GraphChange[] } {
    const [before, after] = [this.at(from.id, from.seq).graph, this.at(to.id, to.seq).graph];
    return {
      same: this.graphHash(before) === this.graphHash(after),
      items: graphChanges(before, after, this.#releases, this.#files),
    };
  }

  /**
   * Reads and replays the whole log.
   * @throws AppError `workspace_damaged` naming what is not as it was written.
   */
  verify(id: string): Head & { operations: number; graph_hash: string } {
    const { graph, headSeq, headHash } = this.#log.verify(id);
    if (this.#options.store.backends.get(id)?.name !== graph.name) {
      throw new AppError('workspace_damaged', `Backend ${id} is not listed by the name that its log gives it.`, {
        hint: `Name it anew: ppl backend rename ${id} --name <name>.`,
        details: { name: graph.name },
      });
    }
    return {
      backend_id: id,
      head_seq: headSeq,
      head_hash: headHash,
      operations: headSeq,
      graph_hash: this.graphHash(graph),
    };
  }

  /** A sibling that starts as the graph at a point of this log, with vertices, endpoints and a history of its own. */
  fork(
    id: string,
    options: { seq?: number | undefined; name?: string | undefined; leaseId: string | null },
  ): Head & { forked_from: { backend_id: string; seq: number; hash: string } } {
    const { graph, seq, hash } = this.at(id, options.seq);
    const forked_from = { backend_id: id, seq, hash };
    const name = options.name ?? forkName(graph.name);
    const operations = operationsBetween({ ...emptyGraph(), name }, { ...withFreshIds(graph), name });
    const forked = newId('backend');
    this.#begin(forked, options.leaseId, [{ type: 'create', payload: { name, forked_from } }, ...operations]);
    return { ...this.#head(forked), forked_from };
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

  /** Refused while it is deployed, and while evidence names it. */
  discard(id: string): void {
    const { store } = this.#options;
    if (store.backends.get(id) === undefined) return;
    this.#refuseWhileLive(id);
    if (store.evidence.isKept('backend', id)) {
      throw new AppError('in_use', `Backend ${id} is named by evidence and stays until that is deleted.`, {
        hint: 'See which: ppl evidence list.',
      });
    }
    store.backends.delete(id);
    this.#log.forget(id);
  }

  /** Where each endpoint is reached, deployed or not. */
  endpoints(id: string): EndpointRow[] {
    const { store, endpointUrl } = this.#options;
    const { graph } = this.state(id);
    return endpointRows(store.backends, id, graph, this.#releases, endpointUrl);
  }

  /**
   * The head of the log, resolved to what must run. The whole graph is checked once more.
   * @throws AppError `conflict` when there is nothing to run, or something is missing.
   */
  plan(id: string): DeploymentPlan {
    const { graph, headSeq, headHash } = this.state(id);
    return {
      backend_id: id,
      head_seq: headSeq,
      head_hash: headHash,
      graph_hash: this.graphHash(graph),
      ...planGraph(graph, this.#options.catalog),
    };
  }

  /** What each vertex's component is given for its parameters now, where there is a value or a default. */
  config(id: string): Map<string, Record<string, unknown>> {
    return new Map(
      [...this.state(id).graph.vertices.values()].map(vertex => {
        const { parameters } = this.#releases(vertex.version_id);
        const values = Object.entries(parameters).map(([name, parameter]) => {
          const given = memberOf(vertex.params, name);
          return [name, given === undefined ? parameter.default : given.value] as const;
        });
        return [vertex.id, Object.fromEntries(values.filter(([, value]) => value !== undefined))];
      }),
    );
  }

  #begin(id: string, leaseId: string | null, operations: readonly GraphOperation[]): void {
    const { store } = this.#options;
    this.#log.write(() => {
      store.backends.insert({ id, name: '', lease_id: leaseId, created_at_ms: Date.now() });
      this.#log.append(id, { operations, isBase: true });
      issueTokens(this.#options.store.backends, id, operations, this.#releases);
    });
  }

  #edit(id: string, base: string | undefined, plan: (graph: Graph) => GraphOperation[]): Head {
    return this.#editLive(id, base, graph => [{ operations: plan(graph) }]).head;
  }

  /** Lands the steps that `plan` makes of the head's graph; `live` is what containers must be told, null where there are none. */
  #editLive(
    id: string,
    base: string | undefined,
    plan: (graph: Graph) => Step[],
  ): { head: Head; live: LiveEdit[] | null } {
    return this.#log.write(() => {
      const deployment = this.#options.store.backends.liveDeployment(id);
      const landing = requireMergeable(this.#options.store, this.#log, id, base, plan);
      const operations = landing.flatMap(step => step.operations);
      if (deployment !== undefined)
        requireLiveEdits({ backendId: id, deploymentId: deployment }, this.state(id).graph, operations, this.#releases);
      for (const step of landing) this.#log.append(id, step);
      issueTokens(this.#options.store.backends, id, operations, this.#releases);
      return {
        head: this.#head(id),
        live: deployment === undefined ? null : liveEdits(this.state(id).graph, operations, this.#releases),
      };
    });
  }

  async #travel(id: string, direction: 'undo' | 'redo', count: number, base: string | undefined) {
    const edited = this.#editLive(id, base, () => travelSteps(this.#log, id, direction, count));
    return { ...edited.head, steps: count, delivered: await this.#push(id, edited.live) };
  }

  async #push(id: string, edits: LiveEdit[] | null): Promise<boolean | null> {
    const { push } = this.#options;
    if (edits === null || edits.length === 0 || push === undefined) return null;
    return push(id, edits);
  }

  #refuseWhileLive(id: string): void {
    const deployment = this.#options.store.backends.liveDeployment(id);
    if (deployment === undefined) return;
    throw new AppError('topology_locked', `Backend ${id} is deployed (${deployment}).`, {
      hint: `Undeploy it first: ppl backend undeploy --backend ${id}.`,
      details: { deployment_id: deployment },
    });
  }

  #mayLand(graph: Graph, operation: GraphOperation): boolean {
    try {
      checkOperation(graph, operation, this.#releases, this.#files);
      return true;
    } catch {
      return false;
    }
  }

  #edge(graph: Graph, edge: Edge): Edge {
    return {
      from_vertex: this.vertex(graph, edge.from_vertex).id,
      from_output: edge.from_output,
      to_vertex: this.vertex(graph, edge.to_vertex).id,
      to_input: edge.to_input,
    };
  }

  #head(id: string): Head {
    const { headSeq, headHash } = this.state(id);
    return { backend_id: id, head_seq: headSeq, head_hash: headHash };
  }
}

/** Cut where it would be too long, and never within a character. */
function forkName(name: string): string {
  return `${name.slice(0, maxNameLength - 7).replace(/[\ud800-\udbff]$/, '')} (fork)`;
}
