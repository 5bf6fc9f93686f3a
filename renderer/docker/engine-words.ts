import type { EngineLook, EngineState, EngineStatus } from '../../shared/contract/index.ts';
import type { Status } from '../ui/status.tsx';

/** A status and the words beside its shape. */
export interface EngineWord {
  status: Status;
  text: string;
}

const short: Record<Exclude<EngineState, 'ready'>, EngineWord> = {
  checking: { status: 'running', text: 'Looking for Docker' },
  absent: { status: 'fail', text: 'Docker not found' },
  stopped: { status: 'fail', text: 'Docker not running' },
  starting: { status: 'running', text: 'Docker starting' },
  denied: { status: 'fail', text: 'Docker denied' },
  wrong_context: { status: 'fail', text: 'Docker elsewhere' },
};

/** The engine in the title bar: `Docker 28.3` once it answers, otherwise why not. */
export function engineWord({ state, version }: Pick<EngineStatus, 'state' | 'version'>): EngineWord {
  if (state !== 'ready') return short[state];
  const [, majorMinor] = /^(\d+\.\d+)/.exec(version ?? '') ?? [];
  return { status: 'pass', text: majorMinor === undefined ? 'Docker' : `Docker ${majorMinor}` };
}

/** One place that was looked at, as a row of the table. */
export interface LookRow {
  place: string;
  value: string;
  /** More about it; empty when the value says all. */
  detail: string;
  word: EngineWord;
}

const outcomes: Record<EngineLook['outcome'], EngineWord> = {
  skipped: { status: 'idle', text: 'Skipped' },
  missing: { status: 'fail', text: 'No such file' },
  no_answer: { status: 'fail', text: 'No answer' },
  denied: { status: 'fail', text: 'Denied' },
  found: { status: 'pass', text: 'Found' },
  answers: { status: 'pass', text: 'Answers' },
};

/** What the table says of a place. A place without a value has its detail in that column. */
export function lookRow({ place, value, outcome, detail }: EngineLook): LookRow {
  return {
    place,
    value: value || detail || 'not set',
    detail: value === '' ? '' : detail,
    word: wordOf(place, value, outcome),
  };
}

function wordOf(place: string, value: string, outcome: EngineLook['outcome']): EngineWord {
  if (outcome !== 'missing') return outcomes[outcome];
  if (place === 'Usual sockets') return { status: 'fail', text: 'None there' };
  if (place === 'docker command') return { status: 'fail', text: 'Not found' };
  // An app that is not installed is one of several that would do.
  return value === '' ? { status: 'idle', text: 'Not found' } : outcomes.missing;
}

/** How often the engine is looked for, in words. One behind SSH is asked less often: each look is a login. */
export function checkRhythm(host: string): string {
  return host.startsWith('ssh:') ? 'Checks every 10 s' : 'Checks every 2 s';
}
