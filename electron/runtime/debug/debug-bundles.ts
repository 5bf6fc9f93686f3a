import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem, version } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { DoctorCheck } from '../../../shared/contract/index.ts';
import { AppError, type ErrorData } from '../../../shared/errors.ts';
import type { Backends } from '../backend/backends.ts';
import { type SaveWork, saveFile } from '../base/save-file.ts';
import type { ContainerLog } from '../deploy/container-log.ts';
import type { Engine } from '../engine/engine.ts';
import type { ReleaseLookup } from '../graph/release.ts';
import type { Lease } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import { type ArchiveEntry, jsonEntry, zipOf } from './archive.ts';
import { engineEntries } from './engine-entries.ts';
import { hostLogEntry } from './host-log-entry.ts';
import { leaseEntries } from './lease-entries.ts';
import { scopeOf } from './lease-scope.ts';
import { secretsOf } from './lease-secrets.ts';
import { logEntries } from './log-entries.ts';
import { readmeText } from './readme.ts';
import { SecretMask } from './secret-mask.ts';

/** How many bundles a workspace keeps of those that were not given a path. */
const keptBundles = 20;
/** A failed run is not held up for longer. */
const failureLimitMs = 20_000;
const ownName = /^lse_[0-9a-z]+-(\d{8}T\d{9}Z)\.zip$/;

/** Where and why a run failed. */
export interface RunFailure {
  stage: string;
  error: ErrorData;
}

export interface DebugBundlesOptions {
  store: Store;
  backends: Backends;
  releases: ReleaseLookup;
  logOf: (containerId: string) => ContainerLog;
  engine: () => Promise<Engine>;
  doctor: () => Promise<DoctorCheck[]>;
  /** Proofbench's own. */
  version: string;
  log: (line: string) => void;
}

/** All that a person needs to see what went wrong under a lease, as one archive without secrets. */
export class DebugBundles {
  readonly #options: DebugBundlesOptions;

  constructor(options: DebugBundlesOptions) {
    this.#options = options;
  }

  /**
   * Writes the bundle of a lease in any state, whole or not at all; without `to`, into the workspace's folder `debug`. What Docker does not
   * tell is not in it, and its README says so.
   */
  async save(
    lease: Lease,
    request: { to?: string | undefined; overwrite?: boolean | undefined; failure?: RunFailure | undefined },
    { signal, progress }: SaveWork,
  ): Promise<{ path: string; bytes: number }> {
    const folder = join(this.#options.store.home, 'debug');
    const now = new Date();
    const name = `${lease.id}-${now.toISOString().replace(/[-:.]/g, '')}.zip`;
    if (request.to === undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
    const saved = await saveFile(
      {
        source: () => Readable.from(this.#bundle(lease, request.failure, now, { signal, progress })),
        total: 0,
        to: request.to ?? join(folder, name),
        name,
        overwrite: request.overwrite === true,
        what: 'the debug bundle',
      },
      // Told file by file: how long the whole will be is not known.
      { signal, progress: () => undefined },
    );
    if (request.to === undefined) forgetOld(folder);
    return saved;
  }

  /** The bundle of a run that failed, written before its lease goes; undefined where that cannot be, and `host.log` says why. */
  async ofFailure(leaseId: string, failure: RunFailure): Promise<string | undefined> {
    const { store, log } = this.#options;
    try {
      const lease = store.leases.get(leaseId);
      if (lease === undefined) return undefined;
      // What is left of the disk is for the run's own end.
      if (failure.error.code === 'disk_full') throw AppError.fromData(failure.error);
      const signal = AbortSignal.timeout(failureLimitMs);
      return (await this.save(lease, { failure }, { signal, progress: () => undefined })).path;
    } catch (error) {
      log(`${leaseId}: no debug bundle: ${AppError.from(error).message}`);
      return undefined;
    }
  }

  async *#bundle(lease: Lease, failure: RunFailure | undefined, now: Date, { signal, progress }: SaveWork) {
    const { store, logOf, version: ownVersion } = this.#options;
    progress({ message: 'Asking Docker' });
    const scope = scopeOf(lease, store);
    const secrets = secretsOf(scope, this.#options);
    const mask = new SecretMask(secrets.texts);
    const cut: { path: string; bytes: number }[] = [];
    const hostLog = hostLogEntry(store, secrets.texts);
    const recorded: ArchiveEntry[] = [
      jsonEntry('environment.json', environment(ownVersion)),
      ...(failure === undefined ? [] : [jsonEntry('failure.json', failure)]),
      ...leaseEntries(scope, secrets, this.#options),
      ...(hostLog === undefined ? [] : [hostLog]),
      ...scope.deployments.flatMap(({ containers }) =>
        containers.flatMap(({ id, alias }) =>
          logEntries(`logs/${alias}-${id}`, logOf(id), mask, (path, bytes) => cut.push({ path, bytes })),
        ),
      ),
    ];
    const { entries, notes } = await engineEntries(scope, { ...this.#options, workspaceId: store.workspaceId }, signal);
    const masked = new Map<string, number>();
    // Last, for it tells what was masked in the others.
    const readme: ArchiveEntry = {
      path: 'README.txt',
      read: () => [Buffer.from(readmeText({ scope, at: now.toISOString(), notes, cut, masked }))],
    };
    yield* zipOf(lease.id, [...recorded, ...entries, readme], {
      mask,
      onMasked: path => masked.set(path, (masked.get(path) ?? 0) + 1),
      onEntry: (path, done, total) => progress({ message: `Writing ${path}`, done, total, unit: 'items' }),
    });
  }
}

function environment(proofbench: string) {
  return {
    proofbench,
    node: process.versions.node,
    electron: process.versions.electron ?? null,
    os: { platform: platform(), release: release(), version: version(), architecture: arch() },
    cpus: cpus().length,
    memory_bytes: totalmem(),
  };
}

/** Of what was not given a path, the newest stay. */
function forgetOld(folder: string): void {
  const names = readdirSync(folder);
  const timeOf = (name: string) => ownName.exec(name)?.[1] ?? '';
  const old = names
    .filter(name => ownName.test(name))
    .sort((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1))
    .slice(keptBundles);
  for (const name of old) rmSync(join(folder, name), { force: true });
}
