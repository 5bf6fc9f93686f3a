import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Handlers } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { Backends } from './backend/backends.ts';
import { within } from './base/within.ts';
import { Catalog } from './catalog/catalog.ts';
import { ImageBuilder } from './catalog/images/image-builder.ts';
import { DebugBundles } from './debug/debug-bundles.ts';
import { Deployer } from './deploy/deployer.ts';
import { Gateway } from './deploy/gateway.ts';
import { defaultPort, EndpointServer } from './endpoint/endpoint-server.ts';
import { connectEngine } from './engine/connect.ts';
import { checkMachine } from './engine/doctor.ts';
import { EngineMonitor } from './engine/engine-monitor.ts';
import { engineHost } from './engine/locate.ts';
import { Runtimes } from './engine/runtimes.ts';
import { EvidenceShelf } from './evidence/evidence-shelf.ts';
import { Unrecorded } from './evidence/unrecorded.ts';
import { Files } from './file/files.ts';
import { Callers } from './lease/callers.ts';
import { Leases } from './lease/leases.ts';
import { proceduresOf } from './procedures.ts';
import { RecordKeeper } from './proof/record-keeper.ts';
import { RunLog } from './proof/run-log.ts';
import { Runs } from './proof/runs.ts';
import { recover } from './recovery.ts';
import { Store } from './store/store.ts';

/** How often what is recorded of deployments is compared with the engine. */
const checkMs = 3000;
/** So long a host that leaves waits for each thing that a Docker that hangs holds up: what is left is in the records, and the next host's. */
const leaveMs = 8000;
/** And for all of them: who asked it to leave waits 30 s. */
const leaveAllMs = 24_000;

export interface RuntimeOptions {
  /** The workspace's folder. */
  home: string;
  env: NodeJS.ProcessEnv;
  /** The folder `resources` of the product. */
  resources: string;
  version: string;
  log: (line: string) => void;
}

/** A workspace at work. One host at a time opens it; disposing is an orderly leave that touches nothing that should live on. */
export interface Runtime extends AsyncDisposable {
  readonly handlers: Handlers;
  readonly workspaceId: string;
  /** Whether leaving now would leave something live without a host. */
  isLive(): boolean;
  /** Whether a backend has endpoints, deployed or not. */
  hasEndpoints(): boolean;
  /** Whether a run is under way that leaving now would break. */
  isRunning(): boolean;
  sessionOpened(token: string, pid: number): void;
  /** The connection broke; the caller may come back. */
  sessionLost(token: string): void;
  /** The caller said goodbye, or holds a connection and no longer answers. */
  sessionClosed(token: string): void;
}

