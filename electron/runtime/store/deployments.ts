import type { ContainerRow, DeploymentRow, DeploymentStatus } from '../../../shared/contract/index.ts';
import type { ErrorData } from '../../../shared/errors.ts';
import type { ContainerStatus } from '../../../shared/events.ts';
import type { Sqlite } from './database.ts';
import { iso, isoOrNull } from './time.ts';

export interface Deployment {
  id: string;
  backend_id: string;
  runtime_id: string;
  status: DeploymentStatus;
  lease_id: string | null;
  debug: 0 | 1;
  /** What was materialised, as JSON: enough to take the deployment over after a crash. */
  plan: string;
  network_name: string;
  subnet: string | null;
  error: ErrorData | null;
  expires_at_ms: number | null;
  created_at_ms: number;
  ended_at_ms: number | null;
}

export interface Container {
  id: string;
  deployment_id: string;
  vertex_id: string;
  alias: string;
  /** The engine's id for it, once it was created. */
  engine_id: string | null;
  status: ContainerStatus;
  exit_code: number | null;
  oom_killed: 0 | 1;
  restarts: number;
  started_at_ms: number | null;
  ended_at_ms: number | null;
}

type Raw = Omit<Deployment, 'error'> & { error: string | null };

export class DeploymentTable {
  readonly #sqlite: Sqlite;
  readonly #onChange: () => void;
  readonly #get;
  readonly #container;

  constructor(sqlite: Sqlite, onChange: () => void = () => undefined) {
    this.#sqlite = sqlite;
    this.#onChange = onChange;
    this.#get = sqlite.prepare<[string], Raw>('SELECT * FROM deployments WHERE id = ?');
    this.#container = sqlite.prepare<[string], Container>('SELECT * FROM containers WHERE id = ?');
  }

  /** The deployment and its containers, in one transaction, before anything of it exists on the engine. */
  insert(deployment: Deployment, containers: readonly Pick<Container, 'id' | 'vertex_id' | 'alias'>[]): void {
    this.#sqlite.transaction(() => {
      this.#sqlite
        .prepare(
          `INSERT INTO deployments (id, backend_id, runtime_id, status, lease_id, debug, plan, network_name, subnet, expires_at_ms, created_at_ms)
           VALUES (@id, @backend_id, @runtime_id, @status, @lease_id, @debug, @plan, @network_name, @subnet, @expires_at_ms, @created_at_ms)`,
        )
        .run(deployment);
      const insert = this.#sqlite.prepare(
        `INSERT INTO containers (id, deployment_id, vertex_id, alias, status) VALUES (?, ?, ?, ?, 'starting')`,
      );
      for (const container of containers) insert.run(container.id, deployment.id, container.vertex_id, container.alias);
    })();
    this.#onChange();
  }

  get(id: string): Deployment | undefined {
    const raw = this.#get.get(id);
    return raw === undefined ? undefined : fromRaw(raw);
  }

  /** The live one, else the newest. */
  ofBackend(backendId: string): Deployment | undefined {
    const raw = this.#sqlite
      .prepare<[string], Raw>(
        `SELECT * FROM deployments WHERE backend_id = ?
         ORDER BY status IN ('deploying', 'running', 'tearing_down') DESC, created_at_ms DESC, id DESC LIMIT 1`,
      )
      .get(backendId);
    return raw === undefined ? undefined : fromRaw(raw);
  }

  list(): Deployment[] {
    return this.#sqlite
      .prepare<[], Raw>('SELECT * FROM deployments ORDER BY created_at_ms DESC, id DESC')
      .all()
      .map(fromRaw);
  }

  /** Everything that may still have something on an engine. */
  notGone(): Deployment[] {
    return this.#sqlite.prepare<[], Raw>(`SELECT * FROM deployments WHERE status <> 'gone'`).all().map(fromRaw);
  }

  countLive(): number {
    return (
      this.#sqlite
        .prepare<[], { n: number }>(
          `SELECT count(*) AS n FROM deployments WHERE status IN ('deploying', 'running', 'tearing_down')`,
        )
        .get()?.n ?? 0
    );
  }

  due(nowMs: number): Deployment[] {
    return this.#sqlite
      .prepare<[number], Raw>(
        `SELECT * FROM deployments WHERE status IN ('deploying', 'running') AND expires_at_ms <= ?`,
      )
      .all(nowMs)
      .map(fromRaw);
  }

  setStatus(id: string, status: DeploymentStatus, error: ErrorData | null = null): void {
    this.#sqlite
      .prepare(
        `UPDATE deployments SET status = @status, error = coalesce(@error, error),
           ended_at_ms = CASE WHEN @status = 'gone' THEN @now ELSE ended_at_ms END WHERE id = @id`,
      )
      .run({ id, status, error: error === null ? null : JSON.stringify(error), now: Date.now() });
    this.#onChange();
  }

  setSubnet(id: string, subnet: string): void {
    this.#sqlite.prepare('UPDATE deployments SET subnet = ? WHERE id = ?').run(subnet, id);
  }

  containers(deploymentId?: string): Container[] {
    return deploymentId === undefined
      ? this.#sqlite.prepare<[], Container>('SELECT * FROM containers ORDER BY id').all()
      : this.#sqlite
          .prepare<[string], Container>('SELECT * FROM containers WHERE deployment_id = ? ORDER BY id')
          .all(deploymentId);
  }

  container(id: string): Container | undefined {
    return this.#container.get(id);
  }

  updateContainer(id: string, change: Partial<Omit<Container, 'id' | 'deployment_id' | 'vertex_id' | 'alias'>>): void {
    const before = this.#container.get(id);
    if (before === undefined) return;
    this.#sqlite
      .prepare(
        `UPDATE containers SET engine_id = @engine_id, status = @status, exit_code = @exit_code, oom_killed = @oom_killed,
           restarts = @restarts, started_at_ms = @started_at_ms, ended_at_ms = @ended_at_ms WHERE id = @id`,
      )
      .run({ ...before, ...change });
    this.#onChange();
  }

  deploymentRow(deployment: Deployment): DeploymentRow {
    return {
      id: deployment.id,
      status: deployment.status,
      runtime_id: deployment.runtime_id,
      backend_id: deployment.backend_id,
      container_count: this.containers(deployment.id).length,
      expires_at: isoOrNull(deployment.expires_at_ms),
      debug: deployment.debug === 1,
      lease_id: deployment.lease_id,
      error: deployment.error === null ? null : { ...deployment.error },
      created_at: iso(deployment.created_at_ms),
    };
  }
}

export function containerRowOf(container: Container): ContainerRow {
  return {
    id: container.id,
    deployment_id: container.deployment_id,
    vertex_id: container.vertex_id,
    alias: container.alias,
    status: container.status,
    exit_code: container.exit_code,
  };
}

function fromRaw(raw: Raw): Deployment {
  return { ...raw, error: raw.error === null ? null : (JSON.parse(raw.error) as ErrorData) };
}
