import { describe, expect, it } from 'vitest';
import { caseAt, eventsUpTo, RunIndexer, statusAt } from '../../../../renderer/run/run-index.ts';
import { tickLabel, tickStep, timeScale } from '../../../../renderer/run/time-scale.ts';
import { waterfall } from '../../../../renderer/run/waterfall.ts';
import { drawLane } from '../../../../renderer/run/waterfall-pixels.ts';
import type { RunEvent } from '../../../../shared/events.ts';
import { caseAtMs, eventsAt, plan, plannedCase, setUp, startMs } from './runs.ts';

const read = (events: readonly RunEvent[]) => new RunIndexer().append(events, startMs);

describe('the lanes of the waterfall', () => {
  it('show publish, upload and graph on the host, one after another', () => {
    const { host } = waterfall(read(eventsAt(...setUp)), plan(), startMs);
    expect(host.spans.map(({ kind, fromMs, toMs }) => [kind, fromMs, toMs])).toEqual([
      ['publish', 0, 1760],
      ['upload', 1760, 1900],
      ['graph', 1900, 2308],
    ]);
    expect(host.marks).toEqual([
      { kind: 'lease', atMs: 0 },
      { kind: 'ready', atMs: 6910 },
    ]);
  });

  it('leave out a step that the run did not need', () => {
    const events = eventsAt(...setUp.filter(([, { type }]) => type !== 'prerelease_published'));
    const { host } = waterfall(read(events), plan(), startMs);
    expect(host.spans.map(({ kind, fromMs, toMs }) => [kind, fromMs, toMs])).toEqual([
      ['upload', 0, 1900],
      ['graph', 1900, 2308],
    ]);
  });

  it('leave open what is under way', () => {
    const { host, byAlias } = waterfall(read(eventsAt(...setUp.slice(0, 1))), plan(), startMs);
    expect(host.spans).toMatchObject([{ kind: 'publish', fromMs: 0, toMs: null, label: 'publish' }]);
    expect(byAlias.get('in')?.spans).toEqual([]);
    const starting = waterfall(read(eventsAt(...setUp.slice(0, 10))), plan(), startMs);
    expect(starting.byAlias.get('cut')?.spans).toMatchObject([{ kind: 'start', fromMs: 2340, toMs: null }]);
  });

  it('end at the failure what was under way when the run broke', () => {
    const failed = { type: 'failed', stage: 'publish', error: { code: 'build_failed', message: 'No.' } } as const;
    const { host } = waterfall(read(eventsAt(...setUp.slice(0, 1), [900, failed])), plan(), startMs);
    expect(host.spans).toMatchObject([{ kind: 'publish', fromMs: 0, toMs: 900 }]);
    expect(host.marks.at(-1)).toEqual({ kind: 'failed', atMs: 900 });
  });

  it('show how long each container took to start, and that it runs since', () => {
    const { byAlias } = waterfall(read(eventsAt(...setUp)), plan(), startMs);
    expect(byAlias.get('cut')).toMatchObject({
      spans: [{ kind: 'start', fromMs: 2340, toMs: 6870, label: 'start 4.53 s' }],
      aliveFromMs: 6870,
    });
  });

  it('take the time of sending from the record, and before there is one from the case before', () => {
    const sent_at = new Date(startMs + 6950).toISOString();
    const result = {
      verdict: 'pass' as const,
      latency_ms: 612,
      reasons: [],
      expressions: [],
      message_id: null,
      sent_at,
      frames: [{ sha256: 'a', bytes: 412, media_type: 'application/json', message_ids: [], at: sent_at }],
    };
    const index = read(eventsAt(...setUp, caseAtMs(7632, 'dog', 612), caseAtMs(7943, 'eagle', 41)));
    const { host, byAlias } = waterfall(index, plan([plannedCase('dog', { result }), plannedCase('eagle')]), startMs);
    expect(host.spans.slice(3).map(({ label, fromMs, toMs }) => [label, fromMs, toMs])).toEqual([
      ['dog', 6950, 7632],
      ['eagle', 7632, 7943],
    ]);
    expect(byAlias.get('in')?.sends).toEqual([6950, 7632]);
    expect(byAlias.get('out')).toMatchObject({ frames: [7562, 7673], frameBytes: [412, null] });
    expect(byAlias.get('cut')?.spans.slice(1)).toMatchObject([
      { kind: 'infer', fromMs: 6950, toMs: 7562, label: '612 ms' },
      { kind: 'infer', fromMs: 7632, toMs: 7673 },
    ]);
  });

  it('show no frame for a case that had no output', () => {
    const index = read(eventsAt(...setUp, caseAtMs(9000, 'dog', null)));
    const { byAlias } = waterfall(index, plan([plannedCase('dog')]), startMs);
    expect(byAlias.get('in')?.sends).toEqual([6910]);
    expect(byAlias.get('out')?.frames).toEqual([]);
    expect(byAlias.get('cut')?.spans).toHaveLength(1);
  });

  it('show when a container wrote to stderr, once the logs say so', () => {
    const { byAlias } = waterfall(read(eventsAt(...setUp)), plan(), startMs, new Map([['cut', [4300, 4310]]]));
    expect(byAlias.get('cut')?.stderr).toEqual([4300, 4310]);
    expect(byAlias.get('cut')?.marks).toHaveLength(2);
  });
});

