import type { Handlers } from '../../shared/contract/index.ts';
import { backendProcedures } from './backend/backend-procedures.ts';
import type { Backends } from './backend/backends.ts';
import { itemProgress } from './base/byte-progress.ts';
import type { Catalog } from './catalog/catalog.ts';
import { listExamples } from './catalog/examples.ts';
import type { DebugBundles } from './debug/debug-bundles.ts';
import type { Deployer } from './deploy/deployer.ts';
import { deploymentProcedures } from './deploy/deployment-procedures.ts';
import type { Engine } from './engine/engine.ts';
import type { EngineMonitor } from './engine/engine-monitor.ts';
import type { Runtimes } from './engine/runtimes.ts';
import type { EvidenceShelf } from './evidence/evidence-shelf.ts';
import { verifyBundle } from './evidence/verify.ts';
import type { Files } from './file/files.ts';
import { readBlob, saveBlob } from './file/read-blob.ts';
import { leaseProcedures } from './lease/lease-procedures.ts';
import type { Leases } from './lease/leases.ts';
import { checkManifest } from './proof/check-manifest.ts';
import type { RunLog } from './proof/run-log.ts';
import { runDetailOf, runRows } from './proof/run-rows.ts';
import type { Runs } from './proof/runs.ts';
import { evidenceRowOf } from './store/evidence.ts';
import { fileRowOf } from './store/files.ts';
import type { Store } from './store/store.ts';
import { watchChanges } from './workspace-changes.ts';

/** As the platform's lean list (platform-facts §11). */
const componentListCap = 20;

export interface Services {
  version: string;
  store: Store;
  runtimes: Runtimes;
  engine: () => Promise<Engine>;
  monitor: EngineMonitor;
  catalog: Catalog;
  files: Files;
  backends: Backends;
  deployer: Deployer;
  leases: Leases;
  runs: Runs;
  runLog: RunLog;
  shelf: EvidenceShelf;
  debugBundles: DebugBundles;
  /** Folder of the examples that come with the product. */
  examplesDir: string;
}

/** The contract, each procedure carried to the service that knows. */
export function proceduresOf(services: Services): Handlers {
  const { store, runtimes, monitor, catalog, files, backends, deployer, leases, runs, runLog, shelf } = services;
  const leaseId = (ref: string | undefined) => (ref === undefined ? null : leases.requireOpen(ref).id);

  return {
    'host.info': async () => ({
      version: services.version,
      pid: process.pid,
      home: store.home,
      workspace_id: store.workspaceId,
    }),
    'host.leave': async () => ({ leaving: true }),
    'doctor.run': async () => ({ checks: await runtimes.doctor() }),

    'workspace.watch': (_, { signal }) => watchChanges(store.changed, signal),
    'engine.watch': (_, { signal }) => monitor.watch(signal),
    'engine.check': () => monitor.check(),
    'engine.start': (_, { signal }) => monitor.start(signal),

    'runtime.list': async () => counted([await runtimes.row()]),
    'runtime.show': async ({ runtime }) => {
      runtimes.resolve(runtime);
      return runtimes.row();
    },

    'component.list': async ({ query, all }) => {
      const rows = catalog.list(query).map(component => store.components.componentRow(component));
      return counted(query === undefined && all !== true ? rows.slice(0, componentListCap) : rows);
    },
    'component.versions': async ({ component }, context) =>
      (await catalog.versions(component, context)).map(version => store.components.versionRow(version)),
    'component.publish': async ({ dir, lease, offline }, context) => {
      const version = await catalog.publish(dir, leaseId(lease), { ...context, offline });
      return {
        component_id: version.component_id,
        version_id: version.id,
        image_digest: version.image_digest,
        source_sha256: version.source_sha256,
      };
    },
    'component.promote': async ({ dir, evidence, note }) => {
      const pinned = evidence === undefined ? undefined : await shelf.provenVersion(evidence);
      const version = catalog.promote(dir, { ...(pinned === undefined ? {} : { versionId: pinned }), note });
      return { component_id: version.component_id, version_id: version.id, tags: store.components.tags(version.id) };
    },

    'file.upload': async ({ path, type, name, readme, lease }, { signal, progress }) => {
      const file = await files.upload(path, { type, name, readme, leaseId: leaseId(lease) }, signal, progress);
      return { file_id: file.id, sha256: file.sha256, bytes: file.bytes };
    },
    'file.list': async () => counted(store.files.list().map(fileRowOf)),
    'file.delete': async ({ file }) => {
      files.discard(files.resolve(file).id);
      store.blobs.collect();
      return {};
    },

    ...backendProcedures(services),

    ...deploymentProcedures(services),

    ...leaseProcedures(services),

    'run.start': async (request, { session }) => runs.start(request, session),
    'run.watch': ({ run, after_seq }, { signal }) => runLog.watch(runs.get(run).id, after_seq, signal),
    'run.cancel': async ({ run }) => {
      runs.cancel(run);
      return {};
    },
    'run.list': async () => counted(runRows(store)),
    'run.show': async ({ run }) => runDetailOf(runs.get(run), store),
    'manifest.check': async ({ manifest }, { signal }) =>
      checkManifest(manifest, { store, catalog, files, backends, deployer }, signal),
    'example.list': async () => counted(listExamples(services.examplesDir)),

    'blob.read': async function* ({ sha256 }, { signal }) {
      for await (const bytes of readBlob(store, sha256, signal)) yield { base64: bytes.toString('base64') };
    },
    'blob.save': async (request, context) => ({ path: await saveBlob(store, request, context) }),

    'evidence.list': async () => counted(store.evidence.list().map(evidenceRowOf)),
    'evidence.show': async ({ evidence }) => {
      const found = shelf.resolve(evidence);
      return { ...evidenceRowOf(found), record: JSON.parse(found.record) as unknown };
    },
    'evidence.save': async ({ evidence, to, overwrite }, context) => {
      const found = shelf.resolve(evidence);
      return { evidence_id: found.id, bundle: await shelf.save(found, to, overwrite === true, context) };
    },
    'evidence.verify': async ({ bundle }, { signal, progress }) =>
      verifyBundle(bundle, {
        signal,
        onFile: itemProgress('Checking the bundle', progress),
      }),
    'evidence.report': async ({ evidence }, { signal }) => ({
      path: await shelf.report(shelf.resolve(evidence), signal),
    }),
  };
}

function counted<T>(items: T[]): { count: number; items: T[] } {
  return { count: items.length, items };
}
