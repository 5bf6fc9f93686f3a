import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Workspace } from '../support/workspace.ts';

/** A file system of its own that is soon full: needs root, as CI has. */
class SmallDisk implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'proofbench-disk-'));

  constructor(megabytes: number) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', this.path]);
  }

  [Symbol.dispose](): void {
    execFileSync('umount', ['-l', this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }
}

it.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')(
  'a full disk is told, changes nothing, and what was acknowledged is still there',
  async () => {
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
  },
);
