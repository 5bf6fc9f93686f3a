import { useState } from 'react';
import type { LogModel } from './log-model.ts';
import type { RowRange } from './log-text.ts';

/** The line that keys act on, and the range of lines around it that was chosen. Lines are kept, for rows move. */
export interface LogSelection {
  readonly activeRow: number | null;
  readonly range: RowRange | null;
  choose(row: number, isExtending: boolean): void;
}

export function useSelection(model: LogModel): LogSelection {
  const [lines, setLines] = useState<{ model: LogModel; anchor: number; active: number } | null>(null);
  const known = lines?.model === model ? lines : null;
  const rowOf = (line: number) => {
    const row = model.rowOf(line);
    return model.lineAt(row) === line ? row : null;
  };
  const activeRow = known === null ? null : rowOf(known.active);
  const anchorRow = known === null ? null : (rowOf(known.anchor) ?? activeRow);
  const range =
    activeRow === null || anchorRow === null
      ? null
      : { from: Math.min(activeRow, anchorRow), to: Math.max(activeRow, anchorRow) };
  return {
    activeRow,
    range,
    choose: (row, isExtending) => {
      const active = model.lineAt(row);
      if (active === undefined) return;
      setLines({ model, active, anchor: isExtending ? (known?.anchor ?? active) : active });
    },
  };
}
