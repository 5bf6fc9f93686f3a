import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';

/** A list of any length with rows of one height. Arrows, J, K, Home and End move; Enter and a click choose. */
export function VirtualList(props: {
  count: number;
  rowHeight: number;
  render: (index: number) => ReactNode;
  label: string;
  activeIndex?: number;
  onActivate?: (index: number) => void;
  className?: string;
}) {
  const { count, rowHeight, render, label, activeIndex = -1, onActivate, className = '' } = props;
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
  const move = (event: KeyboardEvent) => {
    const to = {
      ArrowDown: activeIndex + 1,
      j: activeIndex + 1,
      ArrowUp: activeIndex - 1,
      k: activeIndex - 1,
      Home: 0,
      End: count - 1,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    onActivate?.(Math.max(0, Math.min(count - 1, to)));
  };
  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={activeIndex >= 0 ? `${label}-${activeIndex}` : undefined}
      onKeyDown={move}
      className={`min-h-0 flex-1 overflow-auto focus-visible:shadow-[inset_0_0_0_2px_var(--accent-fg)] ${className}`}
    >
      <div role="presentation" className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, key, start }) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus; aria-activedescendant names the row
          // biome-ignore lint/a11y/useKeyWithClickEvents: the list hears the keys
          <div
            key={key}
            id={`${label}-${index}`}
            role="option"
            aria-selected={index === activeIndex}
            aria-posinset={index + 1}
            aria-setsize={count}
            onClick={() => onActivate?.(index)}
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
