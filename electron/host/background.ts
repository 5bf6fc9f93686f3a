import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import { HostClient } from './client.ts';
import { hostLogPath } from './host-log.ts';
import { requireSqlite } from './lock.ts';
import { socketPath } from './socket-path.ts';

const startTimeoutMs = 30_000;

export interface ConnectOptions {
  home: string;
  session: string;
  /** How a background host is started: the program and the arguments that make it one. */
  command: readonly string[];
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** A connection to the workspace's host, starting one in the background if there is none. */
export async function connectHost(options: ConnectOptions): Promise<HostClient> {
  const path = socketPath(options.home);
  const running = await tryConnect(path, options.session);
  if (running !== undefined) return running;
  requireSqlite();
  const logPath = hostLogPath(options.home);
  let child = startBackground(options, logPath);
  for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline; await sleep(30)) {
    options.signal?.throwIfAborted();
    const client = await tryConnect(path, options.session);
    if (client !== undefined) return client;
    // One that ended found another host owning the workspace, which may be on its way out: then the next start succeeds.
    if (child.exitCode === 0) child = startBackground(options, logPath);
    else if (child.exitCode !== null) throw hostError(child.exitCode, logPath);
  }
  child.kill('SIGKILL');
  throw hostError(null, logPath);
}

/** Undefined when nobody listens. */
export async function tryConnect(path: string, session: string, pid?: number): Promise<HostClient | undefined> {
  try {
    return await HostClient.connect(path, session, pid);
  } catch (error) {
    if (error instanceof AppError && error.code !== 'host_lost') throw error;
    return undefined;
  }
}

function startBackground(options: ConnectOptions, logPath: string) {
  const log = openSync(logPath, 'a', 0o600);
  const [program, ...args] = options.command;
  const child = spawn(program as string, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: options.env,
    cwd: options.home,
    windowsHide: true,
  });
  closeSync(log);
  child.unref();
  return child;
}

/** The host writes why it could not start as its log's last line, in JSON; anything else is quoted. */
function hostError(exitCode: number | null, logPath: string): AppError {
  const lines = existsSync(logPath) ? readFileSync(logPath, 'utf8').trimEnd().split('\n') : [];
  try {
    const { error } = JSON.parse(lines.at(-1) ?? '') as { error: Parameters<typeof AppError.fromData>[0] };
    return AppError.fromData(error);
  } catch {
    return new AppError(
      'internal',
      exitCode === null
        ? 'The host did not start in time.'
        : `The host ended with exit code ${exitCode} instead of starting.`,
      { hint: `Its log: ${logPath}`, details: { log: lines.slice(-10) } },
    );
  }
}
