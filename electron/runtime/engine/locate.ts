import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fromContext, fromHost, type LocatedEngine, readJson, tlsOfEnv } from './engine-address.ts';
import { unreachable } from './engine-error.ts';

/** The machine that is looked at; what is left out is this one's. */
export interface LocateOptions {
  env: NodeJS.ProcessEnv;
  home?: string;
  platform?: NodeJS.Platform;
  /** Goes before the absolute paths that are looked at, `/var/run/docker.sock` among them: tests put a machine into a folder. */
  root?: string;
}

/** A place that may say where the engine is. */
export interface EnginePlace {
  place: string;
  /** What it says; empty when it says nothing. */
  value: string;
  /** The user chose it, by a variable or a context: there is no falling back to another. */
  named: boolean;
  /** Absent where it names no engine; throws where it names one in a way that leads nowhere. */
  locate?: () => LocatedEngine;
}

/**
 * Finds the user's Docker as its own client does (DESIGN §6): the first of `enginePlaces` that names an engine.
 * Looks at files only, connects to nothing.
 */
export function locateEngine(options: LocateOptions): LocatedEngine {
  for (const { locate } of enginePlaces(options)) if (locate) return locate();
  const sockets = usualSockets(options).map(each => each.path);
  throw unreachable(`No Docker engine found; looked for ${sockets.join(', ')}.`);
}

/** The host of the engine that `locateEngine` finds; undefined where it finds none. */
export function engineHost(options: LocateOptions): string | undefined {
  try {
    return locateEngine(options).host;
  } catch {
    return undefined;
  }
}

/** DOCKER_HOST, DOCKER_CONTEXT, the current context of the Docker config, then each of the usual sockets that is there. */
export function enginePlaces(options: LocateOptions): EnginePlace[] {
  const { env, home = homedir(), platform = process.platform } = options;
  const config = env.DOCKER_CONFIG || join(home, '.docker');
  const host = env.DOCKER_HOST ?? '';
  const chosen = env.DOCKER_CONTEXT ?? '';
  const current = currentContext(config);
  const context = (name: string, source: string) => fromContext(config, name, source, env);
  return [
    {
      place: 'DOCKER_HOST',
      value: host,
      named: true,
      ...(host && { locate: () => fromHost(host, 'DOCKER_HOST', tlsOfEnv(env, config), env) }),
    },
    {
      place: 'DOCKER_CONTEXT',
      value: chosen,
      named: true,
      ...(isNamed(chosen) && { locate: () => context(chosen, `DOCKER_CONTEXT ${chosen}`) }),
    },
    {
      place: 'Current context',
      value: current,
      named: true,
      // DOCKER_CONTEXT=default turns the current context off.
      ...(isNamed(current) && chosen === '' && { locate: () => context(current, `context ${current}`) }),
    },
    ...(platform === 'win32' ? [defaultPipe] : usualSockets(options).filter(each => isSocket(each.path))).map(
      ({ place, path, source, scheme = 'unix' }) => ({
        place,
        value: `${scheme}://${path}`,
        named: false,
        locate: () => fromHost(`${scheme}://${path}`, source, {}, env),
      }),
    ),
  ];
}

interface UsualSocket {
  place: string;
  path: string;
  source: string;
  scheme?: 'unix' | 'npipe';
}

/** Where an engine of this machine usually listens. */
export function usualSockets({ env, home = homedir(), root = '' }: LocateOptions): UsualSocket[] {
  return [
    { place: 'Default socket', path: `${root}/var/run/docker.sock`, source: 'default socket' },
    { place: 'Docker Desktop socket', path: join(home, '.docker/run/docker.sock'), source: 'Docker Desktop' },
    { place: 'OrbStack socket', path: join(home, '.orbstack/run/docker.sock'), source: 'OrbStack' },
    { place: 'Colima socket', path: join(home, '.colima/default/docker.sock'), source: 'Colima' },
    ...(env.XDG_RUNTIME_DIR
      ? [{ place: 'Podman socket', path: join(env.XDG_RUNTIME_DIR, 'podman/podman.sock'), source: 'Podman' }]
      : []),
  ];
}

/** Not looked for: to open one that is not there says so. */
const defaultPipe: UsualSocket = {
  place: 'Default pipe',
  path: '//./pipe/docker_engine',
  source: 'default pipe',
  scheme: 'npipe',
};

function isNamed(context: string): boolean {
  return context !== '' && context !== 'default';
}

function currentContext(config: string): string {
  const parsed = readJson(join(config, 'config.json')) as { currentContext?: unknown } | undefined;
  return typeof parsed?.currentContext === 'string' ? parsed.currentContext : '';
}

/** Also true for one that we may not open: then the permission is the thing to tell the user about. */
function isSocket(path: string): boolean {
  try {
    accessSync(path, constants.F_OK);
    return statSync(path).isSocket();
  } catch {
    return false;
  }
}
