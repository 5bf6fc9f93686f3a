import { statSync } from 'node:fs';
import type { Progress } from '../../../shared/contract/index.ts';
import { parseDuration } from '../../../shared/duration.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EndpointRow, RunEventBody } from '../../../shared/events.ts';
import type { Backends } from '../backend/backends.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { readComponentFile } from '../catalog/component-file.ts';
import type { Deployer } from '../deploy/deployer.ts';
import type { DeploymentPlan } from '../deploy/plan.ts';
import type { Files } from '../file/files.ts';
import type { StoredFile } from '../store/files.ts';
import type { Lease } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import { findCut, type Manifest, resolvePath } from './manifest.ts';

export interface LiveTestServices {
  store: Store;
  catalog: Catalog;
  files: Files;
  backends: Backends;
  deployer: Deployer;
}

export interface LiveTestRequest {
  manifest: Manifest;
  manifestPath: string;
  cwd: string;
  cutVersionId?: string | undefined;
  runtimeId: string;
  offline: boolean;
}

/** What is known of a live test so far; filled as it comes to be, so that a failed one can still tell. */
export interface LiveTest {
  stage: string;
  cutVersionId?: string;
  fixtures: Map<string, StoredFile>;
  backendId?: string;
  /** Vertex ids by alias. */
  vertices: Map<string, string>;
  deploymentId?: string;
  plan?: DeploymentPlan;
  endpoints: EndpointRow[];
}

/** What can be told to be wrong before anything is made: it is the caller's error and no event (DESIGN §8). */
export function checkLiveTest(
  request: Omit<LiveTestRequest, 'runtimeId' | 'offline'>,
  services: LiveTestServices,
): void {
  const { manifest, manifestPath, cwd } = request;
  for (const [alias, vertex] of Object.entries(manifest.graph.vertices)) {
    if (vertex.version !== undefined) services.catalog.version(vertex.version);
    if (vertex.harness === undefined) continue;
    const component = services.store.components.named(vertex.harness);
    if (component?.harness === 1) continue;
    const known = services.catalog.list(undefined).filter(each => each.harness === 1);
    throw new AppError(
      'manifest_invalid',
      `${manifestPath}: graph.vertices.${alias}.harness: there is no harness component "${vertex.harness}".`,
      {
        hint: `There are: ${known.map(each => each.name).join(', ')}.`,
        details: { file: manifestPath, key: `graph.vertices.${alias}.harness` },
      },
    );
  }
  for (const fixture of manifest.fixtures) {
    if (fixture.path !== undefined && !isFile(resolvePath(cwd, manifestPath, fixture.path))) {
      throw new AppError(
        'file_not_found',
        `${manifestPath}: fixture "${fixture.name}": ${fixture.path} is not there.`,
        {
          hint: `Relative paths are looked for in ${cwd}, then beside the manifest.`,
          details: { file: manifestPath, key: 'fixtures', fixture: fixture.name },
        },
      );
    }
    if (fixture.file_id !== undefined) services.files.resolve(fixture.file_id);
  }
  if (request.cutVersionId !== undefined) services.catalog.version(request.cutVersionId);
  else if (manifest.release?.auto === true) readComponentFile(findCut(cwd, manifestPath));
  else {
    throw new AppError(
      'manifest_invalid',
      `${manifestPath}: nothing says which version of the component is under test.`,
      {
        hint: 'Set `release: {auto: true}` to publish the working directory, or give --cut-version-id.',
        details: { file: manifestPath, key: 'release.auto' },
      },
    );
  }
}

/** Who is told of the steps of a live test, each before the next is taken. */
export interface LiveTestWatcher {
  /** In the order of DESIGN §8. */
  event(event: RunEventBody): void;
  /** The version under test is known. */
  unit(versionId: string): void;
  /** A fixture is frozen. */
  fixture(name: string, file: StoredFile): void;
}

/**
 * Sets a live test up under `lease`: publish, fixtures, graph, deploy, wait until every container is running. Tells each
 * step to `watcher`; what it learns it writes into `test` at once.
 */
