import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { describe, expect, it } from 'vitest';
import { KillPoints, untilPoint } from '../support/kill-points.ts';
import { eventsOf } from '../support/workspace.ts';

const docker = new Docker();

/** What other workspaces and other programs have on the same engine. */
class Foreign implements AsyncDisposable {
  readonly #remove: (() => Promise<unknown>)[] = [];
  readonly #ids = { containers: [] as string[], networks: [] as string[], volumes: [] as string[] };

  /** Two of each kind: one with another workspace's labels, one with nobody's. */
  static async create(image: string): Promise<Foreign> {
    const foreign = new Foreign();
    const mark = Math.random().toString(36).slice(2, 8);
    const another = { 'proofbench.workspace': `ws_another${mark}`, 'proofbench.lease': 'lse_another' };
    for (const [at, Labels] of [another, {}].entries()) {
      const name = `proofbench-cut-${mark}${at}`;
      const container = await docker.createContainer({ name, Image: image, Labels });
      const network = await docker.createNetwork({ Name: name, Labels, Internal: true });
      await docker.createVolume({ Name: name, Labels });
      foreign.#ids.containers.push(container.id);
      foreign.#ids.networks.push(network.id);
      foreign.#ids.volumes.push(name);
      foreign.#remove.push(
        () => container.remove({ force: true }),
        () => network.remove(),
        () => docker.getVolume(name).remove(),
      );
    }
    return foreign;
  }

  async areAllThere(): Promise<boolean> {
    const { containers, networks, volumes } = this.#ids;
    const [c, n, v] = await Promise.all([
      docker.listContainers({ all: true }),
      docker.listNetworks(),
      docker.listVolumes(),
    ]);
    return (
      containers.every(id => c.some(({ Id }) => Id === id)) &&
      networks.every(id => n.some(({ Id }) => Id === id)) &&
      volumes.every(name => (v.Volumes ?? []).some(({ Name }) => Name === name))
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const remove of this.#remove) await remove().catch(() => undefined);
  }
}

describe('The next host', () => {
  it('finds by their labels what a workspace without its database has on Docker, and touches nothing of others', async () => {
    await using kills = new KillPoints();
    const { workspace } = kills;
    const pid = await workspace.hostPid();
    const run = await kills.start('ready', '--keep-lease').outcome;
    expect(run.code, run.stderr).toBe(0);
    const mine = await workspace.onEngine();
    expect(mine.filter(name => name.startsWith('container'))).toHaveLength(4);
    const [container] = await docker.listContainers({
      filters: { label: [`proofbench.workspace=${workspace.workspaceId}`] },
    });
    await using foreign = await Foreign.create(container?.ImageID as string);
    kills.kill(pid);
    for (const end of ['', '-wal', '-shm']) rmSync(join(workspace.home, `workspace.db${end}`), { force: true });
    await workspace.hostPid();
    await expect.poll(() => workspace.besideGateway(), { timeout: 30_000 }).toEqual([]);
    expect(await foreign.areAllThere()).toBe(true);
    expect(await workspace.json(['lease', 'list'])).toMatchObject({ items: [] });
  });

  it('is one, however many are started at once over what a killed one left', async () => {
    await using kills = new KillPoints();
    const { workspace } = kills;
    const pid = await workspace.hostPid();
    const run = kills.start('container');
    await untilPoint(run, 'container');
    const killedAt = kills.kill(pid);
    for (let number = 0; number < 4; number++) workspace.start(['host', 'run', '--background']);
    const pids = await Promise.all(Array.from({ length: 4 }, () => workspace.hostPid()));
    expect(new Set(pids).size).toBe(1);
    const told = eventsOf((await run.outcome).stdout);
    expect(told.at(-1)).toMatchObject({ type: 'failed', error: { code: 'host_lost' } });
    await kills.settle('host, four started at once', 'container', { killedAt, told });
  });
});
