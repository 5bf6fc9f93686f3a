import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { isAtStep, KillPoints, killAtStep, type Step, untilPoint } from '../support/kill-points.ts';
import { type KillRow, report } from '../support/kill-table.ts';
import { type Event, eventsOf } from '../support/workspace.ts';

const rows: KillRow[] = [];
afterAll(() => report(rows));

const closing = `EXISTS (SELECT 1 FROM leases WHERE id = @lease AND state = 'closing')`;
const ended = `EXISTS (SELECT 1 FROM leases WHERE id = @lease AND state = 'rolled_back')`;
const exited = (count: number) =>
  `(SELECT count(*) FROM containers WHERE deployment_id = @deployment AND status = 'exited') = ${count}`;
const is = (status: string) => `EXISTS (SELECT 1 FROM deployments WHERE id = @deployment AND status = '${status}')`;
const backend = 'EXISTS (SELECT 1 FROM backends WHERE lease_id = @lease)';
const version = 'EXISTS (SELECT 1 FROM versions WHERE lease_id = @lease)';
const file = 'EXISTS (SELECT 1 FROM files WHERE lease_id = @lease)';
const image = `EXISTS (SELECT 1 FROM settings WHERE key LIKE 'loose_image:%' || @slug || '%')`;
const kept = 'EXISTS (SELECT 1 FROM evidence_keeps WHERE evidence_id NOT IN (SELECT id FROM evidence))';

/** What is true at each step of a rollback and not before or after it. */
const steps: Record<string, string> = {
  'lease closing': `${closing} AND ${is('running')}`,
  'deployment tearing down': `${is('tearing_down')} AND ${exited(0)}`,
  'one container gone': `${is('tearing_down')} AND ${exited(1)}`,
  'two containers gone': `${is('tearing_down')} AND ${exited(2)}`,
  'every container gone': `${is('tearing_down')} AND ${exited(3)}`,
  'deployment gone': `${is('gone')} AND ${backend}`,
};
/** The same of a lease with nothing deployed, which is sooner there. */
const rowSteps: Record<string, string> = {
  'backend gone': `${closing} AND NOT ${backend} AND ${version}`,
  'version gone': `${closing} AND NOT ${version} AND ${file}`,
  'files gone': `${closing} AND NOT ${file} AND ${image}`,
  'image gone, lease not ended': `${closing} AND NOT ${file} AND NOT ${image}`,
  'lease ended': `${ended} AND EXISTS (SELECT 1 FROM loose_blobs)`,
};
/** The same of a proof, whose lease goes before its evidence is recorded. */
const proofSteps: Record<string, string> = {
  'evidence has its things': `${kept} AND NOT ${closing} AND NOT ${ended}`,
  'lease closing under evidence': `${kept} AND ${closing}`,
  'lease ended before evidence': `${kept} AND ${ended}`,
};
/** A moment may pass between two looks: it is tried so often. */
const attempts = 8;

/** Kills the host at each of `points` of what `begin` brings about, and looks at what the next one makes of it. */
async function killAtEach(
  kills: KillPoints,
  points: Record<string, (what: { lease: string; deployment: string }) => Step>,
  begin: () => Promise<{ told: () => Promise<Event[]>; lease: string; deployment: string }>,
): Promise<void> {
  const { workspace } = kills;
  for (const [point, stepOf] of Object.entries(points)) {
    let isReached = false;
    for (let attempt = 0; attempt < attempts && !isReached; attempt++) {
      const pid = await workspace.hostPid();
      const { told, ...what } = await begin();
      const step = stepOf(what);
      const killedAt = killAtStep(kills, pid, step);
      isReached = killedAt !== undefined && isAtStep(workspace, step);
      const events = await told();
      await workspace.hostPid();
      const row = isReached ? point : `${point} (missed)`;
      await kills.settle('host', row, { killedAt: killedAt ?? performance.now(), told: events, lease: what.lease });
    }
    expect(isReached, `"${point}" was reached`).toBe(true);
  }
}

function byRow(kills: KillPoints, conditions: Record<string, string>) {
  const stepOf = (condition: string) => (what: { lease: string; deployment: string }) => {
    const parameters = { ...what, slug: kills.slug };
    return (sqlite: Database.Database) => sqlite.prepare(`SELECT 1 WHERE ${condition}`).get(parameters) !== undefined;
  };
  return Object.fromEntries(Object.entries(conditions).map(([point, condition]) => [point, stepOf(condition)]));
}

describe('kill -9 of the host', () => {
  it('at every step of a rollback: the next goes on, and the receipt tells of all', {
    timeout: 1_200_000,
  }, async () => {
    await using kills = new KillPoints();
    kills.rows = rows;
    await killAtEach(kills, byRow(kills, steps), async () => {
      const { code, stdout, stderr } = await kills.start('ready', '--keep-lease').outcome;
      const told = eventsOf(stdout);
      const ready = told.at(-1);
      expect(ready?.type, `${code}: ${stdout}${stderr}`).toBe('ready');
      const lease = ready?.lease_id as string;
      const rollback = kills.workspace.start(['lease', 'rollback', lease]);
      return { lease, deployment: ready?.deployment_id as string, told: () => rollback.outcome.then(() => told) };
    });
    const { workspace, dir } = kills;
    await killAtEach(kills, byRow(kills, rowSteps), async () => {
      const { data } = await workspace.json<{ data: { lease_id: string } }>(['lease', 'create', '--ttl=10m']);
      const owned = [`--lease=${data.lease_id}`];
      await workspace.json(['component', 'publish', ...owned], { cwd: dir });
      await workspace.json(['file', 'upload', 'hello.json', ...owned], { cwd: dir });
      await workspace.json(['backend', 'create', ...owned]);
      const rollback = workspace.start(['lease', 'rollback', data.lease_id]);
      return { lease: data.lease_id, deployment: '', told: () => rollback.outcome.then(() => []) };
    });
  });

  it('at every step of the recording of a proof: nothing of it stays that nobody was told of', {
    timeout: 1_200_000,
  }, async () => {
    await using kills = new KillPoints();
    kills.rows = rows;
    const bundles = join(kills.workspace.home, 'bundles');
    const recorded = new Set<string>();
    const isNew = (end: string) => () =>
      existsSync(bundles) && readdirSync(bundles).some(name => name.endsWith(end) && !recorded.has(name));
    const points = {
      ...byRow(kills, proofSteps),
      'bundle begun': () => isNew('.part'),
      'bundle written, evidence not recorded': () => (sqlite: Database.Database) =>
        isNew('.proof')() && sqlite.prepare(`SELECT 1 FROM runs WHERE state = 'running'`).get() !== undefined,
    };
    await killAtEach(kills, points, async () => {
      for (const name of existsSync(bundles) ? readdirSync(bundles) : []) recorded.add(name);
      const run = kills.start('last case');
      const { lease_id } = await untilPoint(run, 'last case');
      return { lease: lease_id, deployment: '', told: async () => eventsOf((await run.outcome).stdout) };
    });
  });
});
