import type { ContainerRow, DeploymentEvent, DeploymentRow, DeploymentStatus } from '../../../shared/contract/index.ts';
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
  /** Never extended. */
  fixed: 0 | 1;
  /** Which set of its containers serves, from 1. */
  generation: number;
  /** The id of the engine that has it, and where that was found; null or absent where it is not known. */
  made_on_id?: string | null;
  made_on_host?: string | null;
}

export interface Container {
  id: string;
  deployment_id: string;
  vertex_id: string;
  alias: string;
  generation: number;
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

/** What may be told of a container as it changes. */
export type ContainerChange = Partial<
  Pick<Container, 'engine_id' | 'status' | 'exit_code' | 'oom_killed' | 'restarts' | 'started_at_ms' | 'ended_at_ms'>
>;

export class DeploymentTable {
  readonly #sqlite: Sqlite;
  readonly #onChange: () => void;
  readonly #get;
  readonly #container;
  readonly #runningOf;

  constructor(sqlite: Sqlite, onChange: () => void = () => undefined) {
    this.#sqlite = sqlite;
    this.#onChange = onChange;
    this.#get = sqlite.prepare<[string], Raw>('SELECT * FROM deployments WHERE id = ?');
    this.#container = sqlite.prepare<[string], Container>('SELECT * FROM containers WHERE id = ?');
    this.#runningOf = sqlite
      .prepare<[string], string>(`SELECT id FROM deployments WHERE backend_id = ? AND status = 'running'`)
      .pluck();
  }