export async function setUpLiveTest(
  request: LiveTestRequest,
  services: LiveTestServices,
  lease: Lease,
  test: LiveTest,
  watcher: LiveTestWatcher,
  work: { signal: AbortSignal; progress: (step: Progress) => void },
): Promise<void> {
  const emit = (event: RunEventBody) => watcher.event(event);
  const { manifest, manifestPath, cwd } = request;
  const { catalog, files, backends, deployer } = services;
  const options = { ...work, offline: request.offline };

  test.stage = 'publish';
  if (request.cutVersionId !== undefined) {
    test.cutVersionId = request.cutVersionId;
    watcher.unit(request.cutVersionId);
  } else {
    const version = await catalog.publish(findCut(cwd, manifestPath), lease.id, options);
    test.cutVersionId = version.id;
    watcher.unit(version.id);
    emit({ type: 'prerelease_published', version_id: version.id, image_digest: version.image_digest });
  }

  test.stage = 'fixtures';
  for (const fixture of manifest.fixtures) {
    const freeze = (file: StoredFile) => {
      test.fixtures.set(fixture.name, file);
      watcher.fixture(fixture.name, file);
    };
    if (fixture.file_id !== undefined) {
      freeze(files.resolve(fixture.file_id));
    } else if (fixture.url !== undefined) {
      const file = await files.fetch(fixture.url, { name: fixture.name, leaseId: lease.id }, work.signal);
      freeze(file);
      emit({ type: 'fixture_fetched', name: fixture.name, url: fixture.url, sha256: file.sha256, bytes: file.bytes });
    } else {
      const path = resolvePath(cwd, manifestPath, fixture.path as string);
      const file = await files.upload(path, { name: fixture.name, leaseId: lease.id }, work.signal);
      freeze(file);
      emit({ type: 'fixture_uploaded', name: fixture.name, file_id: file.id, sha256: file.sha256 });
    }
  }

  test.stage = 'graph';
  const versions = new Map<string, string>();
  for (const [alias, vertex] of Object.entries(manifest.graph.vertices)) {
    if (vertex.harness !== undefined) versions.set(alias, (await catalog.harness(vertex.harness, options)).id);
    else versions.set(alias, vertex.version ?? test.cutVersionId);
  }
  work.signal.throwIfAborted();
  const backendId = backends.create(manifest.proof?.name ?? `live test ${lease.id}`, lease.id);
  test.backendId = backendId;
  emit({ type: 'backend_created', backend_id: backendId });
  for (const [alias, version_id] of versions) {
    const { vertex_id } = backends.addVertex(backendId, version_id, alias);
    test.vertices.set(alias, vertex_id);
    emit({ type: 'vertex_added', vertex_id, alias, version_id });
  }
  for (const { from, from_output, to, to_input } of manifest.graph.edges) {
    const { edge_type } = backends.connect(backendId, { from_vertex: from, from_output, to_vertex: to, to_input });
    emit({ type: 'edge_connected', from, from_output, to, to_input, edge_type });
  }
  for (const [alias, vertex] of Object.entries(manifest.graph.vertices)) {
    for (const [name, { type, value }] of Object.entries(vertex.params ?? {})) {
      await backends.changeParameter(backendId, alias, name, value, type);
      emit({ type: 'param_set', vertex_id: test.vertices.get(alias) as string, name });
    }
  }

  test.stage = 'deploy';
  test.plan = backends.plan(backendId);
  test.endpoints = backends.endpoints(backendId);
  await deploy(request, deployer, lease, test, test.plan, emit, work.signal);
  emit({ type: 'ready', backend_id: backendId, deployment_id: test.deploymentId as string, endpoints: test.endpoints });
  test.stage = 'ready';
}

async function deploy(
  request: LiveTestRequest,
  deployer: Deployer,
  lease: Lease,
  test: LiveTest,
  plan: DeploymentPlan,
  emit: (event: RunEventBody) => void,
  signal: AbortSignal,
): Promise<void> {
  const { fixed_duration, ready_timeout } = request.manifest.deploy ?? {};
  const told = new Map<string, string>();
  let early: (() => void)[] | undefined = [];
  const off = deployer.changed.on(({ container }) => {
    if (container === undefined || !plan.vertices.some(vertex => vertex.container_id === container.id)) return;
    const tell = () => {
      const { vertex_id, id: container_id, status } = container;
      if (!told.has(container_id)) emit({ type: 'container', vertex_id, container_id });
      if (told.get(container_id) !== status) emit({ type: 'container_status', vertex_id, container_id, status });
      told.set(container_id, status);
    };
    if (early === undefined) tell();
    else early.push(tell);
  });
  try {
    test.deploymentId = await deployer.deploy({
      plan: () => plan,
      runtimeId: request.runtimeId,
      leaseId: lease.id,
      ...(fixed_duration === undefined ? {} : { fixedDurationMs: parseDuration(fixed_duration) }),
      ...(ready_timeout === undefined ? {} : { readyTimeoutMs: parseDuration(ready_timeout) }),
    });
    emit({ type: 'deploy_started', deployment_id: test.deploymentId });
    for (const tell of early) tell();
    early = undefined;
    test.stage = 'start';
    await deployer.settled(test.deploymentId, signal);
  } finally {
    off();
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
