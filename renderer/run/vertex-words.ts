import type { RunVertex } from '../../shared/contract/index.ts';
import type { ContainerStatus } from '../../shared/events.ts';
import type { Status } from '../ui/index.ts';

/** How a container's state is drawn and said; null is one that was not made yet. */
export function vertexState(status: ContainerStatus | null, exitCode: number | null): { status: Status; word: string } {
  switch (status) {
    case null:
      return { status: 'idle', word: 'not started' };
    case 'starting':
      return { status: 'running', word: 'starting' };
    case 'running':
      return { status: 'pass', word: 'running' };
    case 'restarting':
      return { status: 'warn', word: 'restarting' };
    case 'exited':
      return { status: 'idle', word: exitCode === null ? 'exited' : `exited ${exitCode}` };
    case 'failed':
      return { status: 'fail', word: exitCode === null ? 'failed' : `failed, exit ${exitCode}` };
    default:
      return status satisfies never;
  }
}

/** The state to show: what the events said at the playhead, or what is so now while a live run is followed. */
export function shownStatus(
  vertex: Pick<RunVertex, 'status'>,
  told: ContainerStatus | null,
  isFollowingLive: boolean,
): ContainerStatus | null {
  if (isFollowingLive) return vertex.status ?? told;
  return told;
}
