import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import type { SingleFlight } from '../../base/single-flight.ts';
import { findExecutable, runSubprocess, type SubprocessResult } from '../../base/subprocess.ts';
import type { Architecture, BaseImage } from './base-images.ts';
import { buildLayer, cachedLayer, type Layer } from './layer.ts';
import { npmEnvironment } from './npm.ts';
import { isForOtherPlatform } from './other-platforms.ts';
import type { WorkOptions } from './progress.ts';
import { pipInstallArguments } from './pulled-root.ts';
import { scratchFolder } from './scratch.ts';

/** Raised when what a dependency layer holds changes for the same lockfile. */
const recipe = 1;

/**
 * The layer of a component's dependencies, resolved on this machine from what its lockfile pins, or undefined if it
 * has none. Made once per lockfile and platform.
 */
export async function dependencyLayer(
  dir: string,
  base: BaseImage,
  cacheDir: string,
  flights: SingleFlight,
  options: WorkOptions,
): Promise<Layer | undefined> {
  const wanted = base.language === 'js' ? await npmLock(dir) : await requirements(dir);
  if (wanted === undefined) return undefined;
  const hash = createHash('sha256');
  for (const part of [String(recipe), base.architecture, base.python ?? '', ...wanted])
    hash.update(`${part.length}:${part}`);
  const key = `${base.language === 'js' ? 'npm' : 'pip'}-${hash.digest('hex')}`;
  const cached = await cachedLayer(cacheDir, key);
  if (cached) return cached;
  if (options.offline) {
    throw new AppError(
      'offline',
      `The dependencies of ${dir} are not in the cache, and --offline forbids to fetch them.`,
      {
        hint: 'Publish once with the network; after that this lockfile works offline.',
        details: {
          missing: [base.language === 'js' ? join(dir, 'src/package-lock.json') : join(dir, 'src/requirements.txt')],
        },
      },
    );
  }
  return flights.run(key, options.signal, async signal => {
    const scratch = await scratchFolder(join(cacheDir, 'work'), base.language);
    try {
      const install = base.language === 'js' ? installNpm : installPip;
      const from = await install(dir, scratch, base, { ...options, signal });
      const skip = skipFor(base.architecture);
      return await buildLayer(
        cacheDir,
        [{ from, to: base.language === 'js' ? 'app/node_modules' : 'app/deps', skip }],
        { key, signal },
      );
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
}

function skipFor(architecture: Architecture): (path: string) => boolean {
  return path =>
    path === '.bin' ||
    path.includes('/.bin/') ||
    path === '.package-lock.json' ||
    isForOtherPlatform(path, architecture);
}

async function npmLock(dir: string): Promise<string[] | undefined> {
  const manifestPath = join(dir, 'src', 'package.json');
  const manifest = await textOf(manifestPath);
  if (manifest === undefined) return undefined;
  let dependencies: unknown;
  try {
    const parsed = JSON.parse(manifest) as { dependencies?: object; optionalDependencies?: object };
    dependencies = { ...parsed.optionalDependencies, ...parsed.dependencies };
  } catch (error) {
    throw new AppError('component_invalid', `${manifestPath} is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (Object.keys(dependencies as object).length === 0) return undefined;
  const lock = await textOf(join(dir, 'src', 'package-lock.json'));
  if (lock === undefined) {
    throw new AppError(
      'component_invalid',
      `${manifestPath} has dependencies, and there is no src/package-lock.json that pins them.`,
      {
        hint: `Run: npm install --package-lock-only --prefix ${join(dir, 'src')}. Then publish again.`,
      },
    );
  }
  return [manifest, lock];
}

async function requirements(dir: string): Promise<string[] | undefined> {
  const text = await textOf(join(dir, 'src', 'requirements.txt'));
  const lines = (text ?? '').split('\n').map(line => line.replace(/(^|\s)#.*$/, '').trim());
  return lines.some(Boolean) ? [text ?? ''] : undefined;
}

async function installNpm(dir: string, scratch: string, base: BaseImage, options: WorkOptions): Promise<string> {
  options.progress?.({ message: 'Installing npm dependencies' });
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    await cp(join(dir, 'src', name), join(scratch, name)).catch(error => {
      if (name !== '.npmrc') throw error;
    });
  }
  const { npm, env } = npmEnvironment();
  const platform = ['--os=linux', `--cpu=${base.architecture}`, '--libc=glibc'];
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
  const result = await runSubprocess(npm, ['ci', '--omit=dev', ...platform, ...quiet], {
    cwd: scratch,
    env,
    ...signalOf(options),
  });
  if (result.code !== 0) throw failed('npm ci', dir, result);
  const modules = join(scratch, 'node_modules');
  // A lockfile of optional packages for other platforms leaves none.
  await mkdir(modules, { recursive: true });
  return modules;
}

async function installPip(dir: string, scratch: string, base: BaseImage, options: WorkOptions): Promise<string> {
  options.progress?.({ message: 'Installing Python dependencies' });
  const python = findExecutable('python3') ?? findExecutable('python');
  if (!python) {
    throw new AppError(
      'build_failed',
      'The component has a requirements.txt, and there is no python3 with pip here to fetch it.',
      {
        hint: 'Install Python 3 with pip, then try again.',
      },
    );
  }
  const target = join(scratch, 'deps');
  const file = join(dir, 'src', 'requirements.txt');
  const args = [...pipInstallArguments(base.architecture, base.python ?? '3.11', target), '-r', file];
  const result = await runSubprocess(python, args, signalOf(options));
  if (result.code !== 0) throw failed('pip install', dir, result);
  return target;
}

function signalOf(options: WorkOptions): { signal?: AbortSignal } {
  return options.signal ? { signal: options.signal } : {};
}

function failed(what: string, dir: string, result: SubprocessResult): AppError {
  const lines = result.output.trimEnd().split('\n');
  return new AppError('build_failed', `${what} failed for ${dir}:\n${lines.slice(-12).join('\n')}`, {
    hint: 'Mend what it says, or check the network, then publish again.',
    details: { output: result.output, exit_code: result.code },
  });
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
