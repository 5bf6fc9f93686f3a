import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import { findExecutable, runSubprocess } from '../../base/subprocess.ts';

/** Needed to install packages, never to run a program. */
const toolsOnly = ['dpkg', 'perl-base', 'tar', 'debconf', 'libdpkg-perl'];

/** Whether this machine can make a root file system out of its own distribution's packages. */
export function hasDebianPackages(architecture: 'x64' | 'arm64'): boolean {
  if (process.platform !== 'linux' || process.arch !== architecture) return false;
  return findExecutable('apt-get') !== undefined && findExecutable('dpkg') !== undefined;
}

/** Downloads packages and all they depend on, and unpacks them into `root`. Installs nothing on this machine. */
export async function unpackDebianPackages(
  names: string[],
  root: string,
  scratch: string,
  signal: AbortSignal,
): Promise<void> {
  const archives = join(scratch, 'archives');
  await mkdir(join(archives, 'partial'), { recursive: true });
  await writeFile(join(scratch, 'status'), '');
  const settings = [
    // An empty status: as if nothing were installed, so that the whole closure is downloaded.
    `Dir::State::status=${join(scratch, 'status')}`,
    `Dir::Cache::archives=${archives}`,
    'APT::Install-Recommends=0',
    'APT::Sandbox::User=root',
    'Debug::NoLocking=1',
  ].flatMap(setting => ['-o', setting]);
  const download = () => runSubprocess('apt-get', [...settings, '-y', '-d', 'install', ...names], { signal });
  let result = await download();
  if (result.code !== 0) {
    // The package lists are missing or too old.
    await runSubprocess('apt-get', ['update'], { signal });
    result = await download();
  }
  if (result.code !== 0) {
    throw new AppError('image_missing', `apt-get could not download ${names.join(', ')}.`, {
      hint: 'Check the network, run: sudo apt-get update. Then try again.',
      details: { output: result.output },
    });
  }
  const files = (await readdir(archives)).filter(file => file.endsWith('.deb')).sort();
  for (const file of files) {
    if (toolsOnly.some(tool => file.startsWith(`${tool}_`))) continue;
    const unpacked = await runSubprocess('dpkg', ['-x', join(archives, file), root], { signal });
    if (unpacked.code !== 0) {
      throw new AppError('build_failed', `dpkg could not unpack ${file}.`, { details: { output: unpacked.output } });
    }
  }
}
