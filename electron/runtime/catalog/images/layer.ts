import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../../shared/errors.ts';
import { type FolderOptions, folderEntries } from './folder-entries.ts';
import { temporaryName } from './scratch.ts';
import { type TarEntry, writeTar } from './tar-file.ts';

/** One layer of an image: a tar, and the SHA-256 of it as the image's config names it. */
export interface Layer {
  path: string;
  /** `sha256:…` */
  diffId: string;
  bytes: number;
}

export interface LayerSource extends FolderOptions {
  /** A file or folder of this machine. */
  from: string;
  /** Where it goes in the image, without a leading slash. */
  to: string;
}

/** The tar entries of several sources, with the folders above them, sorted. */
export async function layerEntries(sources: LayerSource[]): Promise<TarEntry[]> {
  const entries = new Map<string, TarEntry>();
  for (const source of sources) {
    const found = await lstat(source.from);
    if (found.isSymbolicLink()) {
      throw new AppError('component_invalid', `${source.from} is a link.`, {
        hint: 'Replace it by a copy of what it links to.',
      });
    }
    const list = found.isDirectory()
      ? [folderEntry(source.to), ...(await folderEntries(source.from, source.to, source))]
      : [fileEntry(source, found.size, found.mode)];
    for (const entry of list) entries.set(entry.name, entry);
  }
  for (const name of [...entries.keys()]) {
    const parts = name.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join('/');
      if (!entries.has(parent)) entries.set(parent, folderEntry(parent));
    }
  }
  return [...entries.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** The folders above are named in each layer, as an engine would make up an owner for them: `/app` is the component's. */
function folderEntry(name: string): TarEntry {
  const owner = name === 'app' ? 1000 : 0;
  return { name, type: 'directory', mode: 0o755, uid: owner, gid: owner };
}

function fileEntry(source: LayerSource, size: number, mode: number): TarEntry {
  return { name: source.to, type: 'file', mode: mode & 0o111 ? 0o755 : 0o644, file: { path: source.from, size } };
}

/**
 * A layer, from the cache where one with this key was made before. `key` must change whenever the content would; by
 * default it is made from the content.
 */
export async function buildLayer(
  cacheDir: string,
  sources: LayerSource[],
  options: { key?: string; signal?: AbortSignal } = {},
): Promise<Layer> {
  const folder = join(cacheDir, 'layers');
  const entries = options.key ? undefined : await layerEntries(sources);
  const key = options.key ?? (await contentKey(entries ?? []));
  const cached = await cachedLayer(cacheDir, key);
  if (cached) return cached;
  const list = entries ?? (await layerEntries(sources));
  const tar = await writeTar(list, folder, sha256 => join(folder, `${sha256}.tar`), options.signal);
  await writeJson(join(folder, `${key}.json`), { sha256: tar.sha256, bytes: tar.bytes });
  return { path: tar.path, diffId: `sha256:${tar.sha256}`, bytes: tar.bytes };
}

/** The layer that was made under this key, if its file is still whole in length. */
export async function cachedLayer(cacheDir: string, key: string): Promise<Layer | undefined> {
  const folder = join(cacheDir, 'layers');
  try {
    const { sha256, bytes } = JSON.parse(await readFile(join(folder, `${basename(key)}.json`), 'utf8')) as {
      sha256: string;
      bytes: number;
    };
    const path = join(folder, `${sha256}.tar`);
    if ((await stat(path)).size !== bytes) return undefined;
    return { path, diffId: `sha256:${sha256}`, bytes };
  } catch {
    return undefined;
  }
}

/** A hash of names, kinds and contents. */
export async function contentKey(entries: TarEntry[]): Promise<string> {
  const hash = createHash('sha256');
  for (const entry of entries) {
    const owner = [entry.uid ?? 0, entry.gid ?? 0];
    const head = [entry.type, entry.name, entry.mode, ...owner, entry.linkname ?? '', entry.file?.size ?? 0];
    hash.update(`${JSON.stringify(head)}\n`);
    if (entry.content) hash.update(entry.content);
    if (entry.file) {
      await pipeline(createReadStream(entry.file.path), async source => {
        for await (const chunk of source) hash.update(chunk as Buffer);
      });
    }
  }
  return hash.digest('hex');
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  const temporary = temporaryName(path);
  await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`);
  await rename(temporary, path);
}
