import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { bridge } from '../host/host.ts';
import { Button, clock, useHotkeys } from '../ui/index.ts';
import { withoutCodes } from './ansi.ts';
import { lineItems } from './log-actions.ts';
import { PointMenu, type PointMenuState } from './log-menu.tsx';
import type { LogModel } from './log-model.ts';
import { LogRow } from './log-row.tsx';
import { lineCount, rowsAt, textOf } from './log-text.ts';
import { type Anchor, useAnchor } from './use-anchor.ts';
import type { LogSelection } from './use-selection.ts';

const rowHeight = 20;
const aliasCharWidth = 7.3;

export interface LogListProps {
  model: LogModel;
  version: number;
  selection: LogSelection;
  anchor: Anchor;
  onAnchor: (anchor: Anchor) => void;
  /** The playhead, epoch ms; null follows what comes. */
  playheadAtMs: number | null;
  isWrapped: boolean;
  hasTime: boolean;
  /** Moves the playhead to a time. */
  onSeek: (atMs: number) => void;
}

/** The lines that pass the filter, as many as fit. */
export function LogList(props: LogListProps) {
  const { model, version, selection, anchor, onAnchor, playheadAtMs, isWrapped, hasTime, onSeek } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [expanded, setExpanded] = useState<ReadonlySet<number>>(new Set());
  const [menu, setMenu] = useState<PointMenuState | null>(null);
  const [said, setSaid] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are other lines in another version
  const getItemKey = useCallback((row: number) => model.lineAt(row) ?? -1 - row, [model, version]);
  const rows = useVirtualizer({
    count: model.rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 16,
    paddingStart: 4,
    paddingEnd: 4,
    getItemKey,
  });
  const at = rowsAt(model, playheadAtMs);

  // biome-ignore lint/correctness/useExhaustiveDependencies: heights that were measured are of the other kind
  useLayoutEffect(() => rows.measure(), [rows, isWrapped]);
  const scrolling = useAnchor({
    scroller,
    rows,
    anchor,
    onAnchor,
    playheadRow: Math.max(0, at.to - 1),
    followsAtEnd: playheadAtMs === null,
  });

  function move(to: number, isExtending: boolean): void {
    const row = Math.max(0, Math.min(model.rows - 1, to));
    const line = model.lineAt(row);
    if (line === undefined) return;
    onAnchor('free');
    selection.choose(row, isExtending);
    rows.scrollToIndex(row, { align: 'auto' });
    const text = withoutCodes(model.text(line, 300));
    setSaid(`${model.container(line).alias} ${model.stream(line)} ${clock(model.atMs(line))} ${text}`);
  }
  const step = (by: number, isExtending = false) =>
    move((selection.activeRow ?? at.to - (by > 0 ? 1 : 0)) + by, isExtending);
  const seekTo = (row: number | null) => {
    const line = row === null ? undefined : model.lineAt(row);
    if (line !== undefined) onSeek(model.atMs(line));
  };
  useHotkeys({ j: () => step(1), k: () => step(-1) });

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const { shiftKey } = event;
    if ((event.ctrlKey || event.metaKey) && event.key === 'c') {
      const hasText = window.getSelection()?.isCollapsed === false;
      if (!hasText && selection.range !== null) bridge.copy(textOf(model, selection.range));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const acts: Record<string, () => void> = {
      ArrowDown: () => step(1, shiftKey),
      ArrowUp: () => step(-1, shiftKey),
      PageDown: () => step(page, shiftKey),
      PageUp: () => step(-page, shiftKey),
      Home: () => move(0, shiftKey),
      End: () => move(model.rows - 1, shiftKey),
      Enter: () => seekTo(selection.activeRow),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const onClick = (event: MouseEvent) => {
    const row = rowUnder(event);
    if (row === null || (event.target as Element).closest('button') !== null) return;
    if (!event.shiftKey && window.getSelection()?.isCollapsed === false) return;
    selection.choose(row, event.shiftKey);
    if (!event.shiftKey) seekTo(row);
  };
  const onContextMenu = (event: MouseEvent) => {
    const row = rowUnder(event) ?? selection.activeRow;
    if (row === null) return;
    event.preventDefault();
    const { range } = selection;
    const isInside = range !== null && row >= range.from && row <= range.to;
    if (!isInside) selection.choose(row, false);
    const chosen = isInside ? range : { from: row, to: row };
    setMenu({ x: event.clientX, y: event.clientY, label: 'Line', items: lineItems(model, chosen, () => seekTo(row)) });
  };
  function rowUnder({ target }: MouseEvent): number | null {
    const line = (target as Element).closest<HTMLElement>('[data-line]')?.dataset.line;
    return line === undefined ? null : model.rowOf(Number(line));
  }
  const onExpand = useCallback((line: number) => setExpanded(known => new Set(known).add(line)), []);

  const below = model.rows - 1 - (rows.range?.endIndex ?? model.rows);
  const aliasChars = Math.max(3, ...model.containers.map(({ alias }) => alias.length));
  return (
    <div className="relative flex min-h-0 flex-1 bg-sunken">
      <div
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label="Container logs"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard
        tabIndex={0}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onMouseDown={event => event.shiftKey && event.preventDefault()}
        onContextMenu={onContextMenu}
        {...scrolling}
        className="min-h-0 flex-1 overflow-x-hidden overflow-y-auto focus-visible:shadow-[inset_0_0_0_2px_var(--accent-fg)]"
        style={{ ['--alias' as string]: `${Math.min(160, Math.max(28, Math.ceil(aliasChars * aliasCharWidth)))}px` }}
      >
        <div className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, key, start }) => {
            const line = model.lineAt(index);
            if (line === undefined) return null;
            const isTall = isWrapped || expanded.has(line);
            const { range } = selection;
            return (
              <div
                key={key}
                data-index={index}
                ref={isTall ? rows.measureElement : undefined}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                <LogRow
                  model={model}
                  line={line}
                  bytes={model.byteLength(line)}
                  pattern={model.filter.pattern}
                  place={index >= at.to ? 'after' : index >= at.from ? 'at' : 'before'}
                  isChosen={range !== null && range.to > range.from && index >= range.from && index <= range.to}
                  isActive={index === selection.activeRow}
                  isWrapped={isTall}
                  hasTime={hasTime}
                  isExpanded={expanded.has(line)}
                  onExpand={onExpand}
                />
              </div>
            );
          })}
        </div>
      </div>
      {anchor !== 'end' && below > 0 && (
        <div
          className="absolute right-4 bottom-2 rounded-2 shadow-2"
          onWheel={event => scroller.current?.scrollBy(0, event.deltaY)}
        >
          <Button size="s" icon={ArrowDown} onPress={() => onAnchor('end')}>
            {lineCount(below).replace(/ /, ' newer ')}
          </Button>
        </div>
      )}
      <p role="status" className="sr-only">
        {said}
      </p>
      <PointMenu menu={menu} onClose={() => setMenu(null)} />
    </div>
  );
}
