import { describe, expect, it } from 'vitest';
import { casePips, elapsed, liveStep, modeWord, msFigure, rowStatus } from '../../../../renderer/runs/run-row.ts';
import { aRun } from './rows.ts';

describe('what a row says it is', () => {
  it('is its verdict once it is over', () => {
    expect(rowStatus(aRun())).toEqual({ status: 'pass', word: 'Pass' });
    expect(rowStatus(aRun({ verdict: 'mismatch' }))).toEqual({ status: 'mismatch', word: 'Mismatch' });
    expect(rowStatus(aRun({ state: 'failed', verdict: null }))).toEqual({ status: 'fail', word: 'Fail' });
  });
  it('is running or ready while it is live', () => {
    expect(rowStatus(aRun({ state: 'running', verdict: null, ended_at: null })).word).toBe('Running');
    expect(rowStatus(aRun({ state: 'ready', verdict: null, ended_at: null }))).toEqual({
      status: 'running',
      word: 'Ready',
    });
  });
  it('claims no verdict for a live test that is over', () => {
    expect(rowStatus(aRun({ kind: 'live_test', verdict: null })).word).toBe('No verdict');
    expect(rowStatus(aRun({ kind: 'live_test', state: 'ready', verdict: null })).word).toBe('No verdict');
  });
});

describe('the cases of a row', () => {
  it('warn where they passed with warnings, and say so in words', () => {
    const { pips, more, text } = casePips([
      { name: 'a', verdict: 'pass', warnings: 1 },
      { name: 'b', verdict: 'mismatch', warnings: 1 },
      { name: 'c', verdict: null, warnings: 0 },
    ]);
    expect(pips).toEqual(['warn', 'mismatch', 'idle']);
    expect(more).toBe(0);
    expect(text).toBe('3 cases: 1 pass with warnings, 1 mismatch, 1 not sent');
  });
  it('are only counted after the tenth', () => {
    const cases = Array.from({ length: 13 }, (_, index) => ({
      name: `${index}`,
      verdict: 'pass' as const,
      warnings: 0,
    }));
    expect(casePips(cases)).toMatchObject({ pips: { length: 10 }, more: 3, text: '13 cases: 13 pass' });
  });
});

describe('what a live run does now', () => {
  const now = Date.parse('2026-07-01T12:00:04.200Z');
  const live = { state: 'running', verdict: null } as const;
  const case1 = { name: 'dog', verdict: null, warnings: 0 };

  it('publishes the unit first, then deploys, with only the time known', () => {
    expect(liveStep(aRun({ ...live, unit: null }), undefined, now)).toEqual({
      title: 'Publishing the unit',
      detail: '4.2 s',
      done: 0,
    });
    const planned = { running: 0, total: 3 };
    const row = aRun({ ...live, cases: [case1], containers: planned });
    expect(liveStep(row, [{ alias: 'cut', status: null }], now)).toMatchObject({ title: 'Deploying', detail: '4.2 s' });
    expect(liveStep(row, [{ alias: 'cut', status: 'starting' }], now)).toMatchObject({
      title: 'Starting cut',
      detail: '0 of 3 up, 4.2 s',
    });
  });
  it('names the container that is not up yet', () => {
    const row = aRun({ ...live, cases: [case1], containers: { running: 2, total: 3 } });
    const vertices = [
      { alias: 'in', status: 'running' },
      { alias: 'cut', status: 'starting' },
    ] as const;
    expect(liveStep(row, vertices, now)).toEqual({
      title: 'Starting cut',
      detail: '2 of 3 up, 4.2 s',
      done: 2,
      total: 3,
    });
    expect(liveStep(row, undefined, now).title).toBe('Starting containers');
  });
  it('names the case that is sent, then seals', () => {
    const containers = { running: 3, total: 3 };
    const cases = [
      { ...case1, verdict: 'pass' as const },
      { ...case1, name: 'eagle' },
    ];
    expect(liveStep(aRun({ ...live, containers, cases }), undefined, now)).toEqual({
      title: 'Sending eagle',
      detail: '1 of 2 cases, 4.2 s',
      done: 1,
      total: 2,
    });
    expect(liveStep(aRun({ ...live, containers, cases: cases.slice(0, 1) }), undefined, now).title).toBe(
      'Sealing evidence',
    );
  });
  it('stays with its cases when a container ends among them', () => {
    const cases = [
      { ...case1, verdict: 'pass' as const },
      { ...case1, name: 'eagle' },
    ];
    const row = aRun({ ...live, cases, containers: { running: 2, total: 3 } });
    expect(liveStep(row, undefined, now).title).toBe('Sending eagle');
  });
  it('says how many are up while a live test is held', () => {
    const row = aRun({ state: 'ready', kind: 'live_test', cases: [], containers: { running: 3, total: 3 } });
    expect(liveStep(row, undefined, now)).toMatchObject({ title: 'Ready', detail: '3 of 3 up, 4.2 s' });
  });
});

describe('figures', () => {
  it('carry units and groups of three', () => {
    expect([elapsed(-5), elapsed(4_234), elapsed(9_960), elapsed(59_000), elapsed(125_000)]).toEqual([
      '0.0 s',
      '4.2 s',
      '10 s',
      '59 s',
      '2 min 5 s',
    ]);
    expect([msFigure(null), msFigure(0.4), msFigure(612), msFigure(1240)]).toEqual(['none', '0', '612', '1\u2009240']);
  });
  it('call modes by their words', () => {
    const proof = (mode: string) => modeWord(aRun({ mode }));
    expect([proof('live_fixture'), proof('compare_versions'), proof('')]).toEqual(['Live', 'Compare versions', 'none']);
    expect(modeWord(aRun({ kind: 'live_test' }))).toBe('Live test');
  });
});
