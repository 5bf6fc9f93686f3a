import type { EngineState } from '../../../shared/contract/index.ts';
import { ownerOf } from './installed.ts';
import type { EngineView } from './look.ts';

/** What a look at the machine means for the user. `starting`: Docker was asked to start and may still answer. */
export function engineStateOf(view: EngineView, starting: boolean): EngineState {
  const { taken, others, installed } = view;
  const outcome = taken?.probe.outcome;
  if (outcome === 'answers') return 'ready';
  if (outcome === 'denied') return 'denied';
  if (outcome === 'not_ready' || starting) return 'starting';
  const present = installed.command !== undefined || installed.daemon !== undefined || installed.apps.length > 0;
  if (taken?.place.named && !(present && others.length === 0 && isOfThisMachine(view))) return 'wrong_context';
  return present || taken ? 'stopped' : 'absent';
}

/**
 * Docker Desktop, OrbStack and Colima name themselves in the current context, which is not wrong while they are stopped:
 * so it is with a place where the Docker of this machine would answer once it runs.
 */
function isOfThisMachine({ taken, installed }: EngineView): boolean {
  const owner = taken?.located && ownerOf(taken.located);
  return owner === 'any' || installed.apps.some(app => app.name === owner);
}

/** What the attempt said, and which other place would have answered. */
export function saidOf({ taken, others, looked }: EngineView): string[] {
  if (taken === undefined) {
    const missing = looked.find(each => each.place === 'Usual sockets');
    return missing ? [`no Docker socket at ${missing.detail}`] : [];
  }
  if (taken.probe.outcome === 'answers') return [];
  return [...taken.probe.said, ...others.map(each => `${each.host} (${each.source}) answers`)];
}
