import type { LeaseRow, RunRow } from '../../shared/contract/index.ts';
import { leftMs, warnBelowMs } from './lease-time.ts';

/** A message of the system. */
export interface Notice {
  title: string;
  body: string;
  route: string;
}

/** What a list of runs tells that the list before it did not. Before the first list there is nothing to compare with. */
export function runNotices(before: readonly RunRow[] | undefined, after: readonly RunRow[]): Notice[] {
  if (before === undefined) return [];
  const states = new Map(before.map(run => [run.id, run.state]));
  return after
    .filter(run => run.state !== 'running' && states.get(run.id) !== run.state && !isAgain(states.get(run.id)))
    .map(run => ({ title: `${nameOfRun(run)} ${stateWords[run.state]}`, body: bodyOf(run), route: `/runs/${run.id}` }));
}

/** A run that was over is not told of again, whatever it becomes. */
function isAgain(before: RunRow['state'] | undefined): boolean {
  return before === 'failed' || before === 'done';
}

const stateWords: Record<RunRow['state'], string> = {
  running: 'is running',
  ready: 'is ready',
  failed: 'failed',
  done: 'is done',
};

function bodyOf(run: RunRow): string {
  if (run.state === 'ready') return 'Its endpoints take messages.';
  if (run.verdict === null) return run.state === 'failed' ? 'The run itself broke.' : 'It ended without a verdict.';
  const passed = run.cases.filter(({ verdict }) => verdict === 'pass').length;
  const warned = run.warnings === 0 ? '' : `, ${run.warnings} ${run.warnings === 1 ? 'warning' : 'warnings'}`;
  return `Verdict ${run.verdict}: ${passed} of ${run.cases.length} cases passed${warned}.`;
}

/** A run by its name and number. */
export function nameOfRun({ name, number }: Pick<RunRow, 'name' | 'number'>): string {
  return `${name} #${number}`;
}

/**
 * Warns of each deadline once, when it comes under five minutes. A lease that was extended is warned of again; one that is under them
 * when it is first seen is not.
 */
export class DeadlineWatch {
  readonly #open = new Map<string, { isTold: boolean }>();

  /** The leases to warn of now. */
  due(leases: readonly LeaseRow[], nowMs: number): LeaseRow[] {
    const open = leases.filter(({ state }) => state === 'open');
    const ids = new Set(open.map(({ id }) => id));
    for (const id of this.#open.keys()) if (!ids.has(id)) this.#open.delete(id);
    return open.filter(lease => {
      const left = leftMs(lease, nowMs);
      const isNear = left <= warnBelowMs;
      const known = this.#open.get(lease.id);
      this.#open.set(lease.id, { isTold: isNear });
      return isNear && left > 0 && known !== undefined && !known.isTold;
    });
  }
}

/** The message for a lease that ends soon. */
export function leaseNotice(lease: LeaseRow, runs: readonly RunRow[], nowMs: number): Notice {
  const run = runs.find(({ lease_id }) => lease_id === lease.id);
  const minutes = Math.max(1, Math.round(leftMs(lease, nowMs) / 60_000));
  return {
    title: `The lease of ${run === undefined ? (lease.label ?? lease.id) : nameOfRun(run)} ends in ${minutes} min`,
    body: 'Its containers, network and files go then. Extend it to keep them.',
    route: run === undefined ? '/leases' : `/runs/${run.id}`,
  };
}
