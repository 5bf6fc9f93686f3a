import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
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

type Tls = Pick<EngineConnection, 'ca' | 'cert' | 'key'>;

/** The engine at a Docker host such as `unix:///path`, `tcp://host:port` or `ssh://user@host`; throws `usage` for any other. */
export function fromHost(text: string, source: string, tls: Tls, env: NodeJS.ProcessEnv): LocatedEngine {
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

/** The engine of a Docker context. A context is a folder named by the SHA-256 of its name, its TLS material beside it in another. */
export function fromContext(config: string, name: string, source: string, env: NodeJS.ProcessEnv): LocatedEngine {
  const folder = createHash('sha256').update(name).digest('hex');
  const file = join(config, 'contexts', 'meta', folder, 'meta.json');
  const meta = readJson(file) as { Endpoints?: { docker?: { Host?: string } } } | undefined;
  const host = meta?.Endpoints?.docker?.Host;
  if (!host) {
    throw unreachable(`The Docker context "${name}" (${source}) has no readable definition in ${file}.`);
  }
  return fromHost(host, source, tlsIn(join(config, 'contexts', 'tls', folder, 'docker')), env);
}

/** The TLS material that goes with DOCKER_HOST. */
export function tlsOfEnv(env: NodeJS.ProcessEnv, config: string): Tls {
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

/** What a JSON file holds; undefined where it is missing or damaged. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
