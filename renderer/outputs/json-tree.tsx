import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronRight } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import { closeRow, type JsonRow, openRow, parentIndex, valueText } from './json-rows.ts';

const rowHeight = 20;

interface JsonTreeProps {
  rows: readonly JsonRow[];
  onRows(rows: readonly JsonRow[]): void;
  selected: number;
  onSelect(index: number): void;
  /** Marked wherever it occurs. */
  query: string;
  /** Ctrl+C asks for the value, with Shift for the path. */
  onCopy(what: 'value' | 'path'): void;
}

/** A JSON document as a tree of which only the rows on screen are drawn. Arrows walk, open and close it. */
export function JsonTree({ rows, onRows, selected, onSelect, query, onCopy }: JsonTreeProps) {
  const id = useId();
  const ref = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => ref.current,
    estimateSize: () => rowHeight,
    overscan: 16,
    paddingStart: 4,
    paddingEnd: 4,
    scrollPaddingStart: 4,
    scrollPaddingEnd: 4,
  });
  const { scrollToIndex } = virtual;
  useEffect(() => scrollToIndex(selected), [scrollToIndex, selected]);

  const toggle = (index: number) => {
    onSelect(index);
    onRows(rows[index]?.isOpen ? closeRow(rows, index) : openRow(rows, index));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[selected];
    if (row === undefined) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c') {
      // What was selected with the mouse is copied as it is.
      if (window.getSelection()?.isCollapsed === false) return;
      event.preventDefault();
      onCopy(event.shiftKey ? 'path' : 'value');
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((ref.current?.clientHeight ?? 0) / rowHeight) - 1);
    const to = (index: number) => onSelect(Math.min(Math.max(index, 0), rows.length - 1));
    const act = {
      ArrowDown: () => to(selected + 1),
      ArrowUp: () => to(selected - 1),
      PageDown: () => to(selected + page),
      PageUp: () => to(selected - page),
      Home: () => to(0),
      End: () => to(rows.length - 1),
      ArrowRight: () => (row.size > 0 && !row.isOpen ? toggle(selected) : to(row.isOpen ? selected + 1 : selected)),
      ArrowLeft: () => (row.isOpen ? toggle(selected) : to(parentIndex(rows, selected))),
      Enter: () => row.size > 0 && toggle(selected),
    }[event.key];
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  return (
    <div
      ref={ref}
      role="tree"
      aria-label="Output as JSON"
      aria-activedescendant={`${id}-${selected}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      className="selectable min-h-0 flex-1 overflow-auto font-mono text-12 focus-visible:shadow-[inset_0_0_0_2px_var(--accent-fg)]"
    >
      <div role="none" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <TreeRow
              key={index}
              id={`${id}-${index}`}
              row={row}
              top={start}
              isSelected={index === selected}
              query={query}
              onSelect={() => onSelect(index)}
              onToggle={() => toggle(index)}
            />
          );
        })}
      </div>
    </div>
  );
}

interface TreeRowProps {
  id: string;
  row: JsonRow;
  top: number;
  isSelected: boolean;
  query: string;
  onSelect(): void;
  onToggle(): void;
}

function TreeRow({ id, row, top, isSelected, query, onSelect, onToggle }: TreeRowProps) {
  const isFolded = row.size > 0;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the tree has the focus and the keys
    <div
      id={id}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-posinset={row.place}
      aria-setsize={row.places}
      aria-selected={isSelected}
      aria-expanded={isFolded ? row.isOpen : undefined}
      onClick={onSelect}
      onDoubleClick={isFolded ? onToggle : undefined}
      className={`absolute top-0 left-0 flex h-5 min-w-full items-center whitespace-pre pr-2 leading-5 ${isSelected ? 'bg-accent-bg shadow-[inset_2px_0_var(--accent-fg)]' : 'hover:bg-hover'}`}
      style={{ transform: `translateY(${top}px)`, paddingLeft: 4 + row.depth * 12 }}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: right and left arrow do the same */}
      <span className="grid h-5 w-5 flex-none place-items-center text-fg-3" onClick={isFolded ? onToggle : undefined}>
        {isFolded && <ChevronRight size={14} strokeWidth={2.1} aria-hidden className={row.isOpen ? 'rotate-90' : ''} />}
      </span>
      {row.key !== null && (
        <>
          <span className="text-fg-2">
            <Marked text={String(row.key)} query={typeof row.key === 'string' ? query : ''} />
          </span>
          <span className="text-fg-3">: </span>
        </>
      )}
      <span className={row.kind === 'leaf' ? 'text-fg' : 'text-fg-3'}>
        <Marked text={valueText(row)} query={row.kind === 'leaf' ? query : ''} />
      </span>
    </div>
  );
}

function Marked({ text, query }: { text: string; query: string }) {
  const lower = text.toLowerCase();
  const wanted = query.toLowerCase();
  const parts: { text: string; at: number; isHit: boolean }[] = [];
  let at = 0;
  for (let hit = wanted === '' ? -1 : lower.indexOf(wanted); hit !== -1; hit = lower.indexOf(wanted, at)) {
    parts.push({ text: text.slice(at, hit), at, isHit: false });
    parts.push({ text: text.slice(hit, hit + wanted.length), at: hit, isHit: true });
    at = hit + wanted.length;
  }
  if (parts.length === 0) return text;
  return [
    ...parts.map(part =>
      part.isHit ? (
        <mark key={`hit-${part.at}`} className="rounded-[2px] bg-accent-solid text-on-accent">
          {part.text}
        </mark>
      ) : (
        part.text
      ),
    ),
    text.slice(at),
  ];
}
