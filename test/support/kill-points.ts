import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { expect } from 'vitest';
import { componentFolder, manifest, shout } from './components.ts';
import type { KillRow } from './kill-table.ts';
import { expectNothingLost, leftovers, readDatabase } from './leftovers.ts';
import { type Event, eventsOf, type Outcome, Workspace } from './workspace.ts';

/** The events of a live test up to `ready`, and those of a proof of two cases after it. */
export const liveTestEvents = [
  'lease_created',
  'prerelease_published',
  'fixture_uploaded',
  'backend_created',
  'vertex_added',
  'edge_connected',
  'param_set',
  'deploy_started',
  'container',
  'container_status',
  'ready',
] as const;
export const proofEvents = ['first case', 'last case', 'proof'] as const;
export type Point = (typeof liveTestEvents)[number] | (typeof proofEvents)[number];
export const points: readonly Point[] = [...liveTestEvents, ...proofEvents];

const params = `{prefix: {type: String, value: '">"'}}`;
const caseOf = (name: string) => `    - name: ${name}
      send: {to: in, fixture: hello, content_type: application/json}
      expect:
        meaning: "The text comes back in capitals."
        from: out
        that:
          - output.text == 'HELLO'`;
const proof = `proof:
  name: shouting
  cases:
${caseOf('first case')}
${caseOf('last case')}
  risks: ["Only ASCII was tried."]
`;

/** A workspace in which processes are killed at given points, and what is left of each is counted. */
export class KillPoints implements AsyncDisposable {
  readonly workspace: Workspace;
  readonly dir: string;
  rows: KillRow[] = [];
  readonly slug: string;
  readonly #pids: number[] = [];

  constructor(workspace = new Workspace({ PROOFBENCH_HOST_LINGER_MS: '60000' })) {
    this.workspace = workspace;
    // A component of its own: what images there are of it are this workspace's.
    const mark = randomBytes(4).toString('hex');
    this.slug = `shout_${mark}`;
    const config = '    prefix: {type: "String", default: ""}';
    this.dir = workspace.folder({
      ...componentFolder({ name: `Shout ${mark}`, main: `// ${mark}\n${shout}`, config }),
      'live-test.yml': manifest({ params }),
      'proof.yml': manifest({ params, proof }),
      'hello.json': JSON.stringify({ text: 'hello' }),
    });
  }

  /** Starts the run in which `point` comes. */
  start(point: Point, ...more: string[]) {
    const isOfProof = (proofEvents as readonly string[]).includes(point);
    const args = isOfProof
      ? ['proof', 'run', 'proof.yml']
      : ['lease', 'run', '--test=live-test.yml', '--runtime=local'];
    return this.workspace.start([...args, ...more], { cwd: this.dir });
  }

  /** Kills a host; returns when. */
  kill(pid: number): number {
    process.kill(pid, 'SIGKILL');
    return this.killed(pid);
  }

  /** Says that a host is being killed, whose files are then looked for; returns when. */
  killed(pid: number): number {
    this.#pids.push(pid);
    return performance.now();
  }

  /** Waits until nothing is left that no live lease, evidence or person owns, and looks that nothing told was lost. */
  async settle(
    killed: string,
    point: string,
    { killedAt, told, lease = told[0]?.lease_id }: { killedAt: number; told: readonly Event[]; lease?: string },
  ): Promise<void> {
    let left: string[] = [];
    for (const limit = performance.now() + 30_000; performance.now() < limit; await sleep(50)) {
      left = await leftovers(this.workspace, this.slug, this.#pids);
      if (left.length === 0) break;
    }
    const ms = performance.now() - killedAt;
    const outcome = left.length > 0 ? `LEFT: ${left.join(', ')}` : endOf(this.workspace, lease);
    this.rows.push({ killed, point, outcome, ms });
    expect(left, `left after a kill of the ${killed} at "${point}"`).toEqual([]);
    if (told.length > 0) expectNothingLost(this.workspace, told);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.workspace[Symbol.asyncDispose]();
  }
}

/** Resolves as soon as a running `ppl` prints the event of `point`. */
export function untilPoint(child: ChildProcess & { outcome: Promise<Outcome> }, point: Point): Promise<Event> {
  return new Promise((found, failed) => {
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    let last = '';
    lines.on('line', line => {
      last = line;
      const event = JSON.parse(line) as Event;
      if (event.type === point || (event.type === 'case' && event.name === point)) found(event);
    });
    lines.on('close', async () => {
      const { code, stderr } = await child.outcome;
      failed(new Error(`ppl ended with ${code} before it told "${point}": ${last}${stderr}`));
    });
  });
}

/** What a caller was told, up to where it was killed: a line that is not whole was not told. */
export function toldIn(stdout: string): Event[] {
  return eventsOf(stdout.slice(0, stdout.lastIndexOf('\n') + 1));
}

/** Whether a workspace is at some step, by what is recorded and what lies there. */
export type Step = (sqlite: Database.Database) => boolean;

/** Looks without a pause until a workspace is at `step`, and kills `pid` in that moment, which it returns; undefined when it did not come within 20 s. */
export function killAtStep(kills: KillPoints, pid: number, step: Step): number | undefined {
  const sqlite = readDatabase(kills.workspace);
  try {
    for (const limit = performance.now() + 20_000; performance.now() < limit; ) {
      if (step(sqlite)) return kills.kill(pid);
    }
    return undefined;
  } finally {
    sqlite.close();
  }
}

/** Whether a workspace that nobody writes to any more is at `step`. */
export function isAtStep(workspace: Workspace, step: Step): boolean {
  const sqlite = readDatabase(workspace);
  try {
    return step(sqlite);
  } finally {
    sqlite.close();
  }
}

/** How a lease and its run ended, in a few words. */
function endOf(workspace: Workspace, leaseId: string | undefined): string {
  const sqlite = readDatabase(workspace);
  try {
    const end = sqlite
      .prepare<[string | undefined], { lease: string; run: string | null; error: string | null }>(
        `SELECT l.state AS lease, r.state AS run, (SELECT json_extract(body, '$.error.code') FROM events
           WHERE run_id = r.id AND json_extract(body, '$.type') = 'failed' ORDER BY seq DESC) AS error
         FROM leases l LEFT JOIN runs r ON r.lease_id = l.id WHERE l.id = ?`,
      )
      .get(leaseId);
    const run = end?.run == null ? '' : `, run ${end.run}`;
    return `lease ${end?.lease}${run}${end?.error == null ? '' : ` (${end.error})`}`;
  } finally {
    sqlite.close();
  }
}