  /** The deployment and its containers, in one transaction, before anything of it exists on the engine. */
  insert(deployment: Deployment, containers: readonly Pick<Container, 'id' | 'vertex_id' | 'alias'>[]): void {
    this.#sqlite.transaction(() => {
      this.#sqlite
        .prepare(
          `INSERT INTO deployments (id, backend_id, runtime_id, status, lease_id, debug, plan, network_name, subnet, expires_at_ms, created_at_ms,
             fixed, generation, made_on_id, made_on_host)
           VALUES (@id, @backend_id, @runtime_id, @status, @lease_id, @debug, @plan, @network_name, @subnet, @expires_at_ms, @created_at_ms,
             @fixed, @generation, @made_on_id, @made_on_host)`,
        )
        .run({ made_on_id: null, made_on_host: null, ...deployment });
      this.addEvent(deployment.id, 'status', { from: null, to: deployment.status });
      this.insertContainers(deployment.id, deployment.generation, containers);
    })();
    this.#onChange();
  }

  insertContainers(
    deploymentId: string,
    generation: number,
    containers: readonly Pick<Container, 'id' | 'vertex_id' | 'alias'>[],
  ): void {
    const insert = this.#sqlite.prepare(
      `INSERT INTO containers (id, deployment_id, vertex_id, alias, generation, status) VALUES (?, ?, ?, ?, ?, 'starting')`,
    );
    for (const { id, vertex_id, alias } of containers) insert.run(id, deploymentId, vertex_id, alias, generation);
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

  /** Asked for each request to an endpoint, so it is answered from an index. */
  runningOf(backendId: string): string | undefined {
    return this.#runningOf.get(backendId);
  }

  list(): Deployment[] {
    return this.#sqlite
      .prepare<[], Raw>('SELECT * FROM deployments ORDER BY created_at_ms DESC, id DESC')
      .all()
      .map(fromRaw);
  }

  /** What was made under a lease and not handed over, gone or not, the oldest first. */
  idsOfLease(leaseId: string): string[] {
    return this.#sqlite
      .prepare<[string], string>('SELECT id FROM deployments WHERE lease_id = ? ORDER BY created_at_ms, id')
      .pluck()
      .all(leaseId);
  }

  /** What a lease owns and is not gone, in the order in which it was made. */
  ofLease(leaseId: string): Deployment[] {
    return this.#sqlite
      .prepare<[string], Raw>(`SELECT * FROM deployments WHERE lease_id = ? AND status <> 'gone' ORDER BY id`)
      .all(leaseId)
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

  /** What is live and ends, or is extended, by `nowMs`. */
  due(nowMs: number): Deployment[] {
    return this.#sqlite
      .prepare<[number], Raw>(
        `SELECT * FROM deployments WHERE status IN ('deploying', 'running') AND expires_at_ms <= ?`,
      )
      .all(nowMs)
      .map(fromRaw);
  }

  /** Records the change and the event that tells of it; with it are gone its containers. The caller has checked that it may come to this. */
  setStatus(
    id: string,
    status: DeploymentStatus,
    why: { error?: ErrorData | undefined; reason?: string | undefined } = {},
  ): void {
    this.#sqlite.transaction(() => {
      const from = this.get(id)?.status;
      if (from === undefined) return;
      this.#sqlite
        .prepare(
          `UPDATE deployments SET status = @status, error = coalesce(@error, error),
             ended_at_ms = CASE WHEN @status = 'gone' THEN @now ELSE ended_at_ms END WHERE id = @id`,
        )
        .run({ id, status, error: why.error === undefined ? null : JSON.stringify(why.error), now: Date.now() });
      if (status === 'gone') {
        // Those that a host did not see end, or that were never made.
        this.#sqlite
          .prepare(
            `UPDATE containers SET status = 'exited', ended_at_ms = coalesce(ended_at_ms, ?)
             WHERE deployment_id = ? AND status NOT IN ('exited', 'failed')`,
          )
          .run(Date.now(), id);
      }
      const reason = why.reason ?? why.error?.message;
      this.addEvent(id, 'status', { from, to: status, ...(reason === undefined ? {} : { reason }) });
    })();
    this.#onChange();
  }

  setSubnet(id: string, subnet: string): void {
    this.#sqlite.prepare('UPDATE deployments SET subnet = ? WHERE id = ?').run(subnet, id);
  }

  setPlan(id: string, plan: string): void {
    this.#sqlite.prepare('UPDATE deployments SET plan = ? WHERE id = ?').run(plan, id);
  }

  extend(id: string, expiresAtMs: number): void {
    this.#sqlite.transaction(() => {
      this.#sqlite.prepare('UPDATE deployments SET expires_at_ms = ? WHERE id = ?').run(expiresAtMs, id);
      this.addEvent(id, 'extended', { expires_at: iso(expiresAtMs) });
    })();
    this.#onChange();
  }

  /** From here on another generation of containers serves. */
  switchTo(id: string, next: Pick<Deployment, 'generation' | 'plan' | 'network_name' | 'subnet'>): void {
    this.#sqlite
      .prepare(
        `UPDATE deployments SET generation = @generation, plan = @plan, network_name = @network_name, subnet = @subnet
         WHERE id = @id`,
      )
      .run({ id, ...next });
    this.#onChange();
  }

  addEvent(deploymentId: string, type: DeploymentEvent['type'], detail: Record<string, unknown>): void {
    this.#sqlite
      .prepare(
        `INSERT INTO deployment_events (deployment_id, seq, at_ms, type, detail)
         SELECT @id, 1 + coalesce(max(seq), 0), @now, @type, @detail FROM deployment_events WHERE deployment_id = @id`,
      )
      .run({ id: deploymentId, now: Date.now(), type, detail: JSON.stringify(detail) });
  }

  events(deploymentId: string, after = 0): DeploymentEvent[] {
    return this.#sqlite
      .prepare<[string, number], { seq: number; at_ms: number; type: DeploymentEvent['type']; detail: string }>(
        'SELECT seq, at_ms, type, detail FROM deployment_events WHERE deployment_id = ? AND seq > ? ORDER BY seq',
      )
      .all(deploymentId, after)
      .map(({ seq, at_ms, type, detail }) => ({
        seq,
        at: iso(at_ms),
        deployment_id: deploymentId,
        type,
        detail: JSON.parse(detail) as Record<string, unknown>,
      }));
  }

  /** When a container was started again since then (UTC ms). */
  restartsSince(containerId: string, sinceMs: number): number[] {
    const container = this.container(containerId);
    if (container === undefined) return [];
    return this.#sqlite
      .prepare<[string, number, string], { at_ms: number }>(
        `SELECT at_ms FROM deployment_events WHERE deployment_id = ? AND type = 'container' AND at_ms > ?
           AND json_extract(detail, '$.status') = 'restarting' AND json_extract(detail, '$.container_id') = ?`,
      )
      .all(container.deployment_id, sinceMs, containerId)
      .map(row => row.at_ms);
  }

  /** Those of the generation that serves, or of every one. */
  containers(deploymentId?: string, of: 'serving' | 'all' = 'serving'): Container[] {
    return this.#sqlite
      .prepare<[{ id: string | null; all: 0 | 1 }], Container>(
        `SELECT c.* FROM containers c JOIN deployments d ON d.id = c.deployment_id
         WHERE (@id IS NULL OR d.id = @id) AND (@all = 1 OR c.generation = d.generation) ORDER BY c.id`,
      )
      .all({ id: deploymentId ?? null, all: of === 'all' ? 1 : 0 });
  }

  container(id: string): Container | undefined {
    return this.#container.get(id);
  }

  updateContainer(id: string, change: ContainerChange): void {
    const before = this.#container.get(id);
    if (before === undefined) return;
    this.#sqlite.transaction(() => {
      const after = { ...before, ...change };
      this.#sqlite
        .prepare(
          `UPDATE containers SET engine_id = @engine_id, status = @status, exit_code = @exit_code, oom_killed = @oom_killed,
             restarts = @restarts, started_at_ms = @started_at_ms, ended_at_ms = @ended_at_ms WHERE id = @id`,
        )
        .run(after);
      if (after.status === before.status) return;
      this.addEvent(before.deployment_id, 'container', {
        container_id: id,
        alias: after.alias,
        status: after.status,
        ...(after.exit_code === null ? {} : { exit_code: after.exit_code }),
        restarts: after.restarts,
      });
    })();
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
      fixed: deployment.fixed === 1,
      generation: deployment.generation,
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
    restarts: container.restarts,
    oom_killed: container.oom_killed === 1,
    started_at: isoOrNull(container.started_at_ms),
    ended_at: isoOrNull(container.ended_at_ms),
  };
}

function fromRaw(raw: Raw): Deployment {
  return { ...raw, error: raw.error === null ? null : (JSON.parse(raw.error) as ErrorData) };
}
