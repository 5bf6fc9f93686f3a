import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { rowAfter } from './list-keys.ts';

/**
 * A list of any length with rows of one height, of which only those in sight are made. Arrows, J, K, Page up and down, Home and End move to
 * a row and a click chooses one; `onActivate` hears of each, and of Enter on the row. Without `activeIndex` the list keeps the row itself.
 */
export function VirtualList(props: {
  count: number;
  rowHeight: number;
  render: (index: number) => ReactNode;
  label: string;
  activeIndex?: number;
  onActivate?: (index: number) => void;
  className?: string;
}) {
  const { count, rowHeight, render, label, onActivate, className = '' } = props;
  const [ownIndex, setOwnIndex] = useState(-1);
  const activeIndex = props.activeIndex ?? ownIndex;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  useEffect(() => {
    if (activeIndex >= 0 && activeIndex < count) rows.scrollToIndex(activeIndex, { align: 'auto' });
  }, [activeIndex, count, rows]);
  const activate = (index: number) => {
    setOwnIndex(index);
    onActivate?.(index);
  };
  const move = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const page = Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight);
    const to = rowAfter(event.key, { active: activeIndex, count, page });
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    activate(to);
  };
  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={activeIndex >= 0 ? `${id}-${activeIndex}` : undefined}
      onKeyDown={move}
      className={`min-h-0 flex-1 overflow-auto focus-visible:shadow-[inset_0_0_0_2px_var(--accent-fg)] ${className}`}
    >
      <div role="presentation" className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, key, start }) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus; aria-activedescendant names the row
          // biome-ignore lint/a11y/useKeyWithClickEvents: the list hears the keys
          <div
            key={key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === activeIndex}
            aria-posinset={index + 1}
            aria-setsize={count}
            onClick={() => activate(index)}
            className="absolute inset-x-0 top-0"
            style={{ height: rowHeight, transform: `translateY(${start}px)` }}
          >
            {render(index)}
          </div>
        ))}
      </div>
    </div>
  );
}
