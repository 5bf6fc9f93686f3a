import { describe, expect, it } from 'vitest';
import { everything, filterRuns, unitsOf } from '../../../../renderer/runs/run-filter.ts';
import { aRun } from './rows.ts';

const ocr = { component: 'Page OCR', version_id: 'ver_ocr', image_digest: 'sha256:abcd0001' };
const rows = [
  aRun({ id: 'run_3', number: 3, state: 'running', verdict: null, ended_at: null, created_at: '2026-07-03T12:00:00Z' }),
  aRun({ id: 'run_2', number: 2, verdict: 'mismatch', unit: ocr, created_at: '2026-07-02T12:00:00Z' }),
  aRun({ id: 'run_1', number: 1, created_at: '2026-07-01T12:00:00Z' }),
];
const ids = (part: Partial<typeof everything>) => filterRuns(rows, { ...everything, ...part }).rows.map(({ id }) => id);

describe('the filter of runs', () => {
  it('shows all, the newest first, or the oldest', () => {
    expect(ids({})).toEqual(['run_3', 'run_2', 'run_1']);
    expect(ids({ newestFirst: false })).toEqual(['run_1', 'run_2', 'run_3']);
  });
  it('finds by name and number, unit, digest and case, all words of it, whatever their case', () => {
    expect(ids({ text: '#2' })).toEqual(['run_2']);
    expect(ids({ text: 'PETS page' })).toEqual(['run_2']);
    expect(ids({ text: 'abcd' })).toEqual(['run_2']);
    expect(ids({ text: 'dog' })).toHaveLength(3);
    expect(ids({ text: 'dog nothing' })).toEqual([]);
  });
  it('narrows to a verdict or to what is live', () => {
    expect(ids({ segment: 'live' })).toEqual(['run_3']);
    expect(ids({ segment: 'pass' })).toEqual(['run_1']);
    expect(ids({ segment: 'fail' })).toEqual([]);
  });
  it('counts what each verdict would show under the same text and unit', () => {
    expect(filterRuns(rows, everything).counts).toEqual({ all: 3, live: 1, pass: 1, mismatch: 1, fail: 0 });
    expect(filterRuns(rows, { ...everything, unit: 'Page OCR', segment: 'pass' })).toMatchObject({
      rows: [],
      counts: { all: 1, mismatch: 1, pass: 0 },
    });
  });
  it('offers each unit once, by name', () => {
    expect(unitsOf([...rows, aRun({ unit: null })])).toEqual(['Page OCR', 'Pet detector']);
  });
});
