import { describe, expect, it } from 'vitest';
import { commandFor, lineCount, rowsAt, summaryOf, textOf } from '../../../../renderer/logs/log-text.ts';
import { aModel, utf8 } from './lines.ts';

function tenLines() {
  const { model } = aModel();
  model.addContainer('ctr_1', 'cut');
  for (let i = 0; i < 10; i++) model.append('ctr_1', 'stdout', 1000 + i * 15, utf8(`${i}\r\n`));
  model.flush();
  return model;
}

describe('the lines at the playhead', () => {
  it('are the last one that is not after it, and those of the 20 ms before', () => {
    expect(rowsAt(tenLines(), 1050)).toEqual({ from: 2, to: 4 });
    expect(rowsAt(tenLines(), 1045)).toEqual({ from: 2, to: 4 });
    expect(rowsAt(tenLines(), 5000)).toEqual({ from: 8, to: 10 });
  });
  it('are none before the first line, and none while what comes is followed', () => {
    expect(rowsAt(tenLines(), 999)).toEqual({ from: 0, to: 0 });
    expect(rowsAt(tenLines(), null)).toEqual({ from: 10, to: 10 });
  });
});

describe('what is copied', () => {
  it('is what was written', () => {
    expect(textOf(tenLines(), { from: 2, to: 4 })).toBe('2\r\n3\r\n4\r');
  });
  it('or the command that tells the same', () => {
    expect(commandFor('ctr_1')).toBe('ppl container logs ctr_1 --follow');
  });
});

it('counts for people', () => {
  expect(lineCount(1)).toBe('1 line');
  expect(lineCount(12_345)).toBe('12,345 lines');
  expect(summaryOf(120, 3)).toBe('120 new lines, 3 stderr');
  expect(summaryOf(1, 0)).toBe('1 new line');
  expect(summaryOf(0, 0)).toBe('');
});
