import type { Handlers } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Files } from '../file/files.ts';
import type { Graph } from '../graph/graph.ts';
import { genesis } from '../graph/operation.ts';
import { edgeRows, vertexRows } from '../graph/rows.ts';
import type { Leases } from '../lease/leases.ts';
import { type Backend, operationRowOf } from '../store/backends.ts';
import type { Store } from '../store/store.ts';
import { iso } from '../store/time.ts';
import type { Backends } from './backends.ts';
import type { ReleaseCatalog } from './plan-backend.ts';

const operationsAtOnce = 10_000;

type DeployName = 'backend.deploy' | 'backend.redeploy' | 'backend.undeploy';
type BackendName = Exclude<Extract<keyof Handlers, `backend.${string}`>, DeployName>;

export interface BackendServices {
  store: Store;
  catalog: ReleaseCatalog;
  files: Files;
  backends: Backends;
  leases: Leases;
}

/** The contract's procedures about graphs and their logs. */
export function backendProcedures(services: BackendServices): Pick<Handlers, BackendName> {
  const { store, catalog, files, backends, leases } = services;
  const leaseId = (ref: string | undefined) => (ref === undefined ? null : leases.requireOpen(ref).id);
  const idOf = (ref: string) => backends.resolve(ref).id;
  const releases = (version: string) => catalog.graphRelease(version);
  const rowsOf = (graph: Graph) => ({ vertices: vertexRows(graph, releases), edges: edgeRows(graph, releases) });

  const backendRow = (id: string) => {
    const backend = store.backends.get(id);
    if (backend === undefined) throw new AppError('not_found', `There is no backend ${id}.`);
    const { graph, headSeq, headHash } = backends.state(id);
    return {
      id,
      name: graph.name,
      head_seq: headSeq,
      head_hash: headHash,
      graph_hash: backends.graphHash(id),
      lease_id: backend.lease_id,
      created_at: iso(backend.created_at_ms),
    };
  };

  /** One that is damaged is no reason not to see the others. */
  const listed = (backend: Backend) => {
    const { id, name, lease_id, created_at_ms } = backend;
    try {
      return { ...backendRow(id), error: null };
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (error.code === 'internal') throw thrown;
      const { seq, hash } = store.backends.head(id) ?? genesis;
      const row = {
        id,
        name,
        head_seq: seq,
        head_hash: hash,
        graph_hash: '',
        lease_id,
        created_at: iso(created_at_ms),
      };
      return { ...row, error: { ...error.toData() } };
    }
  };

  return {
    'backend.create': async ({ name, lease }) => ({ backend_id: backends.create(name, leaseId(lease)) }),
    'backend.list': async () => {
      const items = store.backends.list().map(listed);
      return { count: items.length, items };
    },
    'backend.show': async ({ backend }) => {
      const id = idOf(backend);
      const live = store.deployments.ofBackend(id);
      return {
        ...backendRow(id),
        graph: backends.graphJson(id),
        ...rowsOf(backends.state(id).graph),
        deployment: live === undefined || live.status === 'gone' ? null : store.deployments.deploymentRow(live),
      };
    },
    'backend.rename': async ({ backend, name, base }) => backends.rename(idOf(backend), name, base),
    'backend.add_vertex': async ({ backend, version, alias, base }) =>
      backends.addVertex(idOf(backend), version, alias, base),
    'backend.delete_vertex': async ({ backend, vertex, base }) => backends.deleteVertex(idOf(backend), vertex, base),
    'backend.change_version': async ({ backend, vertex, version, base }) =>
      backends.changeVersion(idOf(backend), vertex, version, base),
    'backend.connect': async ({ backend, base, ...edge }) => backends.connect(idOf(backend), edge, base),
    'backend.disconnect': async ({ backend, base, ...edge }) => backends.disconnect(idOf(backend), edge, base),
    'backend.change_parameter': async ({ backend, vertex, name, type, value, base }) =>
      backends.changeParameter(idOf(backend), vertex, name, value, type, base),
    'backend.add_file': async ({ backend, vertex, key, file, base }) =>
      backends.addFile(idOf(backend), vertex, key, files.resolve(file).id, base),
    'backend.remove_file': async ({ backend, vertex, key, base }) =>
      backends.removeFile(idOf(backend), vertex, key, base),
    'backend.change_endpoint_alias': async ({ backend, vertex, endpoint, alias, base }) =>
      backends.changeEndpointAlias(idOf(backend), vertex, endpoint, alias ?? null, base),
    'backend.operations': async ({ backend, after, limit }) => {
      const id = idOf(backend);
      return {
        count: backends.state(id).headSeq,
        items: store.backends.operations(id, after, limit ?? operationsAtOnce).map(operationRowOf),
      };
    },
    'backend.undo': async ({ backend, steps, base }) => backends.undo(idOf(backend), steps ?? 1, base),
    'backend.redo': async ({ backend, steps, base }) => backends.redo(idOf(backend), steps ?? 1, base),
    'backend.compact': async ({ backend }) => backends.compact(idOf(backend)),
    'backend.graph': async ({ backend, at }) => {
      const id = idOf(backend);
      const { graph, seq, hash } = backends.at(id, at);
      return {
        backend_id: id,
        seq,
        hash,
        name: graph.name,
        graph_hash: backends.graphHash(graph),
        graph: backends.graphJson(graph),
        ...rowsOf(graph),
      };
    },
    'backend.diff': async ({ backend, at, to, to_at }) => {
      const id = idOf(backend);
      const { same, items } = backends.diff({ id, seq: at }, { id: to === undefined ? id : idOf(to), seq: to_at });
      return { same, count: items.length, items };
    },
    'backend.verify': async ({ backend }) => backends.verify(idOf(backend)),
    'backend.fork': async ({ backend, at, name, lease }) =>
      backends.fork(idOf(backend), { seq: at, name, leaseId: leaseId(lease) }),
    'backend.delete': async ({ backend }) => {
      const id = idOf(backend);
      backends.discard(id);
      return { backend_id: id };
    },
    'backend.forward': async ({ backend }) => backends.endpoints(idOf(backend)),
  };
}
