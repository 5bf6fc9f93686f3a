import type { RunCase } from '../../shared/contract/index.ts';
import type { Check } from './boxes.ts';

/** One thing a case expects, as a row: what is asked, and what was seen. */
export interface CheckRow {
  readonly status: 'pass' | 'mismatch' | 'fail' | 'warn' | 'idle';
  readonly text: string;
  /** `true`, a count, a time; empty before it was looked at. */
  readonly observed: string;
  /** Why an expression could not be evaluated, verbatim. */
  readonly error?: string;
}

/** Every check of a case in the manifest's order, with its outcome once there is one. */
export function checkRows(each: RunCase): CheckRow[] {
  return [...expressionRows(each), ...frameRows(each), ...logRows(each), ...timeRows(each)];
}

/** The expressions of a case as boxes ask for them. */
export function expressionChecks(each: RunCase): Check[] {
  return each.that.map(({ expr, severity }, index) => {
    const outcome = each.result?.expressions[index];
    return { expr, severity, ok: outcome?.ok ?? null };
  });
}

/** Whether an expectation of severity `warn` did not hold. */
export function hasWarning(each: RunCase): boolean {
  return each.result?.expressions.some(({ ok, severity }) => !ok && severity === 'warn') ?? false;
}

function expressionRows(each: RunCase): CheckRow[] {
  return each.that.map(({ expr, severity }, index) => {
    const outcome = each.result?.expressions[index];
    if (outcome === undefined) return { status: 'idle', text: expr, observed: '' };
    if (outcome.ok) return { status: 'pass', text: expr, observed: 'true' };
    const status = severity === 'warn' ? 'warn' : 'mismatch';
    if (outcome.error === undefined) return { status, text: expr, observed: 'false' };
    return { status, text: expr, observed: 'error', error: outcome.error };
  });
}

function frameRows({ from, frames, result }: RunCase): CheckRow[] {
  if (from === null) return [];
  const text = `frames: ${frames}`;
  if (result === null) return [{ status: 'idle', text, observed: '' }];
  const count = result.frames.length;
  // Too few break the case; too many are another meaning.
  const status = count === frames ? 'pass' : count < frames ? 'fail' : 'mismatch';
  return [{ status, text, observed: String(count) }];
}

function logRows({ logs, result }: RunCase): CheckRow[] {
  return logs.map(({ vertex, present, absent }) => {
    const text = `logs ${vertex}: '${present ?? absent}' ${present === undefined ? 'absent' : 'present'}`;
    // A case that broke was not judged.
    if (result === null || result.verdict === 'fail') return { status: 'idle', text, observed: '' };
    const broken =
      present === undefined ? `the log of ${vertex} has ${absent}` : `the log of ${vertex} does not have ${present}`;
    const isBroken = result.reasons.includes(broken);
    return { status: isBroken ? 'mismatch' : 'pass', text, observed: isBroken ? 'false' : 'true' };
  });
}

function timeRows({ within_ms, result }: RunCase): CheckRow[] {
  if (within_ms === null) return [];
  const text = `within ${within_ms % 1000 === 0 ? `${within_ms / 1000} s` : `${within_ms} ms`}`;
  const latency = result?.latency_ms ?? null;
  if (latency === null) return [{ status: 'idle', text, observed: '' }];
  return [{ status: latency <= within_ms ? 'pass' : 'mismatch', text, observed: `${latency} ms` }];
}
