import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import { tryConnect } from './background.ts';
import { newSession } from './client.ts';
import { takeLock } from './lock.ts';
import { socketPath } from './socket-path.ts';

const leaveTimeoutMs = 30_000;

/**
 * Asks the host of a workspace to leave and waits until it has. False when it stays because a run is under way and `unlessRunning`
 * was asked for.
 * @throws AppError `timed_out` when it is still there after 30 s.
 */
export async function askHostToLeave(home: string, options: { unlessRunning?: boolean } = {}): Promise<boolean> {
  const client = await tryConnect(socketPath(home), newSession());
  if (client !== undefined) {
    // It may be gone before its answer is; whether it has left is seen by the lock.
    const answer = await client
      .call('host.leave', options.unlessRunning === true ? { unless_running: true } : {})
      .catch(() => ({ leaving: true }));
    if (!answer.leaving) {
      await client[Symbol.asyncDispose]();
      return false;
    }
    while (client.isOpen) await sleep(20);
  }
  // The socket closes first and the lock goes last: only then may another host come.
  for (const deadline = Date.now() + leaveTimeoutMs; Date.now() < deadline; await sleep(20)) {
    const lock = await takeLock(home);
    if (lock === undefined) continue;
    lock[Symbol.dispose]();
    return true;
  }
  throw new AppError('timed_out', 'The host was asked to leave and is still there after 30 s.', {
    hint: 'Its log: host.log in the workspace.',
  });
}
