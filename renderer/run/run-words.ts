import type { RunDetail } from '../../shared/contract/index.ts';
import type { Status } from '../ui/index.ts';
import type { RunIndex } from './run-index.ts';

type Head = Pick<RunDetail, 'state' | 'verdict' | 'warnings' | 'failure' | 'kind'>;

/** The verdict of a run as its badge says it. A pass with warnings never stands alone. */
export function runBadge(detail: Head): { status: Status; text: string } {
  const { state, verdict, failure } = detail;
  const isCancelled = failure?.error.code === 'cancelled';
  if (verdict === 'pass') return { status: 'pass', text: `Pass${warningsText(detail.warnings)}` };
  if (verdict === 'mismatch') return { status: 'mismatch', text: `Mismatch${warningsText(detail.warnings)}` };
  if (state === 'running') return { status: 'running', text: 'Running' };
  if (state === 'ready') return { status: 'running', text: 'Ready' };
  if (isCancelled) return { status: 'idle', text: 'Stopped' };
  if (verdict === 'fail' || state === 'failed') return { status: 'fail', text: 'Fail' };
  return { status: 'idle', text: 'No verdict' };
}

/** What is behind a run's name in its head: containers, fixtures, mode. */
export function runFacts(
  detail: Pick<RunDetail, 'plan' | 'mode' | 'kind' | 'ended_at'>,
  index: RunIndex,
): { running: number; containers: string; fixtures: string; mode: string } {
  const { vertices, fixtures, cases } = detail.plan;
  const running = vertices.filter(({ status }) => status === 'running').length;
  const made = vertices.filter(({ container_id }) => container_id !== null).length;
  const isOver = detail.ended_at !== null && running === 0;
  const sent = new Set<string>();
  for (const each of cases) if (index.caseOf.has(each.name)) sent.add(each.fixture);
  return {
    running,
    containers: isOver
      ? `${made} ${made === 1 ? 'container' : 'containers'}, ended`
      : `${running} of ${vertices.length} ${vertices.length === 1 ? 'container' : 'containers'} running`,
    fixtures: `${sent.size} of ${fixtures.length} ${fixtures.length === 1 ? 'fixture' : 'fixtures'} sent`,
    mode: detail.kind === 'live_test' ? 'Live test' : sentence(detail.mode),
  };
}

/** The folder a file is in, on any system. */
export function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return end <= 0 ? path.slice(0, end + 1) : path.slice(0, end);
}

function warningsText(count: number): string {
  return count === 0 ? '' : count === 1 ? ', 1 warning' : `, ${count} warnings`;
}

function sentence(mode: string): string {
  const words = mode.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
