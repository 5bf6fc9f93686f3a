import { describe, expect, it } from 'vitest';
import { checkRows, hasWarning } from '../../../../renderer/outputs/checks.ts';
import type { CaseResultRow, RunCase } from '../../../../shared/contract/index.ts';

const asked: RunCase = {
  name: 'dog',
  fixture: 'dog',
  to: 'in',
  from: 'out',
  meaning: 'The photo shows a dog.',
  frames: 1,
  that: [
    { expr: 'output.size() == 1', severity: 'error' },
    { expr: 'output[0].score > 0.5', severity: 'warn' },
  ],
  logs: [{ vertex: 'cut', absent: 'Traceback' }],
  within_ms: 2000,
  result: null,
};
const passed: CaseResultRow = {
  verdict: 'pass',
  latency_ms: 612,
  reasons: ['warning: output[0].score > 0.5 is false'],
  expressions: [
    { expr: 'output.size() == 1', severity: 'error', ok: true },
    { expr: 'output[0].score > 0.5', severity: 'warn', ok: false },
  ],
  message_id: 'msg_1',
  sent_at: null,
  frames: [{ sha256: 'a', bytes: 412, media_type: 'application/json', message_ids: ['msg_1'], at: '' }],
};
const seen = (result: CaseResultRow | null) =>
  checkRows({ ...asked, result }).map(({ status, text, observed }) => [status, text, observed]);

describe('the checks of a case', () => {
  it('are idle before it ran', () => {
    expect(seen(null)).toEqual([
      ['idle', 'output.size() == 1', ''],
      ['idle', 'output[0].score > 0.5', ''],
      ['idle', 'frames: 1', ''],
      ['idle', "logs cut: 'Traceback' absent", ''],
      ['idle', 'within 2 s', ''],
    ]);
  });

  it('say what was seen, and a warning as one', () => {
    expect(seen(passed)).toEqual([
      ['pass', 'output.size() == 1', 'true'],
      ['warn', 'output[0].score > 0.5', 'false'],
      ['pass', 'frames: 1', '1'],
      ['pass', "logs cut: 'Traceback' absent", 'true'],
      ['pass', 'within 2 s', '612 ms'],
    ]);
    expect(hasWarning({ ...asked, result: passed })).toBe(true);
  });

  it('say which of them a mismatch is of', () => {
    const late: CaseResultRow = {
      ...passed,
      verdict: 'mismatch',
      latency_ms: 2100,
      reasons: ['the log of cut has Traceback', 'the answer took 2100 ms, more than 2s'],
    };
    expect(seen(late).slice(3)).toEqual([
      ['mismatch', "logs cut: 'Traceback' absent", 'false'],
      ['mismatch', 'within 2 s', '2100 ms'],
    ]);
  });

  it('are not claimed to hold when the case broke before they were looked at', () => {
    const broken: CaseResultRow = { ...passed, verdict: 'fail', latency_ms: null, expressions: [], frames: [] };
    expect(seen(broken).map(([status]) => status)).toEqual(['idle', 'idle', 'fail', 'idle', 'idle']);
  });
});
