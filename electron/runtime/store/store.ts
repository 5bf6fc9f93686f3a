import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '../../../shared/ids.ts';
import { Signal } from '../base/signal.ts';
import { BackendTable } from './backends.ts';
import { BlobStore } from './blobs.ts';
import { ComponentTable } from './components.ts';
import { databaseError, giveBack, openDatabase, type Sqlite } from './database.ts';
import { DeploymentTable } from './deployments.ts';
import { EvidenceTable } from './evidence.ts';
import { FileTable } from './files.ts';
import { LeaseTable } from './leases.ts';
import { RunTable } from './runs.ts';
import { SettingTable } from './settings.ts';

/** What people look at in a workspace, by kind. */
export type WorkspaceChange = 'runs' | 'leases' | 'evidence' | 'files';

/** Everything a workspace remembers: one SQLite database and the blobs beside it. One host at a time opens it. */
export class Store implements Disposable {
  readonly home: string;
  readonly workspaceId: string;
  /** Told at each write, inside the transaction that it may be part of: look later. */
  readonly changed = new Signal<WorkspaceChange>();
  readonly leases: LeaseTable;
  readonly components: ComponentTable;
  readonly files: FileTable;
  readonly backends: BackendTable;
  readonly deployments: DeploymentTable;
  readonly runs: RunTable;
  readonly evidence: EvidenceTable;
  readonly settings: SettingTable;
  readonly blobs: BlobStore;
  readonly #sqlite: Sqlite;
  readonly #transact: (work: () => unknown) => unknown;

  constructor(home: string) {
    this.home = home;
    mkdirSync(home, { recursive: true, mode: 0o700 });
    this.#sqlite = openDatabase(join(home, 'workspace.db'));
    this.#transact = this.#sqlite.transaction((work: () => unknown) => work());
    const tell = (change: WorkspaceChange) => () => this.changed.emit(change);
    this.leases = new LeaseTable(this.#sqlite, tell('leases'));
    this.components = new ComponentTable(this.#sqlite);
    this.files = new FileTable(this.#sqlite, tell('files'));
    this.backends = new BackendTable(this.#sqlite);
    this.deployments = new DeploymentTable(this.#sqlite, tell('runs'));
    this.runs = new RunTable(this.#sqlite, tell('runs'));
    this.evidence = new EvidenceTable(this.#sqlite, tell('evidence'));
    this.settings = new SettingTable(this.#sqlite);
    this.blobs = new BlobStore(this.#sqlite, join(home, 'blobs'));
    this.workspaceId = readWorkspaceId(home);
  }

  /** All of `work` is durable when this returns, or none of it is. `work` is synchronous. */
  transaction<T>(work: () => T): T {
    try {
      return this.#transact(work) as T;
    } catch (error) {
      throw databaseError(error, this.#sqlite.name);
    }
  }

  /** Ids of what a thing cannot be without: a backend's versions and files, a deployment's backend. */
  neededBy({ kind, id }: { kind: string; id: string }): string[] {
    if (kind === 'deployment') return [this.deployments.get(id)?.backend_id ?? id];
    return kind === 'backend' ? this.backends.namedBy(id) : [];
  }

  /** Whether something that a lease does not own cannot be without this: a deployment of a backend, a backend of a version or file. */
  isNeededElsewhere(kind: 'backend' | 'version' | 'file', id: string, leaseId: string): boolean {
    if (kind === 'backend') {
      const deployment = this.backends.liveDeployment(id);
      return deployment !== undefined && this.deployments.get(deployment)?.lease_id !== leaseId;
    }
    return this.backends.isNamedOutside(kind, id, leaseId);
  }

  /** The folder of a deployment's logs. */
  logsOf(deploymentId: string): string {
    return join(this.home, 'logs', deploymentId);
  }

  /** Removes logs whose deployment is not recorded any more: a host died between the two. */
  sweepLogs(): void {
    const folder = join(this.home, 'logs');
    for (const id of existsSync(folder) ? readdirSync(folder) : []) {
      if (this.deployments.get(id) === undefined) rmSync(join(folder, id), { recursive: true, force: true });
    }
  }

  /** Removes files that a host did not live to finish, and bundles whose evidence it did not live to record. For the start of a host. */
  sweepUnfinished(): void {
    for (const kind of ['bundles', 'debug', 'keys', 'reports']) {
      const folder = join(this.home, kind);
      for (const name of existsSync(folder) ? readdirSync(folder) : []) {
        const isUnrecorded = kind === 'bundles' && this.evidence.get(name.replace(/\.proof$/, '')) === undefined;
        if (isUnrecorded || name.endsWith('.part')) rmSync(join(folder, name), { force: true });
      }
    }
  }

  /** Gives what deletions freed back to the disk, in steps between which the host does its other work. */
  async giveBack(): Promise<void> {
    while (this.#sqlite.open && giveBack(this.#sqlite, 500)) await new Promise(resolve => setImmediate(resolve));
  }

  [Symbol.dispose](): void {
    this.#sqlite.close();
  }
}

/** The id lies in a file of its own, so that orphans on an engine can be told when the database is gone (DESIGN §1). */
function readWorkspaceId(home: string): string {
  const path = join(home, 'workspace-id');
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  const id = newId('workspace');
  writeFileSync(path, `${id}\n`, { mode: 0o600, flush: true });
  return id;
}
