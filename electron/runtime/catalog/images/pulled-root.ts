import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { AppError } from '../../../../shared/errors.ts';
import { findExecutable, runSubprocess } from '../../base/subprocess.ts';
import { layerEntries } from './layer.ts';
import { accountFiles, commonFolders, withCommonEntries } from './root-file-system.ts';
import { scratchFolder } from './scratch.ts';
import type { TarEntry } from './tar-file.ts';

/** What the engine puts into every container itself. */
const enginesOwn = /^(\.dockerenv|dev\/.*|proc\/.*|sys\/.*|etc\/(hostname|hosts|resolv\.conf))$/;

/** An exported root as entries: times and users normalised, our folders and accounts in place of its own. */
export async function* pulledEntries(tar: Readable, extra: TarEntry[] = []): AsyncGenerator<TarEntry> {
  const ours = withCommonEntries(extra);
  const names = new Set([...commonFolders.map(folder => folder.name), ...Object.keys(accountFiles)]);
  const parser = extract();
  const failed = new Promise<never>((_, reject) => {
    tar.once('error', reject);
  });
  failed.catch(error => parser.destroy(error));
  tar.pipe(parser as unknown as NodeJS.WritableStream);
  for await (const entry of parser) {
    const { header } = entry;
    const name = header.name.replace(/^\.?\//, '').replace(/\/$/, '');
    const type = header.type ?? 'file';
    const known = type === 'file' || type === 'directory' || type === 'symlink' || type === 'link';
    if (!name || !known || enginesOwn.test(name) || names.has(name)) {
      entry.resume();
      continue;
    }
    const base = { name, type, mode: (header.mode ?? 0o755) & 0o777, uid: header.uid ?? 0, gid: header.gid ?? 0 };
    if (type === 'file') {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      yield { ...base, content: Buffer.concat(chunks) };
    } else {
      entry.resume();
      const linkname = type === 'link' ? header.linkname?.replace(/^\.?\//, '') : header.linkname;
      yield { ...base, ...(linkname ? { linkname } : {}) };
    }
  }
  yield* ours;
}

/** NumPy for a pulled Python image, as a wheel that this machine's pip fetches for the engine's platform. */
export async function withNumpy<T>(
  architecture: 'x64' | 'arm64',
  scratchParent: string,
  signal: AbortSignal,
  use: (entries: TarEntry[]) => Promise<T>,
): Promise<T> {
  const python = findExecutable('python3') ?? findExecutable('python');
  if (!python) {
    throw new AppError(
      'image_missing',
      'The Python base image needs NumPy, and there is no python3 with pip to fetch it.',
      {
        hint: 'Install Python 3 with pip, then try again.',
      },
    );
  }
  const scratch = await scratchFolder(scratchParent, 'numpy');
  try {
    const args = pipInstallArguments(architecture, '3.11', scratch);
    const result = await runSubprocess(python, [...args, 'numpy==2.2.6'], { signal });
    if (result.code !== 0) {
      throw new AppError('image_missing', 'pip could not fetch NumPy for the Python base image.', {
        hint: 'Check the network, then try again.',
        details: { output: result.output },
      });
    }
    const to = 'usr/local/lib/python3.11/site-packages';
    return await use(await layerEntries([{ from: scratch, to }]));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Installs wheels for the engine's platform into a folder, whatever this machine is. */
export function pipInstallArguments(architecture: 'x64' | 'arm64', python: string, target: string): string[] {
  const machine = architecture === 'arm64' ? 'aarch64' : 'x86_64';
  return [
    ...['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--no-compile', '--target', target],
    ...[`manylinux2014_${machine}`, `manylinux_2_28_${machine}`].flatMap(platform => ['--platform', platform]),
    ...['--python-version', python, '--implementation', 'cp', '--only-binary=:all:'],
  ];
}