/** Opens a workspace and takes over what a former host left: recovery after a crash and after an orderly leave are one. */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  await using opening = new AsyncDisposableStack();
  let leaveByMs = Number.POSITIVE_INFINITY;
  const ending = (work: Promise<unknown>) => within(Math.min(leaveMs, leaveByMs - performance.now()), work);
  const { env, log } = options;
  const store = opening.use(new Store(options.home));
  const cacheDir = cacheDirOf(env);
  const images = new ImageBuilder({ cacheDir, resourcesDir: options.resources, engine: () => runtimes.engine() });
  const runtimes: Runtimes = new Runtimes({
    connect: () => connectEngine(env, { onLost: () => monitor.lost() }),
    host: () => engineHost({ env }),
    doctor: async found =>
      checkMachine(found, {
        env,
        home: options.home,
        cacheDir,
        workspaceId: store.workspaceId,
        ...(found instanceof AppError ? {} : { baseImages: await images.baseImages() }),
      }),
  });
  const monitor: EngineMonitor = opening.use(
    new EngineMonitor({
      env,
      forget: () => runtimes.forget(),
      back: () => void leases.sweep().catch((error: unknown) => log(`sweep: ${AppError.from(error).message}`)),
      startLog: join(options.home, 'docker-start.log'),
      log,
    }),
  );
  const engine = () => runtimes.engine();
  const catalog = new Catalog({ store, images, engine, componentsDir: join(options.resources, 'components') });
  const quiet = { progress: (step: { message: string }) => log(step.message) };
  const gateway = opening.adopt(
    new Gateway({
      engine,
      image: (signal = new AbortController().signal) => images.gateway({ ...quiet, signal }),
      workspaceId: store.workspaceId,
      log,
    }),
    leaves => ending(leaves[Symbol.asyncDispose]()),
  );
  const deployer = opening.adopt(
    new Deployer({
      store,
      engine,
      gateway,
      ensureImage: (id, signal) => catalog.ensureImage(id, { ...quiet, signal }),
      configOf: id => backends.config(id),
      listening: () => listening(),
      log,
    }),
    leaves => ending(leaves[Symbol.asyncDispose]()),
  );
  const server: EndpointServer = opening.use(
    new EndpointServer({
      resolve: hash => store.backends.endpointByTokenHash(hash),
      running: backend => deployer.running(backend),
      tunnel: target => deployer.tunnel(target.deployment_id, target.vertex_id, target.name),
      log,
    }),
  );
  const listening = (): Promise<void> => listen(server, store, env);
  // Trouble with the port is told by what needs it; the rest of the workspace is of use without.
  await listening().catch((error: unknown) => log(AppError.from(error).message));
  const backends: Backends = new Backends({
    store,
    catalog,
    endpointUrl: token => server.url(token),
    push: (id, edits) => deployer.push(id, edits),
  });
  const files = new Files(store);
  const discard = {
    backend: (id: string) => backends.discard(id),
    version: (id: string) => catalog.discard(id),
    file: (id: string) => files.discard(id),
  };
  const discardImage = (digest: string, ref: string) => catalog.discardImage(digest, ref);
  const leases: Leases = opening.use(
    new Leases({
      store,
      discard: {
        ...discard,
        deployment: id => deployer.undeploy(id),
        image: discardImage,
      },
      log,
    }),
  );
  leases.changed.on(() => void deployer.tellDeadlines());
  const callers = opening.use(new Callers(store, leases, log));
  const runLog = new RunLog(store);
  const shelf = new EvidenceShelf(store);
  const unrecorded = new Unrecorded({ store, discard, discardImage, log });
  const recordKeeper = new RecordKeeper({
    store,
    catalog,
    backends,
    deployer,
    leases,
    runLog,
    unrecorded,
    engine,
    version: options.version,
  });
  const debugBundles = new DebugBundles({
    store,
    backends,
    releases: id => catalog.graphRelease(id),
    logOf: id => deployer.log(id),
    engine,
    doctor: () => runtimes.doctor(),
    version: options.version,
    log,
  });
  const runs = opening.adopt(
    new Runs({
      store,
      catalog,
      files,
      backends,
      deployer,
      engine,
      leases,
      callers,
      runLog,
      recordKeeper,
      debugBundles,
      resolveRuntime: ref => runtimes.resolve(ref),
      listening,
      log,
    }),
    leaves => ending(leaves[Symbol.asyncDispose]()),
  );
  const left = new AbortController();
  const recovered = recover(
    { store, unrecorded, catalog, images, gateway, deployer, leases, callers, runs, log },
    left.signal,
  );
  const pulse = setInterval(() => {
    deployer.expire(Date.now()).catch(error => log(`expiry: ${AppError.from(error).message}`));
  }, 1000);
  const look = setInterval(() => {
    deployer.check().catch(error => log(`check: ${AppError.from(error).message}`));
  }, checkMs);
  pulse.unref();
  look.unref();
  opening.defer(() => {
    clearInterval(pulse);
    clearInterval(look);
  });

  const owned = opening.move();
  return {
    handlers: proceduresOf({
      version: options.version,
      store,
      runtimes,
      engine,
      monitor,
      catalog,
      files,
      backends,
      deployer,
      leases,
      runs,
      runLog,
      shelf,
      debugBundles,
      examplesDir: join(options.resources, 'examples'),
    }),
    workspaceId: store.workspaceId,
    isLive: () => store.deployments.countLive() > 0 || store.leases.countLive() > 0,
    hasEndpoints: () => store.backends.hasEndpoints(),
    isRunning: () => runs.isRunning,
    sessionOpened: (token, pid) => callers.opened(token, pid),
    sessionLost: token => callers.lost(token),
    sessionClosed: token => callers.closed(token),
    [Symbol.asyncDispose]: async () => {
      leaveByMs = performance.now() + leaveAllMs;
      runs.leave();
      await ending(recovered);
      left.abort();
      // What a killed host had asked of the engine may have come to be after this one looked.
      const swept = deployer.sweep().catch((error: unknown) => log(`sweep: ${AppError.from(error).message}`));
      await ending(swept);
      await owned.disposeAsync();
    },
  };
}

/** The port is chosen once for a workspace and kept, because URLs with it have been given away (DESIGN §5). */
async function listen(server: EndpointServer, store: Store, env: NodeJS.ProcessEnv): Promise<void> {
  const kept = store.settings.get('endpoint_port');
  const wanted = env.PROOFBENCH_PORT;
  if (wanted !== undefined && !/^\d{1,5}$/.test(wanted)) {
    throw new AppError('usage', `PROOFBENCH_PORT is "${wanted}", which is no port.`, {
      hint: 'Set it to a number such as 7420.',
    });
  }
  const port = Number(kept ?? wanted ?? defaultPort);
  await server.listen(port, kept === undefined && wanted === undefined);
  store.settings.set('endpoint_port', String(server.port));
}

/** Base images, dependencies and layers: made once and shared by workspaces. */
function cacheDirOf(env: NodeJS.ProcessEnv): string {
  const base =
    env.PROOFBENCH_CACHE ??
    (process.platform === 'darwin'
      ? join(homedir(), 'Library', 'Caches', 'proofbench')
      : process.platform === 'win32'
        ? join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'proofbench', 'cache')
        : join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'proofbench'));
  mkdirSync(base, { recursive: true, mode: 0o700 });
  return base;
}
