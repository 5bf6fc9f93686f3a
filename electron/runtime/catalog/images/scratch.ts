import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../../base/process.ts';

/** In the cache, which hosts of all workspaces share. */
const folders = ['base', 'layers', 'sources', 'work'];
/** The process that works with it. */
const owner = /\.(\d+)-[^.]*(?:\.tmp)?$/;
let temporaryNames = 0;

/** A name beside `path` that no other process or call uses, for a file that gets its own when it is whole. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}-${Date.now()}-${temporaryNames++}.tmp`;
}

/** A new folder in `parent`, which is made where it is missing. Whoever asked for it removes it. */
export async function scratchFolder(parent: string, name: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, `${name}.${process.pid}-`));
}

/** Removes what processes that are gone had begun to write into the cache. */
export async function sweepScratch(cacheDir: string): Promise<void> {
  for (const folder of folders.map(name => join(cacheDir, name))) {
    const names = await readdir(folder).catch(() => []);
    const left = names.filter(name => {
      const pid = owner.exec(name)?.[1];
      return pid !== undefined && !isAlive(Number(pid));
    });
    for (const name of left) await rm(join(folder, name), { recursive: true, force: true });
  }
}
