import { lstat, readdir, readlink } from 'node:fs/promises';
import { isAbsolute, join, posix } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import type { TarEntry } from './tar-file.ts';

export interface FolderOptions {
  /** True for what is left out; `path` is relative to the folder, `/`-separated. */
  skip?(path: string): boolean;
  /** A folder's true modes and links are kept, for a root file system; else modes are 0644 or 0755. */
  verbatim?: boolean;
}

/**
 * What a folder holds as tar entries under `prefix`, sorted, the same on every machine. Links may only point inside
 * the folder; anything that is neither file, folder nor link is refused.
 */
export async function folderEntries(folder: string, prefix: string, options: FolderOptions = {}): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  await walk('');
  return entries;

  async function walk(below: string): Promise<void> {
    const names = (await readdir(join(folder, below))).sort(byCodeUnits);
    for (const name of names) {
      const path = below ? `${below}/${name}` : name;
      if (options.skip?.(path)) continue;
      const entry = await entryOf(path);
      entries.push(entry);
      if (entry.type === 'directory') await walk(path);
    }
  }

  async function entryOf(path: string): Promise<TarEntry> {
    const full = join(folder, path);
    const name = prefix ? `${prefix}/${path}` : path;
    const stat = await lstat(full);
    // What the maker's umask took from group and others is given back: containers run as a user that owns none of it.
    const permissions = (stat.mode & 0o777) | (stat.isDirectory() || stat.mode & 0o100 ? 0o055 : 0o044);
    if (stat.isDirectory()) return { name, type: 'directory', mode: options.verbatim ? permissions : 0o755 };
    if (stat.isFile()) {
      const mode = options.verbatim ? permissions : stat.mode & 0o111 ? 0o755 : 0o644;
      return { name, type: 'file', mode, file: { path: full, size: stat.size } };
    }
    if (!stat.isSymbolicLink()) throw refused(full, 'is neither a file nor a folder');
    const target = (await readlink(full)).replaceAll('\\', '/');
    if (!options.verbatim && leaves(path, target)) throw refused(full, `links out of its folder, to ${target}`);
    return { name, type: 'symlink', mode: 0o777, linkname: target };
  }
}

function leaves(path: string, target: string): boolean {
  if (isAbsolute(target) || posix.isAbsolute(target)) return true;
  const resolved = posix.normalize(posix.join(posix.dirname(path), target));
  return resolved === '..' || resolved.startsWith('../');
}

function refused(path: string, why: string): AppError {
  return new AppError('component_invalid', `${path} ${why}.`, { hint: 'Replace it by a copy of the file.' });
}

function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
