import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import { buildLayer, type Layer, type LayerSource, layerEntries } from './layer.ts';
import { writeTar } from './tar-file.ts';

const maxSourceBytes = 512 * 1024 * 1024;
/** What a working directory has beside the source; dependencies come from the lockfile. */
const leftOut = new Set(['node_modules', '__pycache__', '.git', '.DS_Store']);

export interface SourceArchive {
  path: string;
  sha256: string;
  bytes: number;
}

/** The component's source as one tar, the same bytes for the same files on every machine: what evidence keeps. */
export async function sourceArchive(dir: string, cacheDir: string, signal?: AbortSignal): Promise<SourceArchive> {
  const entries = await layerEntries(await sourcesOf(dir, ''));
  const bytes = entries.reduce((sum, entry) => sum + (entry.file?.size ?? 0), 0);
  if (bytes > maxSourceBytes) {
    throw new AppError(
      'component_invalid',
      `The source of ${dir} is ${Math.ceil(bytes / 1024 / 1024)} MiB; the limit is 512 MiB.`,
      {
        hint: 'Move large files such as models out of src/ and bind them to a file slot.',
      },
    );
  }
  const folder = join(cacheDir, 'sources');
  return writeTar(entries, folder, sha256 => join(folder, `${sha256}.tar`), signal);
}

/** The source as the image's topmost layer, under `/app`. */
export async function sourceLayer(dir: string, cacheDir: string, signal?: AbortSignal): Promise<Layer> {
  return buildLayer(cacheDir, await sourcesOf(dir, 'app/'), signal ? { signal } : {});
}

async function sourcesOf(dir: string, prefix: string): Promise<LayerSource[]> {
  const skip = (path: string) => leftOut.has(path.slice(path.lastIndexOf('/') + 1));
  const sources: LayerSource[] = [];
  for (const name of ['component.yml', 'src', 'README.md']) {
    const from = join(dir, name);
    const found = await stat(from).catch(() => undefined);
    if (found) sources.push({ from, to: prefix + name, skip });
    else if (name !== 'README.md') {
      throw new AppError('component_invalid', `${from} is missing.`, {
        hint: 'A component is a folder with component.yml and src/.',
      });
    }
  }
  return sources;
}
