import { statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { dirname } from 'node:path';
import type { DoctorCheck } from '../../../shared/contract/rows.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Engine, EngineInfo } from './engine.ts';
import { labels } from './labels.ts';
import { locateEngine } from './locate.ts';

const gib = 1024 ** 3;

export interface DoctorOptions {
  env: NodeJS.ProcessEnv;
  /** The workspace's folder. */
  home: string;
  /** Where base images and layers are kept, if that is another disk. */
  cacheDir?: string;
  /** Whether each base image is ready for use without a network. */
  baseImages?: { name: string; cached: boolean }[];
  /** Things of other workspaces are reported as leftovers, or someone else's. */
  workspaceId?: string;
}

/** What is right and wrong with this machine, each failing thing with its fix (`ppl doctor`). */
export async function checkMachine(engine: Engine | AppError, options: DoctorOptions): Promise<DoctorCheck[]> {
  const checks =
    engine instanceof AppError ? lostEngineChecks(engine, options.env) : await engineChecks(engine, options);
  for (const folder of new Set([options.home, options.cacheDir ?? options.home])) checks.push(await diskCheck(folder));
  checks.push(hostMemoryCheck());
  for (const { name, cached } of options.baseImages ?? []) checks.push(baseImageCheck(name, cached));
  return checks;
}

async function engineChecks(engine: Engine, options: DoctorOptions): Promise<DoctorCheck[]> {
  const found = foundCheck(engine);
  try {
    const info = await engine.info(AbortSignal.timeout(10_000));
    const leftovers = await leftoverCheck(engine, options.workspaceId);
    return [found, reachableCheck(info), versionCheck(info), platformCheck(info), engineMemoryCheck(info), leftovers];
  } catch (error) {
    return [found, failed('engine_reachable', 'Docker engine answers', error)];
  }
}

/** It could not be connected to: was none found, or does the one that was found not answer? */
function lostEngineChecks(error: AppError, env: NodeJS.ProcessEnv): DoctorCheck[] {
  try {
    return [foundCheck(locateEngine({ env })), failed('engine_reachable', 'Docker engine answers', error)];
  } catch {
    return [failed('engine', 'Docker engine found', error)];
  }
}

function foundCheck({ host, source }: { host: string; source: string }): DoctorCheck {
  return { id: 'engine', title: 'Docker engine found', status: 'ok', detail: `${host} (${source})` };
}

function failed(id: string, title: string, thrown: unknown): DoctorCheck {
  const error = AppError.from(thrown);
  const fix = error.code === 'cancelled' ? 'Docker took more than 10 s to answer: restart it.' : error.hint;
  return { id, title, status: 'fail', detail: error.message, fix: fix ?? 'Start Docker, then run ppl doctor again.' };
}

function reachableCheck(info: EngineInfo): DoctorCheck {
  const detail = `${info.cpus} CPUs, ${info.containersRunning} containers running`;
  return { id: 'engine_reachable', title: 'Docker engine answers', status: 'ok', detail };
}

function versionCheck(info: EngineInfo): DoctorCheck {
  const [major = 0, minor = 0] = info.apiVersion.split('.').map(Number);
  const ok = major > 1 || minor >= 41;
  return {
    id: 'engine_version',
    title: 'Docker API is 1.41 or newer',
    status: ok ? 'ok' : 'fail',
    detail: `version ${info.version}, API ${info.apiVersion}`,
    ...(ok ? {} : { fix: 'Update Docker to 20.10 or newer.' }),
  };
}

function platformCheck(info: EngineInfo): DoctorCheck {
  const ok = info.os === 'linux';
  return {
    id: 'engine_platform',
    title: 'Docker runs Linux containers',
    status: ok ? 'ok' : 'fail',
    detail: `${info.os}/${info.architecture}`,
    ...(ok ? {} : { fix: 'Switch Docker Desktop to Linux containers.' }),
  };
}

function engineMemoryCheck(info: EngineInfo): DoctorCheck {
  const ok = info.memoryBytes >= 2 * gib;
  return {
    id: 'engine_memory',
    title: 'The engine has memory for a graph',
    status: ok ? 'ok' : 'warn',
    detail: size(info.memoryBytes),
    ...(ok ? {} : { fix: 'Give Docker at least 2 GiB (Docker Desktop: Settings → Resources).' }),
  };
}

async function leftoverCheck(engine: Engine, workspaceId: string | undefined): Promise<DoctorCheck> {
  const [containers, networks, volumes] = await Promise.all([
    engine.listContainers({ [labels.workspace]: '' }),
    engine.listNetworks({ [labels.workspace]: '' }),
    engine.listVolumes({ [labels.workspace]: '' }),
  ]);
  const strangers = new Map<string, number>();
  for (const thing of [...containers, ...networks, ...volumes]) {
    const owner = thing.labels[labels.workspace] ?? '';
    if (owner !== workspaceId) strangers.set(owner, (strangers.get(owner) ?? 0) + 1);
  }
  const title = 'Nothing of other workspaces on the engine';
  if (strangers.size === 0) return { id: 'leftovers', title, status: 'ok', detail: 'none' };
  const list = [...strangers].map(([owner, count]) => `${count} of ${owner}`).join(', ');
  const each = [...strangers.keys()].map(owner => {
    const filter = `--filter label=${labels.workspace}=${owner}`;
    return [
      `docker ps -aq ${filter} | xargs -r docker rm -fv`,
      `docker network ls -q ${filter} | xargs -r docker network rm`,
      `docker volume ls -q ${filter} | xargs -r docker volume rm`,
    ].join('; ');
  });
  const fix = `If those workspaces are no longer in use: ${each.join('; ')}`;
  return { id: 'leftovers', title, status: 'warn', detail: list, fix };
}

async function diskCheck(folder: string): Promise<DoctorCheck> {
  const title = `Disk space for ${folder}`;
  const id = 'disk';
  for (let at = folder; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      const free = bavail * bsize;
      const status = free < gib ? 'fail' : free < 5 * gib ? 'warn' : 'ok';
      const fix = status === 'ok' ? {} : { fix: 'Free space, e.g. with: docker system prune.' };
      return { id, title, status, detail: `${size(free)} free`, ...fix };
    } catch (error) {
      // A folder that is not made yet will lie on its parent's disk.
      if (dirname(at) === at) return { id, title, status: 'warn', detail: String(error), fix: `Check ${folder}.` };
    }
  }
}

function hostMemoryCheck(): DoctorCheck {
  const free = freemem();
  const ok = free > gib / 2;
  return {
    id: 'memory',
    title: 'Free memory on this machine',
    status: ok ? 'ok' : 'warn',
    detail: size(free),
    ...(ok ? {} : { fix: 'Close other programs.' }),
  };
}

function baseImageCheck(name: string, cached: boolean): DoctorCheck {
  return {
    id: `base_image_${name}`,
    title: `Base image "${name}" is ready for use offline`,
    status: cached ? 'ok' : 'warn',
    detail: cached ? 'cached' : 'not made yet',
    ...(cached ? {} : { fix: 'Connect to the network and publish a component once, or run: npm run demo' }),
  };
}

function size(bytes: number): string {
  return `${(bytes / gib).toFixed(1)} GiB`;
}
