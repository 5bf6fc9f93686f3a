import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import { tryConnect } from './background.ts';
import { type HostClient, newSession } from './client.ts';
import { takeLock } from './lock.ts';
import { socketPath } from './socket-path.ts';

const leaveTimeoutMs = 30_000;

/**
 * Asks the host of a workspace to leave and waits until it has. False when it stays because a run is under way and `unlessRunning`
 * was asked for.
 * @throws AppError `timed_out` when it is still there after 30 s.
 */
export async function askHostToLeave(home: string, options: { unlessRunning?: boolean } = {}): Promise<boolean> {
  // A host that is starting has the lock and does not listen yet, so it is looked for again. One that leaves closes its socket first and
  // lets go of the lock last: only then may another come.
  for (const deadline = Date.now() + leaveTimeoutMs; Date.now() < deadline; await sleep(20)) {
    const client = await tryConnect(socketPath(home), newSession());
    if (client !== undefined && !(await ask(client, options.unlessRunning === true))) return false;
    const lock = await takeLock(home);
    if (lock === undefined) continue;
    lock[Symbol.dispose]();
    return true;
  }
  throw new AppError('timed_out', 'The host was asked to leave and is still there after 30 s.', {
    hint: 'Its log: host.log in the workspace.',
  });
}

/** Resolves once the connection is closed, or with false when the host stays. */
async function ask(client: HostClient, unlessRunning: boolean): Promise<boolean> {
  // It may be gone before its answer is; whether it has left is seen by the lock.
  const answer = await client
    .call('host.leave', unlessRunning ? { unless_running: true } : {})
    .catch(() => ({ leaving: true }));
  if (!answer.leaving) {
    await client[Symbol.asyncDispose]();
    return false;
  }
  while (client.isOpen) await sleep(20);
  return true;
}
