// biome-ignore-all lint/a11y/useSemanticElements: only rows in sight are drawn, each in its place, which the rows of a table cannot be.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { LeaseRow, RunRow } from '../../shared/contract/index.ts';
import { useNow } from '../ui/index.ts';
import { columns, lineId, RunLine } from './run-line.tsx';
import { isLive, maxPips } from './run-row.ts';

export interface RunsGridProps {
  rows: readonly RunRow[];
  /** The open ones. */
  leases: readonly LeaseRow[];
  selected: string | null;
  stopping: ReadonlySet<string>;
  onSelect(run: string): void;
  onOpen(run: string): void;
  onStop(row: RunRow): void;
  /** Moves the selection; the screen does it too, for J and K. */
  onMove(by: number): void;
}

const headHeight = 32;

/** The table of runs. Only what is in sight is drawn, so that thousands of runs stay smooth. */
export function RunsGrid(props: RunsGridProps) {
  const { rows, selected } = props;
  const scroller = useRef<HTMLDivElement>(null);
  // So that "6 min ago" stays true.
  useNow(30_000);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: index => (rows[index] !== undefined && isLive(rows[index]) ? 48 : 40),
    getItemKey: index => rows[index]?.id ?? index,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    overscan: 12,
  });
  const selectedIndex = rows.findIndex(({ id }) => id === selected);
  useEffect(() => {
    if (selectedIndex >= 0) virtual.scrollToIndex(selectedIndex);
  }, [virtual, selectedIndex]);
  const leaseOf = new Map(props.leases.map(lease => [lease.id, lease]));
  const tabStop = selectedIndex >= 0 ? selected : rows[0]?.id;
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -rows.length, End: rows.length }[
      event.key
    ];
    const isRow = (event.target as Element).role === 'row';
    if (by !== undefined) props.onMove(by);
    else if (event.key === 'Enter' && isRow && selected !== null) props.onOpen(selected);
    else return;
    event.preventDefault();
  };
  return (
    <div ref={scroller} className="min-h-0 min-w-0 flex-1 overflow-auto">
      <div
        role="grid"
        aria-label="Runs"
        aria-rowcount={rows.length + 1}
        onKeyDown={onKeyDown}
        className="min-w-[880px]"
        style={{ ['--cols' as string]: template(rows) }}
      >
        <Head />
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(item => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <RunLine
                key={item.key}
                row={row}
                lease={leaseOf.get(row.lease_id)}
                rowIndex={item.index + 2}
                isSelected={row.id === selected}
                isTabStop={row.id === tabStop}
                isStopping={props.stopping.has(row.id)}
                style={{ height: item.size, transform: `translateY(${item.start - headHeight}px)` }}
                onOpen={() => props.onOpen(row.id)}
                onSelect={() => props.onSelect(row.id)}
                onStop={() => props.onStop(row)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Gives a row the focus; one that was out of sight is drawn a few frames later. */
export function focusLine(run: string, frames = 10): void {
  requestAnimationFrame(() => {
    const line = document.getElementById(lineId(run));
    if (line !== null) line.focus({ preventScroll: true });
    else if (frames > 0) focusLine(run, frames - 1);
  });
}

function Head() {
  return (
    <div
      role="row"
      aria-rowindex={1}
      tabIndex={-1}
      className="sticky top-0 z-10 grid h-8 grid-cols-(--cols) items-center border-line border-b bg-pane px-2 font-medium text-11 text-fg-2 *:truncate *:px-2"
    >
      {columns.map(({ id, label, ...column }) => (
        <div
          key={id}
          role="columnheader"
          tabIndex={-1}
          className={'isNumber' in column ? 'text-right' : id === 'started' ? 'pl-4!' : ''}
        >
          {label}
        </div>
      ))}
    </div>
  );
}

/** The cases need as much room as the row with the most of them. */
function template(rows: readonly RunRow[]): string {
  const most = rows.reduce((most, { cases }) => Math.max(most, cases.length), 0);
  const cases = Math.max(110, 16 + Math.min(most, maxPips) * 14 + (most > maxPips ? 24 : 0));
  return `92px minmax(120px, 1.2fr) minmax(130px, 1.4fr) 76px ${cases}px 66px 80px 100px minmax(112px, 1fr)`;
}
