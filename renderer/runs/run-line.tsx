// biome-ignore-all lint/a11y/useSemanticElements: only rows in sight are drawn, each in its place, which the rows of a table cannot be.
import type { CSSProperties } from 'react';
import type { LeaseRow, RunRow } from '../../shared/contract/index.ts';
import { ago, StatusText, shortId } from '../ui/index.ts';
import { GridCell } from './grid-cell.tsx';
import { LiveCells } from './live-cells.tsx';
import { Pips } from './pips.tsx';
import { isLive, modeWord, msFigure, rowStatus } from './run-row.ts';

/** The columns of the table, in their order. */
export const columns = [
  { id: 'verdict', label: 'Verdict' },
  { id: 'run', label: 'Run' },
  { id: 'unit', label: 'Unit under test' },
  { id: 'mode', label: 'Mode' },
  { id: 'cases', label: 'Cases' },
  { id: 'first', label: 'First, ms', isNumber: true },
  { id: 'median', label: 'Median, ms', isNumber: true },
  { id: 'started', label: 'Started' },
  { id: 'evidence', label: 'Evidence' },
] as const;

export interface RunLineProps {
  row: RunRow;
  /** Its lease while that is open. */
  lease: LeaseRow | undefined;
  /** From 1; the head is row 1. */
  rowIndex: number;
  isSelected: boolean;
  isTabStop: boolean;
  isStopping: boolean;
  style: CSSProperties;
  onOpen(): void;
  onSelect(): void;
  onStop(): void;
}

/** The id of a row's element, so that the keyboard can move to it. */
export function lineId(run: string): string {
  return `run-${run}`;
}

/** One run. The row as a whole opens it. */
export function RunLine(props: RunLineProps) {
  const { row, lease, isSelected } = props;
  const live = isLive(row);
  const { status, word } = rowStatus(row);
  const ground = isSelected
    ? 'bg-accent-bg [--ground:var(--accent-bg)]'
    : `hover:bg-hover hover:[--ground:var(--bg-hover)] ${live ? 'bg-sunken [--ground:var(--bg-sunken)]' : ''}`;
  const bar = live ? 'before:bg-running' : isSelected ? 'before:bg-accent' : 'before:bg-transparent';
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid answers the keys for all its rows.
    <div
      id={lineId(row.id)}
      role="row"
      aria-rowindex={props.rowIndex}
      aria-selected={isSelected}
      tabIndex={props.isTabStop ? 0 : -1}
      style={props.style}
      onFocus={event => event.target === event.currentTarget && props.onSelect()}
      onClick={event => {
        if ((event.target as Element).closest('button') === null) props.onOpen();
      }}
      className={`absolute inset-x-0 top-0 grid grid-cols-(--cols) items-center border-line border-b px-2 text-12 outline-none before:absolute before:inset-y-0 before:left-0 before:w-0.5 focus-visible:shadow-[inset_0_0_0_2px_var(--accent-fg)] *:px-2 ${ground} ${bar}`}
    >
      <GridCell className="flex">
        <StatusText status={status}>{word}</StatusText>
      </GridCell>
      <GridCell className="truncate" title={`${row.name} #${row.number}`}>
        <b className="font-medium">{row.name}</b> <span className="text-fg-2">#{row.number}</span>
      </GridCell>
      <GridCell className="flex min-w-0 items-center gap-2">
        <Unit row={row} />
      </GridCell>
      <GridCell className="truncate text-fg-2" title={modeWord(row)}>
        {modeWord(row)}
      </GridCell>
      <GridCell className="flex">
        <Pips cases={row.cases} />
      </GridCell>
      {live ? (
        <LiveCells row={row} isStopping={props.isStopping} onStop={props.onStop} />
      ) : (
        <>
          <Figure value={row.first_ms} />
          <Figure value={row.median_ms} />
          <GridCell className="truncate pl-4! text-fg-2" title={new Date(row.created_at).toLocaleString()}>
            {ago(row.created_at)}
          </GridCell>
          <GridCell className="truncate">
            <Evidence row={row} lease={lease} />
          </GridCell>
        </>
      )}
    </div>
  );
}

function Unit({ row }: { row: RunRow }) {
  if (row.unit === null) return <span className="text-fg-3">{isLive(row) ? 'not known yet' : 'none'}</span>;
  return (
    <>
      <span className="truncate">{row.unit.component}</span>
      <span className="font-mono text-11 text-fg-2" title={row.unit.image_digest}>
        {row.unit.image_digest.replace(/^sha256:/, '').slice(0, 8)}
      </span>
    </>
  );
}

function Figure({ value }: { value: number | null }) {
  return <GridCell className={`text-right ${value === null ? 'text-fg-3' : ''}`}>{msFigure(value)}</GridCell>;
}

function Evidence({ row, lease }: Pick<RunLineProps, 'row' | 'lease'>) {
  if (row.evidence_id !== null) {
    return (
      <span className="font-mono text-fg-2" title={row.evidence_id}>
        {shortId(row.evidence_id)}
      </span>
    );
  }
  return <span className="text-fg-3">{lease === undefined ? 'none' : 'Kept open'}</span>;
}