describe('the time axis', () => {
  it('has round steps that are far enough apart', () => {
    expect(tickStep(9600, 1100)).toBe(1000);
    expect(tickStep(400, 1100)).toBe(50);
    expect(tickStep(350_000, 1100)).toBe(30_000);
    expect(tickStep(7 * 86_400_000, 1100) * 14).toBeGreaterThan(7 * 86_400_000);
  });

  it('names ticks in the unit of their step', () => {
    expect([
      tickLabel(50, 50),
      tickLabel(500, 100),
      tickLabel(9000, 1000),
      tickLabel(90_000, 30_000),
      tickLabel(3_600_000, 1_800_000),
      tickLabel(5_400_000, 1_800_000),
    ]).toEqual(['50 ms', '0.5 s', '9 s', '1 min 30 s', '1 h', '1 h 30 min']);
  });

  it('breaks between the last event and now when a live run has been idle', () => {
    const scale = timeScale(1392, 8600, 350_100);
    expect(scale.idle).not.toBeNull();
    expect(scale.nowX).toBe(1352);
    expect(scale.x(350_100)).toBeCloseTo(1352);
    expect(scale.x(8600)).toBeLessThan(scale.idle?.from ?? 0);
    expect(timeScale(1392, 8600, 9000).idle).toBeNull();
    expect(timeScale(1392, 8600, null).idle).toBeNull();
  });

  it('finds the time of a place, also in the wait until now', () => {
    for (const scale of [timeScale(1392, 8600, 350_100), timeScale(1392, 8600, null)]) {
      for (const ms of [0, 1234, 7632, 8600]) expect(scale.ms(scale.x(ms))).toBeCloseTo(ms, 3);
    }
    const idle = timeScale(1392, 8600, 350_100);
    expect(idle.ms(idle.x(200_000))).toBeCloseTo(200_000, 0);
    expect(idle.ms(0)).toBe(0);
  });

  it('stands still while time passes within a step', () => {
    const early = timeScale(1392, 6000, 6100);
    const late = timeScale(1392, 6000, 6200);
    expect(late.x(5000)).toBe(early.x(5000));
  });

  it('has a place for a run that has just begun, and for a window without room', () => {
    expect(Number.isFinite(timeScale(1392, 0, 0).x(0))).toBe(true);
    expect(Number.isFinite(timeScale(100, 8600, 350_100).x(8600))).toBe(true);
  });
});

