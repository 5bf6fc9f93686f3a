import type { ContainerInspectInfo } from 'dockerode';
import type { ContainerState } from './engine.ts';

export function containerState(info: ContainerInspectInfo): ContainerState {
  const { State } = info;
  const ended = !State.Running && !State.Restarting && State.Status !== 'created';
  return {
    id: info.Id,
    name: info.Name.replace(/^\//, ''),
    labels: info.Config.Labels ?? {},
    running: State.Running,
    exitCode: ended ? State.ExitCode : null,
    oomKilled: State.OOMKilled,
    restartCount: info.RestartCount,
    startedAtMs: timeMs(State.StartedAt),
    finishedAtMs: ended ? timeMs(State.FinishedAt) : null,
  };
}

/** The engine writes "never" as the year 1. */
function timeMs(text: string | undefined): number | null {
  if (!text || text.startsWith('0001-')) return null;
  return Date.parse(text);
}
