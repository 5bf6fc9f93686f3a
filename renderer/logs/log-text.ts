import type { LogModel } from './log-model.ts';

/** Rows from and up to, both included. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** The text of rows as it was written, one line each. */
export function textOf(model: LogModel, { from, to }: RowRange): string {
  const lines: string[] = [];
  for (let row = from; row <= to; row++) {
    const line = model.lineAt(row);
    if (line !== undefined) lines.push(model.text(line));
  }
  return lines.join('\n');
}

/** The same log on the command line. */
export function commandFor(containerId: string): string {
  return `ppl container logs ${containerId} --follow`;
}

/** `1 line`, `12,345 lines`. */
export function lineCount(count: number): string {
  return `${figure(count)} ${count === 1 ? 'line' : 'lines'}`;
}

/** A number with its thousands apart: `12,345`. */
export function figure(count: number): string {
  return count.toLocaleString('en-US');
}

/** What came since it was last told, for readers of the screen; empty for nothing. */
export function summaryOf(lines: number, stderr: number): string {
  if (lines <= 0) return '';
  return `${figure(lines)} new ${lines === 1 ? 'line' : 'lines'}${stderr > 0 ? `, ${figure(stderr)} stderr` : ''}`;
}

/** Lines this close before the last one belong to the playhead too. */
const nearMs = 20;

/** Rows at the playhead: `from` up to, not including, `to`; those from `to` on lie after it. Null follows what comes. */
export function rowsAt(model: LogModel, epochMs: number | null): { from: number; to: number } {
  if (epochMs === null) return { from: model.rows, to: model.rows };
  const to = model.rowsUntil(epochMs);
  const last = model.lineAt(to - 1);
  return { from: last === undefined ? to : model.rowsUntil(model.atMs(last) - nearMs), to };
}
