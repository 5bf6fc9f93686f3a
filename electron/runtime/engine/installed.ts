import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findExecutable } from '../base/subprocess.ts';
import type { LocatedEngine } from './engine-address.ts';
import type { LocateOptions } from './locate.ts';

export type DockerAppName = 'Docker Desktop' | 'OrbStack' | 'Colima';

export interface DockerApp {
  name: DockerAppName;
  path: string;
}

/** What of Docker is on this machine, whether it runs or not. */
export interface InstalledDocker {
  /** The path of the docker command. */
  command: string | undefined;
  /** The path of the engine itself, where it is a program of this machine. */
  daemon: string | undefined;
  apps: DockerApp[];
}

/** Looks for the docker command, the engine and the apps that bring one; runs nothing. */
export function findInstalled(options: LocateOptions): InstalledDocker {
  const env = { ...options.env, PATH: programPath(options) };
  const { home = homedir(), platform = process.platform, root = '' } = options;
  const places: Record<DockerAppName, (string | undefined)[]> = {
    'Docker Desktop':
      platform === 'darwin'
        ? [`${root}/Applications/Docker.app`, join(home, 'Applications/Docker.app')]
        : platform === 'win32'
          ? [join(options.env.ProgramFiles ?? 'C:\\Program Files', 'Docker', 'Docker', 'Docker Desktop.exe')]
          : [`${root}/opt/docker-desktop`],
    OrbStack:
      platform === 'darwin' ? [`${root}/Applications/OrbStack.app`, join(home, 'Applications/OrbStack.app')] : [],
    Colima: platform === 'win32' ? [] : [findExecutable('colima', env)],
  };
  return {
    command: findExecutable('docker', env),
    daemon: platform === 'linux' ? findExecutable('dockerd', env) : undefined,
    apps: (Object.keys(places) as DockerAppName[]).flatMap(name => {
      const path = places[name].find(each => each !== undefined && existsSync(each));
      return path === undefined ? [] : [{ name, path }];
    }),
  };
}

/** PATH and the folders that an app started from a desktop does not get with it. */
export function programPath({ env, home = homedir(), platform = process.platform, root = '' }: LocateOptions): string {
  const own = env.PATH ?? env.Path ?? '';
  const more =
    platform === 'darwin'
      ? ['/usr/local/bin', '/opt/homebrew/bin', '/opt/local/bin']
      : platform === 'linux'
        ? ['/usr/local/bin', '/usr/bin', '/usr/local/sbin', '/usr/sbin']
        : [];
  const users = platform === 'darwin' ? [join(home, '.docker/bin'), join(home, '.orbstack/bin')] : [];
  return [own, ...more.map(folder => root + folder), ...users].filter(Boolean).join(delimiter);
}

/**
 * Which app listens there, by the path: `any` for the place that whatever runs Docker here serves, undefined for an
 * engine that no app of this machine is known to bring.
 */
export function ownerOf({ connection }: LocatedEngine): DockerAppName | 'any' | undefined {
  const path = connection.socketPath?.replaceAll('\\', '/');
  if (path === undefined) return undefined;
  if (/\/\.docker\/(run|desktop)\/|pipe\/docker/i.test(path)) return 'Docker Desktop';
  if (path.includes('/.orbstack/')) return 'OrbStack';
  if (path.includes('/.colima/')) return 'Colima';
  return /(^|\/)(var\/)?run\/docker\.sock$/.test(path) ? 'any' : undefined;
}
