import type { RunRow, RunVertex } from '../../shared/contract/index.ts';

/** The statuses a row or a case of it can have; each has its own shape. */
export type RowStatus = 'pass' | 'mismatch' | 'fail' | 'running' | 'idle' | 'warn';
/** How many cases are drawn before the rest is only counted. */
export const maxPips = 10;

/** Whether a run is under way or holds its backend: such a row can be stopped. A live test stays `ready` after its lease. */
export function isLive(row: Pick<RunRow, 'state' | 'ended_at'>): boolean {
  return row.ended_at === null && (row.state === 'running' || row.state === 'ready');
}

/** What a row says it is, in shape and word. A live test has no verdict, so it is either over or broken. */
export function rowStatus(row: Pick<RunRow, 'state' | 'verdict' | 'ended_at'>): { status: RowStatus; word: string } {
  if (isLive(row)) return { status: 'running', word: row.state === 'ready' ? 'Ready' : 'Running' };
  if (row.verdict === 'pass') return { status: 'pass', word: 'Pass' };
  if (row.verdict === 'mismatch') return { status: 'mismatch', word: 'Mismatch' };
  if (row.verdict === 'fail' || row.state === 'failed') return { status: 'fail', word: 'Fail' };
  return { status: 'idle', word: 'No verdict' };
}

/** The first cases as shapes, how many more there are, and all of it in words for readers. */
export function casePips(cases: RunRow['cases']): { pips: RowStatus[]; more: number; text: string } {
  const all = cases.map<RowStatus>(({ verdict, warnings }) => {
    if (verdict === null) return 'idle';
    return verdict === 'pass' && warnings > 0 ? 'warn' : verdict;
  });
  const words: [RowStatus, string][] = [
    ['pass', 'pass'],
    ['warn', 'pass with warnings'],
    ['mismatch', 'mismatch'],
    ['fail', 'fail'],
    ['idle', 'not sent'],
  ];
  const counts = words
    .map(([status, word]) => [all.filter(each => each === status).length, word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`);
  const head = `${all.length} ${all.length === 1 ? 'case' : 'cases'}`;
  return {
    pips: all.slice(0, maxPips),
    more: Math.max(0, all.length - maxPips),
    text: counts.length === 0 ? head : `${head}: ${counts.join(', ')}`,
  };
}

/** How a run's mode is called in a table. */
export function modeWord({ kind, mode }: Pick<RunRow, 'kind' | 'mode'>): string {
  if (kind === 'live_test') return 'Live test';
  if (mode === 'live_fixture') return 'Live';
  const words = mode.replaceAll('_', ' ').trim();
  return words === '' ? 'none' : words.charAt(0).toUpperCase() + words.slice(1);
}

/** Time that has passed: '4.2 s', '42 s', '2 min 5 s'. */
export function elapsed(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < 9_950) return `${(whole / 1000).toFixed(1)} s`;
  const seconds = Math.round(whole / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Whole milliseconds in groups of three; 'none' when nothing was measured. */
export function msFigure(value: number | null): string {
  return value === null ? 'none' : String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '\u2009');
}

export interface LiveStep {
  /** What it does now. */
  title: string;
  /** How far that is, and for how long the run has been going. */
  detail: string;
  /** For the meter; without `total` how much there is to do is not known. */
  done: number;
  total?: number;
}

/** What a live run does now. `vertices` come with its details and may still be on their way. */
export function liveStep(
  row: Pick<RunRow, 'kind' | 'state' | 'unit' | 'cases' | 'containers' | 'created_at'>,
  vertices: readonly Pick<RunVertex, 'alias' | 'status'>[] | undefined,
  nowMs: number,
): LiveStep {
  const time = elapsed(nowMs - Date.parse(row.created_at));
  const { running, total } = row.containers;
  const up = { detail: `${running} of ${total} up, ${time}`, done: running, total };
  if (row.state === 'ready') return { title: 'Ready', ...up };
  if (row.unit === null) return { title: 'Publishing the unit', detail: time, done: 0 };
  const isDriven = row.cases.some(each => each.verdict !== null);
  if (!isDriven && (total === 0 || (running === 0 && vertices?.every(({ status }) => status === null) !== false))) {
    return { title: 'Deploying', detail: time, done: 0 };
  }
  if (!isDriven && running < total) {
    const late = vertices?.find(({ status }) => status !== 'running' && status !== null)?.alias;
    return { title: late === undefined ? 'Starting containers' : `Starting ${late}`, ...up };
  }
  const done = row.cases.filter(({ verdict }) => verdict !== null).length;
  const next = row.cases.find(({ verdict }) => verdict === null)?.name;
  if (row.cases.length === 0) return { title: 'Getting ready', ...up };
  return {
    title: next === undefined ? 'Sealing evidence' : `Sending ${next}`,
    detail: `${done} of ${row.cases.length} cases, ${time}`,
    done,
    total: row.cases.length,
  };
}
