import { afterAll, describe, expect, it } from 'vitest';
import { isAtRow, KillPoints, killAtRow } from '../support/kill-points.ts';
import { type KillRow, report } from '../support/kill-table.ts';
import { eventsOf } from '../support/workspace.ts';

const rows: KillRow[] = [];
afterAll(() => report(rows));

const closing = `EXISTS (SELECT 1 FROM leases WHERE id = @lease AND state = 'closing')`;
const exited = (count: number) =>
  `(SELECT count(*) FROM containers WHERE deployment_id = @deployment AND status = 'exited') = ${count}`;
const is = (status: string) => `EXISTS (SELECT 1 FROM deployments WHERE id = @deployment AND status = '${status}')`;
const backend = 'EXISTS (SELECT 1 FROM backends WHERE lease_id = @lease)';
const version = 'EXISTS (SELECT 1 FROM versions WHERE lease_id = @lease)';
const file = 'EXISTS (SELECT 1 FROM files WHERE lease_id = @lease)';
const image = `EXISTS (SELECT 1 FROM settings WHERE key LIKE 'loose_image:' || @image)`;

/** What is true at each step of a rollback and not before or after it. */
const steps: Record<string, string> = {
  'lease closing': `${closing} AND ${is('running')}`,
  'deployment tearing down': `${is('tearing_down')} AND ${exited(0)}`,
  'one container gone': `${is('tearing_down')} AND ${exited(1)}`,
  'two containers gone': `${is('tearing_down')} AND ${exited(2)}`,
  'every container gone': `${is('tearing_down')} AND ${exited(3)}`,
  'deployment gone': `${is('gone')} AND ${backend}`,
  'backend gone': `${closing} AND NOT ${backend} AND ${version}`,
  'version gone': `${closing} AND NOT ${version} AND ${file}`,
  'files gone': `${closing} AND ${is('gone')} AND NOT ${file} AND ${image}`,
  'image gone, lease not ended': `${closing} AND ${is('gone')} AND NOT ${file} AND NOT ${image}`,
  'lease ended': `NOT ${closing} AND EXISTS (SELECT 1 FROM loose_blobs)`,
};
/** A moment may pass between two looks: it is tried so often. */
const attempts = 4;

describe('kill -9 of the host at every step of a rollback', () => {
  it('the next goes on where it was, and the receipt tells of everything', { timeout: 600_000 }, async () => {
    await using kills = new KillPoints();
    kills.rows = rows;
    const { workspace } = kills;
    for (const [step, condition] of Object.entries(steps)) {
      const query = `SELECT 1 WHERE ${condition}`;
      let isReached = false;
      for (let attempt = 0; attempt < attempts && !isReached; attempt++) {
        const pid = await workspace.hostPid();
        const run = await kills.start('ready', '--keep-lease').outcome;
        const told = eventsOf(run.stdout);
        const ready = told.at(-1) as unknown as { type: string; lease_id: string; deployment_id: string };
        expect(ready?.type, `${run.code}: ${run.stdout}${run.stderr}`).toBe('ready');
        const what = { lease: ready.lease_id, deployment: ready.deployment_id, image: `%${kills.slug}%` };
        const rollback = workspace.start(['lease', 'rollback', ready.lease_id]);
        const killedAt = killAtRow(kills, pid, query, what);
        isReached = killedAt !== undefined && isAtRow(workspace, query, what);
        await rollback.outcome;
        expect(await workspace.hostPid()).not.toBe(killedAt === undefined ? 0 : pid);
        const point = isReached ? step : `${step} (missed)`;
        await kills.settle('host, in a rollback', point, { killedAt: killedAt ?? performance.now(), told });
      }
      expect(isReached, `"${step}" was reached`).toBe(true);
    }
  });
});
