import type { EngineStatus } from '../../shared/contract/index.ts';
import type { AppError } from '../../shared/errors.ts';
import { useAct } from '../host/host.ts';

/** How Docker is started from here, and what came of it. */
export interface StartDocker {
  start(): void;
  isBusy: boolean;
  /** Why it cannot be started; undefined when it can. */
  reason: string | undefined;
  error: AppError | undefined;
}

/** Starts the user's Docker with the command that `status` names. */
export function useStartDocker({ state, start_command }: EngineStatus): StartDocker {
  const { act, isBusy, error } = useAct('engine.start');
  return {
    start: () => void act({}),
    isBusy: isBusy || state === 'starting',
    reason:
      start_command === null && state !== 'starting'
        ? 'This user has no command here that starts Docker. Start it from its own app or a terminal.'
        : undefined,
    error: state === 'ready' ? undefined : error,
  };
}
