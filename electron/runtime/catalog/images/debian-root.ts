import { chmod, copyFile, lstat, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import { runSubprocess } from '../../base/subprocess.ts';
import { unpackDebianPackages } from './debian-packages.ts';
import { folderEntries } from './folder-entries.ts';
import { npmEnvironment } from './npm.ts';
import { withCommonEntries } from './root-file-system.ts';
import { scratchFolder } from './scratch.ts';
import type { TarEntry } from './tar-file.ts';

/** The Node of the JavaScript base image where no registry of images answers. */
export const nodeVersion = '24.21.0';

/** Nothing reads these in a container. */
const dropped = [
  /^usr\/share\/(doc|man|locale|lintian|info|bash-completion|applications|pixmaps|doc-base|menu|gcc)(\/|$)/,
  /^usr\/lib\/[^/]+\/gconv(\/|$)/,
  /^lib\/[^/]+\/gconv(\/|$)/,
  /^usr\/lib\/python3\/dist-packages\/numpy\/(.*\/)?tests(\/|$)/,
];

export interface DebianRoot {
  entries: TarEntry[];
  /** `3.11`, where it has a Python. */
  python?: string;
}

/**
 * Makes the root of a base image out of this machine's distribution, with no registry of images needed, in
 * `scratch`, and hands its entries to `use` before it is thrown away.
 */
export async function withDebianRoot<T>(
  language: 'js' | 'py',
  scratchParent: string,
  signal: AbortSignal,
  use: (root: DebianRoot) => Promise<T>,
): Promise<T> {
  const scratch = await scratchFolder(scratchParent, 'root');
  const root = join(scratch, 'root');
  try {
    await mkdir(root);
    const python =
      language === 'js' ? await javascriptRoot(root, scratch, signal) : await pythonRoot(root, scratch, signal);
    const skip = (path: string) => dropped.some(pattern => pattern.test(path));
    const entries = withCommonEntries(await folderEntries(root, '', { verbatim: true, skip }));
    return await use({ entries, ...(python === undefined ? {} : { python }) });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function javascriptRoot(root: string, scratch: string, signal: AbortSignal): Promise<undefined> {
  await unpackDebianPackages(['libc6', 'libstdc++6', 'libgcc-s1', 'busybox-static'], root, scratch, signal);
  await finishSystem(root, signal);
  await mkdir(join(root, 'usr/local/bin'), { recursive: true });
  const target = join(root, 'usr/local/bin/node');
  await copyFile(await nodeBinary(scratch, signal), target);
  await chmod(target, 0o755);
}

/** The one that `npm ci` brought for this app, else the same from the registry. */
async function nodeBinary(scratch: string, signal: AbortSignal): Promise<string> {
  const name = `node-linux-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const manifest = require.resolve(`${name}/package.json`);
    if ((require(manifest) as { version: string }).version === nodeVersion) return join(dirname(manifest), 'bin/node');
  } catch {
    // Left out of this installation: a packaged app, or another platform's lockfile.
  }
  const { npm, env } = npmEnvironment();
  const packed = await runSubprocess(npm, ['pack', '--silent', `${name}@${nodeVersion}`], {
    cwd: scratch,
    env,
    signal,
  });
  const archive = packed.stdout.trim().split('\n').at(-1) ?? '';
  const unpacked =
    packed.code === 0
      ? await runSubprocess('tar', ['-xzf', archive, 'package/bin/node'], { cwd: scratch, signal })
      : packed;
  if (unpacked.code !== 0) {
    throw new AppError('image_missing', `${name}@${nodeVersion} could not be taken from the npm registry.`, {
      hint: 'Check the network, then try again.',
      details: { output: unpacked.output },
    });
  }
  return join(scratch, 'package/bin/node');
}

async function pythonRoot(root: string, scratch: string, signal: AbortSignal): Promise<string> {
  const packages = ['python3-minimal', 'libpython3-stdlib', 'python3-numpy', 'busybox-static'];
  await unpackDebianPackages(packages, root, scratch, signal);
  await finishSystem(root, signal);
  const libraries = join(root, 'usr/lib', await multiarch(root));
  for (const [name, folder] of [
    ['libblas.so.3', 'blas'],
    ['liblapack.so.3', 'lapack'],
  ] as const) {
    // Debian chooses between implementations when it installs; nothing was installed.
    if (await exists(join(libraries, folder, name))) await linkOnce(`${folder}/${name}`, join(libraries, name));
  }
  await linkOnce('python3', join(root, 'usr/bin/python'));
  const python = (await readdir(join(root, 'usr/bin'))).map(name => /^python(3\.\d+)$/.exec(name)?.[1]).find(Boolean);
  if (!python) throw new AppError('image_missing', "The distribution's python3-minimal brings no python3.x.");
  await compile(root, python, signal);
  return python;
}

/**
 * Byte code for the standard library and NumPy: a third of the start-up time, and a read-only root could not keep it.
 * The root's own interpreter makes it, through its own loader, so neither chroot nor root rights are needed.
 */
async function compile(root: string, python: string, signal: AbortSignal): Promise<void> {
  const arch = await multiarch(root);
  const folders = [`lib/${arch}`, `usr/lib/${arch}`];
  let loader: string | undefined;
  for (const folder of folders) {
    const names = await readdir(join(root, folder)).catch(() => []);
    const found = names.find(name => /^ld-linux-.*\.so\.\d$/.test(name));
    loader ??= found && join(root, folder, found);
  }
  if (!loader) return;
  const libraryPath = folders.map(folder => join(root, folder)).join(':');
  const modules = [join(root, `usr/lib/python${python}`), join(root, 'usr/lib/python3')];
  const compileAll = ['-m', 'compileall', '-q', '-f', '-j', '0', '--invalidation-mode', 'unchecked-hash'];
  // Forced, and nothing written on import: those would carry times and the scratch folder's name.
  // Some files of NumPy's are not meant to compile: the exit code says nothing.
  await runSubprocess(
    loader,
    [
      '--library-path',
      libraryPath,
      join(root, `usr/bin/python${python}`),
      ...compileAll,
      '-s',
      root,
      '-p',
      '/',
      ...modules,
    ],
    {
      env: { PYTHONHOME: join(root, 'usr'), PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: '1', LC_ALL: 'C.UTF-8' },
      signal,
    },
  );
}

/** A shell and the usual commands, and the links from `/` that newer distributions no longer ship in packages. */
async function finishSystem(root: string, signal: AbortSignal): Promise<void> {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    if (!(await exists(join(root, name)))) {
      await mkdir(join(root, 'usr', name), { recursive: true });
      await symlink(`usr/${name}`, join(root, name));
    }
  }
  const busybox = (await exists(join(root, 'bin/busybox'))) ? 'bin' : 'usr/bin';
  const list = await runSubprocess(join(root, busybox, 'busybox'), ['--list'], { signal });
  for (const applet of list.stdout.split('\n').filter(Boolean)) await linkOnce('busybox', join(root, busybox, applet));
  await mkdir(join(root, 'usr/bin'), { recursive: true });
  await linkOnce('/bin/busybox', join(root, 'usr/bin/env'));
}

async function multiarch(root: string): Promise<string> {
  for (const name of ['x86_64-linux-gnu', 'aarch64-linux-gnu']) {
    if ((await exists(join(root, 'usr/lib', name))) || (await exists(join(root, 'lib', name)))) return name;
  }
  throw new AppError('image_missing', 'The distribution keeps its libraries in a place that is not known.');
}

async function linkOnce(target: string, path: string): Promise<void> {
  if (!(await exists(path))) await symlink(target, path);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
