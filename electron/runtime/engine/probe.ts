import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { connect } from 'node:net';
import Docker from 'dockerode';
import { AppError } from '../../../shared/errors.ts';
import type { EngineConnection, LocatedEngine } from './engine-address.ts';
import { engineWords, statusOf } from './engine-error.ts';

/** What one attempt to reach an engine came to. */
export interface Probe {
  /** `missing`: there is nothing to connect to. `not_ready`: it is there and does not serve yet. */
  outcome: 'answers' | 'missing' | 'no_answer' | 'denied' | 'not_ready';
  /** What the attempt said, verbatim. */
  said: string[];
}

const defaultTimeoutMs = 3000;
/** A login at another machine comes first there. */
const sshTimeoutMs = 10_000;

/** Asks an engine for a sign of life; settles within a few seconds whatever the other end does. */
export async function probeEngine(located: LocatedEngine, timeoutMs?: number): Promise<Probe> {
  const ms = timeoutMs ?? (located.connection.protocol === 'ssh' ? sshTimeoutMs : defaultTimeoutMs);
  const noAnswer = AbortSignal.timeout(ms);
  const docker = new Docker({ ...located.connection, ...freshAgent(located.connection) });
  try {
    await within(docker.ping({ abortSignal: noAnswer } as never) as unknown as Promise<unknown>, noAnswer);
    return { outcome: 'answers', said: [] };
  } catch (error) {
    if (!noAnswer.aborted) return probeOf(error);
    const said = [`no answer from ${located.host} within ${ms / 1000} s`];
    return { outcome: (await accepts(located.connection)) ? 'not_ready' : 'no_answer', said };
  }
}

/** An engine that leaves answers on connections it has and takes no new ones: only a new one tells. */
function freshAgent({ protocol }: EngineConnection): { agent?: Agent } {
  if (protocol === 'ssh') return {};
  return { agent: protocol === 'https' ? new SecureAgent({ keepAlive: false }) : new Agent({ keepAlive: false }) };
}

/** The version of an engine that answers; null when it does not say in time. */
export async function engineVersion(located: LocatedEngine, timeoutMs = defaultTimeoutMs): Promise<string | null> {
  const noAnswer = AbortSignal.timeout(timeoutMs);
  const asked = new Docker({ ...located.connection }).version({ abortSignal: noAnswer } as never);
  return within(asked as unknown as Promise<unknown>, noAnswer).then(
    answer => (answer as Partial<Docker.DockerVersion> | undefined)?.Version ?? null,
    () => null,
  );
}

/** What a failed attempt to locate or to ask an engine tells about it. */
export function probeOf(thrown: unknown): Probe {
  if (thrown instanceof AppError) return { outcome: 'missing', said: [thrown.message] };
  const status = statusOf(thrown);
  if (status !== undefined) {
    const said = [`HTTP ${status} ${engineWords(thrown)}`.trim()];
    if (status >= 500) return { outcome: 'not_ready', said };
    return { outcome: status === 401 || status === 403 ? 'denied' : 'no_answer', said };
  }
  const codes = each(thrown).map(error => (error as NodeJS.ErrnoException).code);
  const said = each(thrown).map(error => (error as Error).message || String(error));
  if (codes.some(code => code === 'EACCES' || code === 'EPERM')) return { outcome: 'denied', said };
  return { outcome: codes.some(code => code === 'ENOENT') ? 'missing' : 'no_answer', said };
}

/** A name with several addresses fails with an error for each. */
function each(thrown: unknown): unknown[] {
  return thrown instanceof AggregateError ? thrown.errors : [thrown];
}

/** `work`, or a rejection once `signal` aborts: an SSH connection does not heed it by itself. */
function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

/** Whether anybody takes the connection at all. */
async function accepts({ socketPath, host, port, protocol }: EngineConnection): Promise<boolean> {
  if (protocol === 'ssh') return false;
  const socket = socketPath === undefined ? connect({ host: host ?? '', port: port ?? 0 }) : connect(socketPath);
  try {
    return await new Promise<boolean>(resolve => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.setTimeout(500, () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
