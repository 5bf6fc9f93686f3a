import type { RunCase, RunDetail } from '../../shared/contract/index.ts';

/** Why there is no output of a case to look at, and what it waits for. */
export interface Absence {
  readonly status: 'running' | 'idle' | 'fail';
  readonly title: string;
  readonly text: string;
}

/** What is missing of a case's output; null when there is one. */
export function absenceOf(detail: RunDetail, each: RunCase): Absence | null {
  if (each.result === null) return notSent(detail, each);
  if (each.result.frames.length > 0) return null;
  const { reasons } = each.result;
  if (reasons.some(reason => reason.startsWith('fixture_rejected:'))) {
    return {
      status: 'fail',
      title: 'The fixture was refused',
      text: `${each.to} did not take ${each.fixture}, so nothing reached ${each.from ?? 'the graph'}. What it said is with the expectation.`,
    };
  }
  if (reasons.some(reason => reason.startsWith('timed_out:'))) {
    return {
      status: 'fail',
      title: 'No frame came in time',
      text: `${each.fixture} was taken by ${each.to}, and ${each.from ?? 'the graph'} sent nothing before the time was over.`,
    };
  }
  if (each.from === null) {
    return { status: 'idle', title: 'No output is expected', text: 'This case looks at logs only.' };
  }
  if (each.result.verdict !== 'fail' && each.frames === 0) {
    return { status: 'idle', title: 'No frame came', text: `${each.from} sent nothing, as the case expects.` };
  }
  return {
    status: 'fail',
    title: 'No frame was captured',
    text: 'The case broke before its output came. The reasons are with the expectation.',
  };
}

function notSent(detail: RunDetail, each: RunCase): Absence {
  const { state, kind, ended_at, failure } = detail;
  if (kind === 'live_test') {
    return {
      status: 'idle',
      title: 'Not sent',
      text: 'A live test sends no cases by itself. Run the manifest as a proof to send them.',
    };
  }
  if (failure !== null) {
    return {
      status: 'fail',
      title: 'Not sent',
      text: `The run broke in ${failure.stage} before this case: ${failure.error.message}`,
    };
  }
  if (state !== 'running' || ended_at !== null) {
    return { status: 'idle', title: 'Not sent', text: 'The run ended before this case was sent.' };
  }
  const { cases, vertices } = detail.plan;
  const before = cases.slice(0, cases.indexOf(each)).find(other => other.result === null);
  if (before !== undefined) {
    return { status: 'idle', title: 'Not sent yet', text: `It waits for its turn: ${before.name} is sent first.` };
  }
  const starting = vertices.filter(vertex => vertex.status !== 'running').map(vertex => vertex.alias);
  if (starting.length > 0) {
    return { status: 'idle', title: 'Not sent yet', text: `It waits for ${starting.join(', ')} to run.` };
  }
  return {
    status: 'running',
    title: 'Under way',
    text: each.from === null ? 'It waits for the logs to say it.' : `It waits for a frame from ${each.from}.`,
  };
}
