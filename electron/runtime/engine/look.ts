import type { EngineLook } from '../../../shared/contract/index.ts';
import type { LocatedEngine } from './engine-address.ts';
import { findInstalled, type InstalledDocker } from './installed.ts';
import { type EnginePlace, enginePlaces, type LocateOptions, usualSockets } from './locate.ts';
import { type Probe, probeEngine, probeOf } from './probe.ts';

/** The place that decides, as `locateEngine` has it, and what came of it. */
export interface TakenPlace {
  place: EnginePlace;
  /** Undefined where the place leads nowhere, such as a context without a definition. */
  located: LocatedEngine | undefined;
  probe: Probe;
}

/** One look at the machine. */
export interface EngineView {
  /** Undefined where no place names an engine. */
  taken: TakenPlace | undefined;
  /** Usual sockets that answer while the taken place does not. */
  others: LocatedEngine[];
  installed: InstalledDocker;
  looked: EngineLook[];
}

/** Looks for the engine where `locateEngine` does, in its order, and asks the one that it takes for a sign of life. */
export async function lookForEngine(options: LocateOptions, timeoutMs?: number): Promise<EngineView> {
  const places = enginePlaces(options);
  const installed = findInstalled(options);
  const first = places.find(each => each.locate);
  const taken = first && (await tryPlace(first, timeoutMs));
  const sockets = places.filter(each => !each.named && each !== first);
  const rest =
    taken?.probe.outcome === 'answers' ? [] : await Promise.all(sockets.map(each => tryPlace(each, timeoutMs)));
  const looked = places.map(place => {
    if (place === first && taken) return tried(taken, '');
    const other = rest.find(each => each.place === place);
    if (other) return tried(other, first ? `${first.place} comes first` : '');
    return passed(place, places, first);
  });
  if (!places.some(each => !each.named)) looked.push(noSocket(options));
  return {
    taken,
    others: rest.flatMap(each => (each.probe.outcome === 'answers' && each.located ? [each.located] : [])),
    installed,
    looked: [...looked, ...programs(installed)],
  };
}

async function tryPlace(place: EnginePlace, timeoutMs?: number): Promise<TakenPlace> {
  let located: LocatedEngine | undefined;
  try {
    located = place.locate?.();
    if (located) return { place, located, probe: await probeEngine(located, timeoutMs) };
  } catch (error) {
    return { place, located, probe: probeOf(error) };
  }
  return { place, located, probe: { outcome: 'missing', said: [] } };
}

function tried({ place, located, probe }: TakenPlace, remark: string): EngineLook {
  const said = probe.said.join('; ');
  return {
    place: place.place,
    value: place.value,
    outcome: probe.outcome === 'not_ready' ? 'no_answer' : probe.outcome,
    detail: [located && located.host !== place.value ? located.host : '', said, remark].filter(Boolean).join(' · '),
  };
}

/** A place that was not asked: it says nothing, or an earlier one decides. */
function passed(place: EnginePlace, places: EnginePlace[], first: EnginePlace | undefined): EngineLook {
  const look = { place: place.place, value: place.value };
  if (place.value === '') return { ...look, outcome: 'skipped', detail: 'not set' };
  if (first && places.indexOf(first) < places.indexOf(place)) {
    return { ...look, outcome: place.named ? 'skipped' : 'found', detail: `not asked: ${first.place} comes first` };
  }
  const detail = place.value === 'default' ? 'means the usual sockets' : 'DOCKER_CONTEXT comes first';
  return { ...look, outcome: 'skipped', detail };
}

function noSocket(options: LocateOptions): EngineLook {
  const sockets = usualSockets(options);
  return {
    place: 'Usual sockets',
    value: `${sockets.length} places`,
    outcome: 'missing',
    detail: sockets.map(each => each.path).join(', '),
  };
}

function programs({ command, daemon, apps }: InstalledDocker): EngineLook[] {
  const program = command ?? daemon;
  const rows: EngineLook[] = [
    {
      place: 'docker command',
      value: program ?? '',
      outcome: program === undefined ? 'missing' : 'found',
      detail: program === undefined ? 'not on PATH' : '',
    },
    ...apps.map(({ name, path }): EngineLook => ({ place: name, value: path, outcome: 'found', detail: '' })),
  ];
  if (apps.length > 0) return rows;
  return [
    ...rows,
    { place: 'Docker Desktop, OrbStack, Colima', value: '', outcome: 'missing', detail: 'not installed' },
  ];
}
