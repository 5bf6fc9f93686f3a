import { afterAll, describe, expect, it } from 'vitest';
import { App } from '../support/app.ts';
import { KillPoints, points, toldIn, untilPoint } from '../support/kill-points.ts';
import { type KillRow, report } from '../support/kill-table.ts';
import { eventsOf } from '../support/workspace.ts';

const rows: KillRow[] = [];
afterAll(() => report(rows));
/** As many callers as run at the same time. */
const atOnce = 3;

describe('kill -9 at every event of a run', () => {
  it('of the host: the next takes over, the caller hears it, and nothing is left or lost', {
    timeout: 1_200_000,
  }, async () => {
    await using kills = new KillPoints();
    kills.rows = rows;
    const { workspace } = kills;
    let pid = await workspace.hostPid();
    for (const point of points) {
      const run = kills.start(point);
      await untilPoint(run, point);
      const killedAt = kills.kill(pid);
      const { stdout, stderr } = await run.outcome;
      const next = await workspace.hostPid();
      expect(next).not.toBe(pid);
      pid = next;
      const told = eventsOf(stdout);
      expect(
        told.map(({ seq }) => seq),
        `the stream went on where it was, without a gap, after "${point}"`,
      ).toEqual(told.map((_, index) => index + 1));
      expect(told.at(-1), stderr).toSatisfy(
        event => event.error?.code === 'host_lost' || ['ready', 'proof'].includes(event.type),
      );
      await kills.settle('host', point, { killedAt, told });
    }
  });

  it('of the app: its host ends with it, the next takes over, and nothing is left or lost', {
    timeout: 1_200_000,
  }, async () => {
    await using kills = new KillPoints();
    kills.rows = rows;
    await using app = await App.start({}, kills.workspace);
    for (const point of points) {
      const host = await app.hostPid();
      const run = kills.start(point);
      await untilPoint(run, point);
      const killedAt = kills.killed(host);
      await app.kill();
      const told = eventsOf((await run.outcome).stdout);
      expect(told.at(-1), `after "${point}"`).toSatisfy(
        event => event.error?.code === 'host_lost' || ['ready', 'proof'].includes(event.type),
      );
      await app.launch();
      await kills.settle('app', point, { killedAt, told });
    }
  });

  it('of the caller: its lease rolls back, and nothing is left or lost', { timeout: 1_200_000 }, async () => {
    await using kills = new KillPoints();
    kills.rows = rows;
    const pid = await kills.workspace.hostPid();
    for (let at = 0; at < points.length; at += atOnce) {
      const killed = points.slice(at, at + atOnce).map(async point => {
        const run = kills.start(point);
        await untilPoint(run, point);
        const killedAt = performance.now();
        run.kill('SIGKILL');
        return { point, killedAt, told: toldIn((await run.outcome).stdout) };
      });
      for (const { point, ...kill } of await Promise.all(killed)) await kills.settle('caller', point, kill);
    }
    expect(await kills.workspace.hostPid(), 'the host was the same all along').toBe(pid);
  });
});
