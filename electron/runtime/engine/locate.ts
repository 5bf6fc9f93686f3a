import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { unreachable } from './engine-error.ts';

/** How to connect, in the terms of the client library. */
export interface EngineConnection {
  socketPath?: string;
  host?: string;
  port?: number;
  protocol?: 'http' | 'https' | 'ssh';
  username?: string;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  sshOptions?: { agent?: string };
}

export interface LocatedEngine {
  /** E.g. `unix:///var/run/docker.sock`. */
  host: string;
  /** How it was found, e.g. `DOCKER_HOST`, `context colima`, `default socket`. */
  source: string;
  connection: EngineConnection;
}

export interface LocateOptions {
  env: NodeJS.ProcessEnv;
  home?: string;
  platform?: NodeJS.Platform;
}

/**
 * Finds the user's Docker as its own client does (DESIGN §6): DOCKER_HOST, DOCKER_CONTEXT, the current context of the
 * Docker config, then the usual sockets. Looks at files only, connects to nothing.
 */
export function locateEngine(options: LocateOptions): LocatedEngine {
  const { env, home = homedir(), platform = process.platform } = options;
  const config = env.DOCKER_CONFIG || join(home, '.docker');
  if (env.DOCKER_HOST) return fromHost(env.DOCKER_HOST, 'DOCKER_HOST', tlsOfEnv(env, config), env);
  const named = env.DOCKER_CONTEXT;
  if (named && named !== 'default') return fromContext(config, named, `DOCKER_CONTEXT ${named}`, env);
  const current = named ? undefined : currentContext(config);
  if (current && current !== 'default') return fromContext(config, current, `context ${current}`, env);
  if (platform === 'win32') return fromHost('npipe:////./pipe/docker_engine', 'default pipe', {}, env);
  const sockets = usualSockets(env, home);
  const found = sockets.find(each => isSocket(each.path));
  if (!found) {
    throw unreachable(`No Docker engine found; looked for ${sockets.map(each => each.path).join(', ')}.`);
  }
  return fromHost(`unix://${found.path}`, found.source, {}, env);
}

function usualSockets(env: NodeJS.ProcessEnv, home: string): { path: string; source: string }[] {
  return [
    { path: '/var/run/docker.sock', source: 'default socket' },
    { path: join(home, '.docker/run/docker.sock'), source: 'Docker Desktop' },
    { path: join(home, '.orbstack/run/docker.sock'), source: 'OrbStack' },
    { path: join(home, '.colima/default/docker.sock'), source: 'Colima' },
    ...(env.XDG_RUNTIME_DIR ? [{ path: join(env.XDG_RUNTIME_DIR, 'podman/podman.sock'), source: 'Podman' }] : []),
  ];
}

type Tls = Pick<EngineConnection, 'ca' | 'cert' | 'key'>;

function fromHost(text: string, source: string, tls: Tls, env: NodeJS.ProcessEnv): LocatedEngine {
  const host = text.includes('://') ? text : `tcp://${text}`;
  if (host.startsWith('unix://')) {
    return { host, source, connection: { socketPath: host.slice(7) || '/var/run/docker.sock' } };
  }
  if (host.startsWith('npipe://')) {
    return { host, source, connection: { socketPath: host.slice(8) || '//./pipe/docker_engine' } };
  }
  const url = URL.parse(host);
  if (!url || !['tcp:', 'http:', 'https:', 'ssh:'].includes(url.protocol)) {
    throw new AppError('usage', `${source} says where Docker is in a way that is not understood: ${text}`, {
      hint: 'Use unix:///path, tcp://host:port or ssh://user@host.',
    });
  }
  if (url.protocol === 'ssh:') {
    const agent = env.SSH_AUTH_SOCK;
    const connection: EngineConnection = {
      protocol: 'ssh',
      host: url.hostname,
      ...(url.username ? { username: url.username } : {}),
      ...(url.port ? { port: Number(url.port) } : {}),
      sshOptions: agent ? { agent } : {},
    };
    return { host, source, connection };
  }
  const secure = url.protocol === 'https:' || tls.ca !== undefined || url.port === '2376';
  const connection: EngineConnection = {
    protocol: secure ? 'https' : 'http',
    host: url.hostname,
    port: Number(url.port || (secure ? 2376 : 2375)),
    ...tls,
  };
  return { host, source, connection };
}

/** A context is a folder named by the SHA-256 of its name, its TLS material beside it in another. */
function fromContext(config: string, name: string, source: string, env: NodeJS.ProcessEnv): LocatedEngine {
  const folder = createHash('sha256').update(name).digest('hex');
  const file = join(config, 'contexts', 'meta', folder, 'meta.json');
  const meta = readJson(file) as { Endpoints?: { docker?: { Host?: string } } } | undefined;
  const host = meta?.Endpoints?.docker?.Host;
  if (!host) {
    throw unreachable(`The Docker context "${name}" (${source}) has no readable definition in ${file}.`);
  }
  return fromHost(host, source, tlsIn(join(config, 'contexts', 'tls', folder, 'docker')), env);
}

function tlsOfEnv(env: NodeJS.ProcessEnv, config: string): Tls {
  if (env.DOCKER_CERT_PATH) return tlsIn(env.DOCKER_CERT_PATH);
  return env.DOCKER_TLS_VERIFY ? tlsIn(config) : {};
}

function tlsIn(folder: string): Tls {
  const tls: Tls = {};
  for (const part of ['ca', 'cert', 'key'] as const) {
    try {
      tls[part] = readFileSync(join(folder, `${part}.pem`));
    } catch {
      // Each part is optional: a context may have a CA only, or none at all.
    }
  }
  return tls;
}

function currentContext(config: string): string | undefined {
  const parsed = readJson(join(config, 'config.json')) as { currentContext?: unknown } | undefined;
  return typeof parsed?.currentContext === 'string' ? parsed.currentContext : undefined;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
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
