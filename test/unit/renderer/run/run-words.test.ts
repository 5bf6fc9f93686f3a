import { describe, expect, it } from 'vitest';
import { fixtureLines } from '../../../../renderer/run/fixture-lines.ts';
import { RunIndexer } from '../../../../renderer/run/run-index.ts';
import { folderOf, runBadge, runFacts } from '../../../../renderer/run/run-words.ts';
import { vertexState } from '../../../../renderer/run/vertex-words.ts';
import { caseAtMs, eventsAt, plan, plannedCase, setUp, startMs, vertex } from './runs.ts';

const base = { state: 'done', verdict: null, warnings: 0, failure: null, kind: 'proof' } as const;
const cancelled = { stage: 'ready', error: { code: 'cancelled', message: '' } };

describe('the badge of a run', () => {
  it('never shows a pass without its warnings', () => {
    expect(runBadge({ ...base, verdict: 'pass' }).text).toBe('Pass');
    expect(runBadge({ ...base, verdict: 'pass', warnings: 1 }).text).toBe('Pass, 1 warning');
    expect(runBadge({ ...base, verdict: 'mismatch', warnings: 2 }).text).toBe('Mismatch, 2 warnings');
  });

  it('tells a run that was stopped from one that broke', () => {
    expect(runBadge({ ...base, state: 'running' })).toEqual({ status: 'running', text: 'Running' });
    expect(runBadge({ ...base, state: 'failed', verdict: 'fail' })).toEqual({ status: 'fail', text: 'Fail' });
    expect(runBadge({ ...base, state: 'failed', verdict: 'fail', failure: cancelled }).text).toBe('Stopped');
  });
});

describe('the facts of a run', () => {
  it('count containers that run and fixtures that were sent', () => {
    const cases = [plannedCase('dog'), plannedCase('eagle')];
    const detail = { kind: 'proof' as const, mode: 'live_fixture', ended_at: null, plan: plan(cases) };
    detail.plan.vertices = [vertex('in', { status: 'running' }), vertex('cut', { status: 'failed' })];
    const index = new RunIndexer().append(eventsAt(...setUp, caseAtMs(7632, 'dog')), startMs);
    expect(runFacts(detail, index)).toEqual({
      running: 1,
      containers: '1 of 2 containers running',
      fixtures: '1 of 2 fixtures sent',
      mode: 'Live fixture',
    });
  });

  it('say of a run that is over how many containers there were', () => {
    const detail = { kind: 'proof' as const, mode: 'live_fixture', ended_at: 'now', plan: plan([]) };
    detail.plan.vertices = [vertex('in', { status: 'exited', container_id: 'ctr_1' }), vertex('cut', {})];
    const index = new RunIndexer().append([], startMs);
    expect(runFacts(detail, index).containers).toMatch(/^\d containers?, ended$/);
  });

  it('find the folder of a manifest on any system', () => {
    expect([folderOf('/pets/proof.yml'), folderOf('C:\\pets\\proof.yml'), folderOf('/proof.yml')]).toEqual([
      '/pets',
      'C:\\pets',
      '/',
    ]);
  });
});

describe('the fixtures of a run', () => {
  const cases = [plannedCase('dog'), plannedCase('eagle'), plannedCase('horses')];
  const detail = { kind: 'proof' as const, plan: plan(cases) };
  const index = new RunIndexer().append(eventsAt(...setUp, caseAtMs(7632, 'dog', 612)), startMs);

  it('say which was sent, which is under way and which waits', () => {
    expect(fixtureLines(detail, index, true).map(({ word, latencyMs }) => [word, latencyMs])).toEqual([
      ['Pass', 612],
      ['Running', null],
      ['Not sent', null],
    ]);
    expect(fixtureLines(detail, index, false).map(({ word }) => word)).toEqual(['Pass', 'Not sent', 'Not sent']);
  });

  it('stand once for each case that sends them, and once when none does', () => {
    const shared = plan([plannedCase('a', { fixture: 'x' }), plannedCase('b', { fixture: 'x' })]);
    const file = { source: null, file_id: null, sha256: null, bytes: null, media_type: null };
    shared.fixtures = [
      { name: 'x', ...file },
      { name: 'y', ...file },
    ];
    const lines = fixtureLines({ kind: 'proof', plan: shared }, index, false);
    expect(lines.map(({ fixture, note }) => [fixture.name, note])).toEqual([
      ['x', 'a'],
      ['x', 'b'],
      ['y', null],
    ]);
  });
});

describe('the state of a container', () => {
  it('is said with its exit code where there is one', () => {
    expect(vertexState('exited', 1).word).toBe('exited 1');
    expect(vertexState('failed', 137)).toEqual({ status: 'fail', word: 'failed, exit 137' });
    expect(vertexState(null, null)).toEqual({ status: 'idle', word: 'not started' });
  });
});