describe('a lane on screen', () => {
  const many = 10_000;
  const names = Array.from({ length: many }, (_, position) => `case ${position}`);
  const events = eventsAt(...setUp, ...names.map((name, position) => caseAtMs(7000 + position * 10, name, 5)));

  it('draws no more of 10,000 cases than there is room for', () => {
    const lanes = waterfall(read(events), plan(names.map(name => plannedCase(name))), startMs);
    const scale = timeScale(1392, 107_000, null);
    const host = drawLane(lanes.host, scale, 107_000);
    expect(host.bars.length).toBeLessThan(500);
    expect(host.bars.reduce((sum, bar) => sum + (bar.kind === 'case' ? bar.count : 0), 0)).toBe(many);
    const into = drawLane(lanes.byAlias.get('in') ?? lanes.host, scale, 107_000);
    expect(into.dots.length).toBeLessThan(500);
  });

  it('keeps cases apart that follow at once, as long as they can be seen', () => {
    const cases = ['dog', 'eagle', 'horses'].map(name => plannedCase(name));
    const index = read(eventsAt(...setUp, caseAtMs(7632, 'dog'), caseAtMs(7943, 'eagle'), caseAtMs(8258, 'horses')));
    const { host } = waterfall(index, plan(cases), startMs);
    const drawn = drawLane(host, timeScale(1392, 8600, null), 8600);
    expect(drawn.bars.slice(3).map(({ text }) => text)).toEqual(['dog', '2', '3']);
  });

  it('writes the count of stderr beside its dot, unless a span is in the way', () => {
    const drawn = (times: number[]) => {
      const index = read(eventsAt(...setUp, caseAtMs(9000, 'dog', 2000)));
      const { byAlias, host } = waterfall(index, plan([plannedCase('dog')]), startMs, new Map([['cut', times]]));
      return drawLane(byAlias.get('cut') ?? host, timeScale(1392, 9000, null), 9000).stderr?.text;
    };
    expect(drawn([4300, 4310])).toBe('2 stderr');
    expect(drawn([6890])).toBeUndefined();
  });

  it('names steps too short for their words beside them', () => {
    const { host } = waterfall(read(eventsAt(...setUp)), plan(), startMs);
    const drawn = drawLane(host, timeScale(1392, 8600, null), 8600);
    expect(drawn.bars.map(({ text }) => text)).toEqual(['publish 1.76 s', '', '']);
    expect(drawn.aside?.text).toBe('upload, graph');
  });
});

describe('the events of a run, kept as they come', () => {
  it('are the same whether they came at once or one by one', () => {
    const events = eventsAt(...setUp, caseAtMs(7632, 'dog'), caseAtMs(7943, 'eagle'));
    const indexer = new RunIndexer();
    for (const event of events) indexer.append([event], startMs);
    expect(indexer.index).toEqual(read(events));
    expect(indexer.append([], startMs)).toBe(indexer.index);
  });

  it('never go back in time, even when the clock was set back', () => {
    const index = read(eventsAt([0, setUp[0]?.[1] as never], caseAtMs(500, 'dog'), caseAtMs(300, 'eagle')));
    expect(index.times).toEqual([0, 500, 500]);
  });

  it('say what was so at the playhead', () => {
    const index = read(eventsAt(...setUp, caseAtMs(7632, 'dog'), caseAtMs(7943, 'eagle')));
    expect(eventsUpTo(index, 0)).toBe(1);
    expect(eventsUpTo(index, 2340)).toBe(10);
    expect(eventsUpTo(index, null)).toBe(15);
    const cut = index.vertices.get('cut');
    expect([1000, 2340, 6870, null].map(ms => statusAt(cut, ms))).toEqual([null, 'starting', 'running', 'running']);
    expect([6000, 7000, 7632, 7633, 99_999].map(ms => caseAt(index, ms)?.name)).toEqual([
      undefined,
      'dog',
      'dog',
      'eagle',
      'eagle',
    ]);
  });

  it('are 10,000 read together, and the next one after them', () => {
    const names = Array.from({ length: 10_000 }, (_, position) => `case ${position}`);
    const events = eventsAt(...setUp, ...names.map((name, position) => caseAtMs(7000 + position, name)));
    const indexer = new RunIndexer();
    indexer.append(events.slice(0, -1), startMs);
    const index = indexer.append(events.slice(-1), startMs);
    expect(index.count).toBe(events.length);
  });
});
