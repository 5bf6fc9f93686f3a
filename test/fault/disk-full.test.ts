import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KillPoints, type Point, untilPoint } from '../support/kill-points.ts';
import { eventsOf, Workspace } from '../support/workspace.ts';

/** A file system of its own that is soon full: needs root, as CI has. */
class SmallDisk implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'proofbench-disk-'));

  constructor(megabytes: number) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', this.path]);
  }

  /** Leaves nothing of it. */
  fill(): void {
    const file = openSync(this.#filler, 'w');
    for (const bytes of [2 ** 20, 4096]) {
      const block = Buffer.alloc(bytes, 1);
      try {
        while (writeSync(file, block) === bytes);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
    closeSync(file);
  }

  /** Gives back what `fill` took. */
  free(): void {
    rmSync(this.#filler, { force: true });
  }

  get #filler(): string {
    return join(this.path, 'filler');
  }

  [Symbol.dispose](): void {
    execFileSync('umount', ['-l', this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }
}

describe.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')('A full disk', () => {
  it('is told, changes nothing, and what was acknowledged is still there', async () => {
    using disk = new SmallDisk(12);
    await using workspace = new Workspace({ PROOFBENCH_HOME: join(disk.path, 'home') });
    const dir = workspace.folder({ 'small.bin': Buffer.alloc(1000, 1), 'large.bin': Buffer.alloc(40 * 2 ** 20, 2) });
    await workspace.json(['file', 'upload', 'small.bin', '--name', 'small'], { cwd: dir });
    const refused = await workspace.ppl(['file', 'upload', 'large.bin', '--name', 'large'], { cwd: dir });
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('disk_full');
    const { items } = await workspace.json<{ items: { name: string }[] }>(['file', 'list']);
    expect(items.map(file => file.name)).toEqual(['small']);
    await workspace.json(['backend', 'create', '--name', 'there is room again']);
  });

  for (const point of ['fixture_uploaded', 'deploy_started', 'container', 'last case'] satisfies Point[]) {
    it(`from the "${point}" of a run on: when there is space again nothing is lost and nothing is left`, async () => {
      using disk = new SmallDisk(64);
      await using kills = new KillPoints(
        new Workspace({ PROOFBENCH_HOME: join(disk.path, 'home'), PROOFBENCH_HOST_LINGER_MS: '60000' }),
      );
      await kills.workspace.hostPid();
      const run = kills.start(point);
      await untilPoint(run, point);
      disk.fill();
      const { code, stdout, stderr } = await run.outcome;
      const freedAt = performance.now();
      disk.free();
      const told = eventsOf(stdout);
      expect({ code, error: JSON.parse(stderr) }).toMatchObject({ code: 5, error: { error: { code: 'disk_full' } } });
      await kills.settle('disk', point, { killedAt: freedAt, told });
    });
  }
});
