import type { ContainerStatus, RunEvent, Verdict } from '../../shared/events.ts';
import { eventMs } from './run-time.ts';

/** A case as its event told it; cases are sent one after another. */
export interface CaseMark {
  readonly name: string;
  readonly verdict: Verdict;
  readonly latencyMs: number | null;
  readonly atMs: number;
}

/** What one vertex's container was, and from when on. */
export interface VertexTrack {
  readonly alias: string;
  readonly vertexId: string;
  containerMs: number | null;
  runningMs: number | null;
  readonly changes: { readonly atMs: number; readonly status: ContainerStatus }[];
}

/** When the steps of a run happened; null until they have. */
export interface RunMarks {
  publishedMs: number | null;
  lastFixtureMs: number | null;
  deployMs: number | null;
  readyMs: number | null;
  failedMs: number | null;
  backendId: string | null;
}

/** What a run's events say, kept so that a pane finds anything at the playhead without reading them again. */
export interface RunIndex {
  readonly count: number;
  /** Milliseconds since the start, one an event, never falling. Grows in place: read no further than `count`. */
  readonly times: readonly number[];
  readonly endMs: number;
  readonly cases: readonly CaseMark[];
  readonly caseOf: ReadonlyMap<string, CaseMark>;
  /** By alias. */
  readonly vertices: ReadonlyMap<string, VertexTrack>;
  readonly aliasOf: ReadonlyMap<string, string>;
  readonly marks: Readonly<RunMarks>;
}

/** Reads events as they come; what was read once is not read again. */
export class RunIndexer {
  readonly #times: number[] = [];
  readonly #cases: CaseMark[] = [];
  readonly #caseOf = new Map<string, CaseMark>();
  readonly #vertices = new Map<string, VertexTrack>();
  readonly #aliasOf = new Map<string, string>();
  readonly #marks = noMarks();
  #index = this.#read();

  /** What is known so far; another object whenever that has grown. */
  get index(): RunIndex {
    return this.#index;
  }

  /** Takes in the events that follow those it knows. */
  append(events: readonly RunEvent[], startMs: number): RunIndex {
    for (const event of events) this.#add(event, startMs);
    if (events.length > 0) this.#index = this.#read();
    return this.#index;
  }

  #read(): RunIndex {
    return {
      count: this.#times.length,
      times: this.#times,
      endMs: this.#times.at(-1) ?? 0,
      cases: this.#cases,
      caseOf: this.#caseOf,
      vertices: this.#vertices,
      aliasOf: this.#aliasOf,
      marks: { ...this.#marks },
    };
  }

  #add(event: RunEvent, startMs: number): void {
    // A clock that was set back must not make the search for a time miss.
    const atMs = Math.max(this.#times.at(-1) ?? 0, eventMs(event, startMs));
    this.#times.push(atMs);
    const marks = this.#marks;
    if (event.type === 'case') {
      const mark = { name: event.name, verdict: event.verdict, latencyMs: event.latency_ms, atMs };
      this.#cases.push(mark);
      this.#caseOf.set(event.name, mark);
    } else if (event.type === 'vertex_added') this.#track(event.alias, event.vertex_id);
    else if (event.type === 'container') this.#of(event.vertex_id).containerMs ??= atMs;
    else if (event.type === 'container_status') {
      const track = this.#of(event.vertex_id);
      track.changes.push({ atMs, status: event.status });
      track.containerMs ??= atMs;
      if (event.status === 'running') track.runningMs ??= atMs;
    } else if (event.type === 'prerelease_published') marks.publishedMs = atMs;
    else if (event.type === 'fixture_uploaded' || event.type === 'fixture_fetched') marks.lastFixtureMs = atMs;
    else if (event.type === 'backend_created') marks.backendId = event.backend_id;
    else if (event.type === 'deploy_started') marks.deployMs = atMs;
    else if (event.type === 'ready') marks.readyMs = atMs;
    else if (event.type === 'failed') marks.failedMs ??= atMs;
  }

  #of(vertexId: string): VertexTrack {
    const alias = this.#aliasOf.get(vertexId) ?? vertexId;
    return this.#vertices.get(alias) ?? this.#track(alias, vertexId);
  }

  #track(alias: string, vertexId: string): VertexTrack {
    const track: VertexTrack = { alias, vertexId, containerMs: null, runningMs: null, changes: [] };
    this.#aliasOf.set(vertexId, alias);
    this.#vertices.set(alias, track);
    return track;
  }
}

/** How many of the first `count` numbers are at most `value`; they never fall. */
export function countUpTo(numbers: readonly number[], value: number, count = numbers.length): number {
  return firstWhere(count, position => (numbers[position] as number) > value);
}

/** How many of the first `count` numbers are less than `value`; they never fall. */
export function countBefore(numbers: readonly number[], value: number, count = numbers.length): number {
  return firstWhere(count, position => (numbers[position] as number) >= value);
}

/** Where the playhead stands among the events: the number of events up to it. */
export function eventsUpTo(index: RunIndex, playheadMs: number | null): number {
  return playheadMs === null ? index.count : countUpTo(index.times, playheadMs, index.count);
}

/** The case that was under way, or had just ended, at a time; null before the first was sent. */
export function caseAt(index: RunIndex, ms: number): CaseMark | null {
  const { cases, marks } = index;
  if (cases.length === 0 || marks.readyMs === null || ms <= marks.readyMs) return null;
  return cases[firstWhere(cases.length - 1, position => (cases[position] as CaseMark).atMs >= ms)] ?? null;
}

/** What a vertex's container was at a time; null before it was made. The playhead at null is the newest that is known. */
export function statusAt(track: VertexTrack | undefined, playheadMs: number | null): ContainerStatus | null {
  if (track === undefined) return null;
  const change = playheadMs === null ? track.changes.at(-1) : track.changes.findLast(({ atMs }) => atMs <= playheadMs);
  if (change !== undefined) return change.status;
  return track.containerMs !== null && (playheadMs === null || track.containerMs <= playheadMs) ? 'starting' : null;
}

/** The first of `count` positions for which something holds, as it does for all after it; `count` when there is none. */
export function firstWhere(count: number, holds: (position: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function noMarks(): RunMarks {
  return { publishedMs: null, lastFixtureMs: null, deployMs: null, readyMs: null, failedMs: null, backendId: null };
}
