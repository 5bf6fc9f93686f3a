import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { LocatedEngine } from './engine-address.ts';
import { type DockerApp, type InstalledDocker, ownerOf, programPath } from './installed.ts';
import type { LocateOptions } from './locate.ts';

export interface StartCommand {
  file: string;
  args: string[];
  /** As a person would type it. */
  shown: string;
  env: NodeJS.ProcessEnv;
  /** Puts out of the way what would keep it from starting. */
  prepare?: () => void;
}

export interface StartOptions extends LocateOptions {
  uid?: number | undefined;
}

/**
 * What starts the user's Docker on this machine: that which serves `target`, or any where nothing is named. Null where
 * this user has no way to, or the engine is not of this machine.
 */
export function startCommandOf(
  target: LocatedEngine | undefined,
  installed: InstalledDocker,
  options: StartOptions,
): StartCommand | null {
  const { platform = process.platform, root = '', uid = process.getuid?.() } = options;
  const owner = target === undefined ? 'any' : ownerOf(target);
  if (owner === undefined) return null;
  const env = { ...options.env, PATH: programPath(options) };
  const command = (file: string, args: string[], prepare?: () => void): StartCommand => ({
    file,
    args,
    shown: [file, ...args].map(each => (each.includes(' ') ? `"${each}"` : each)).join(' '),
    env,
    ...(prepare && { prepare }),
  });
  for (const app of installed.apps) {
    if (owner !== 'any' && owner !== app.name) continue;
    const [file, ...args] = appCommand(app, platform, options) ?? [];
    if (file !== undefined) return command(file, args);
  }
  if (platform !== 'linux' || owner !== 'any' || uid !== 0) return null;
  if (existsSync(`${root}/run/systemd/system`)) {
    return hasUnit('docker', 'system', options) ? command('systemctl', ['start', 'docker']) : null;
  }
  return installed.daemon === undefined ? null : command('dockerd', [], () => forgetDeadEngine(root));
}

function appCommand(
  { name, path }: DockerApp,
  platform: NodeJS.Platform,
  options: LocateOptions,
): string[] | undefined {
  if (name === 'Colima') return ['colima', 'start'];
  if (platform === 'darwin') return ['open', '-a', name === 'OrbStack' ? 'OrbStack' : 'Docker'];
  if (platform === 'win32') return [path];
  return hasUnit('docker-desktop', 'user', options) ? ['systemctl', '--user', 'start', 'docker-desktop'] : undefined;
}

function hasUnit(name: string, of: 'user' | 'system', { home = homedir(), root = '' }: LocateOptions): boolean {
  const folders = ['/etc/systemd', '/usr/local/lib/systemd', '/usr/lib/systemd', '/lib/systemd'].map(
    each => `${root}${each}/${of}`,
  );
  if (of === 'user') folders.push(join(home, '.config/systemd/user'));
  return folders.some(folder => existsSync(join(folder, `${name}.service`)));
}

/** A start command at work, on its own: it outlives whoever gave it. */
export interface Launch {
  /** The exit code once it has ended, which most do as soon as they have passed the order on; null where it cannot be run. */
  exitCode(): number | null | undefined;
  /** What it wrote so far, its last lines. */
  said(): string[];
}

/** Runs it in a session of its own, what it writes going to `logFile`. */
export function launch(start: StartCommand, logFile: string): Launch {
  start.prepare?.();
  const log = openSync(logFile, 'w', 0o600);
  let ended: number | null | undefined;
  let failure: string | undefined;
  let child: ChildProcess | undefined;
  try {
    child = spawn(start.file, start.args, { env: start.env, detached: true, stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
  child.once('error', error => {
    failure = error.message;
    ended = null;
  });
  child.once('exit', (code, signal) => {
    if (signal !== null) failure = `${start.file} was ended by ${signal}`;
    ended = code;
  });
  child.unref();
  return {
    exitCode: () => ended,
    said: () => {
      const lines = readFileSync(logFile, 'utf8').split('\n').filter(Boolean).slice(-12);
      return failure === undefined ? lines : [...lines, failure];
    },
  };
}

/** An engine that was killed leaves its pid behind; once another process has that number, the next one would not start. */
function forgetDeadEngine(root: string): void {
  for (const [pidFile, name] of [
    [`${root}/var/run/docker.pid`, 'dockerd'],
    [`${root}/var/run/docker/containerd/containerd.pid`, 'containerd'],
  ] as const) {
    if (!existsSync(pidFile)) continue;
    const comm = `/proc/${readFileSync(pidFile, 'utf8').trim()}/comm`;
    if (!existsSync(comm) || readFileSync(comm, 'utf8').trim() !== name) rmSync(pidFile, { force: true });
  }
}
