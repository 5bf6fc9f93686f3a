import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { flushSync } from 'react-dom';
import { rowAfter } from './list-keys.ts';
import { heightOf, rowsInSight, topToShow } from './rows-in-sight.ts';

/**
 * A list of any length with rows of one height, of which only those in sight are made. Arrows, J, K, Page up and down, Home and End move to
 * a row and a click chooses one; `onActivate` hears of each, and of Enter on the row. Without `activeIndex` the list keeps the row itself.
 * What `render` answers for a row should be memoised: it is asked for every row in sight whenever the active one is another.
 */
export function VirtualList(props: {
  count: number;
  rowHeight: number;
  render: (index: number) => ReactNode;
  label: string;
  activeIndex?: number;
  onActivate?: (index: number) => void;
  /** Room above the first and below the last row, in px. */
  padding?: number;
}) {
  const { count, rowHeight, render, label, onActivate, padding = 0 } = props;
  const [ownIndex, setOwnIndex] = useState(-1);
  const activeIndex = props.activeIndex ?? ownIndex;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const { top, height, onScroll } = useScroll(scroller, { count, rowHeight, padding, activeIndex });
  const { from, to, slots } = rowsInSight({ count, rowHeight, padding, top, height });
  const activate = (index: number) => {
    setOwnIndex(index);
    onActivate?.(index);
  };
  const move = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const to = rowAfter(event.key, { active: activeIndex, count, page: Math.floor(height / rowHeight) });
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    activate(to);
  };
  const click = ({ target }: MouseEvent) => {
    const row = (target as Element).closest<HTMLElement>('[data-row]')?.dataset.row;
    if (row !== undefined) activate(Number(row));
  };
  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={activeIndex >= from && activeIndex < to ? `${id}-${activeIndex}` : undefined}
      onKeyDown={move}
      onClick={click}
      onScroll={onScroll}
      className="min-h-0 flex-1 overflow-auto contain-strict focus-visible:shadow-[inset_0_0_0_2px_var(--accent-fg)]"
    >
      <div role="presentation" className="relative" style={{ height: heightOf({ count, rowHeight, padding }) }}>
        {Array.from({ length: to - from }, (_, position) => {
          const index = from + position;
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus; aria-activedescendant names the row
            <div
              // A row that leaves is filled anew at the other end, which costs less than to make one.
              key={index % slots}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === activeIndex}
              aria-posinset={index + 1}
              aria-setsize={count}
              data-row={index}
              className="absolute inset-x-0 [contain:size_layout_style]"
              style={{ height: rowHeight, top: padding + index * rowHeight }}
            >
              {render(index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** How far the list is scrolled. Another active row is brought into sight in the same drawing, without asking the page for its layout. */
function useScroll(
  scroller: RefObject<HTMLDivElement | null>,
  rows: { count: number; rowHeight: number; padding: number; activeIndex: number },
) {
  const { count, activeIndex } = rows;
  const [view, setView] = useState({ top: 0, height: 0 });
  const [shownIndex, setShownIndex] = useState(-1);
  const scrolledTo = useRef(0);
  if (shownIndex !== activeIndex && view.height > 0) {
    setShownIndex(activeIndex);
    const isThere = activeIndex >= 0 && activeIndex < count;
    if (isThere) setView({ ...view, top: topToShow(activeIndex, { ...rows, ...view }) });
  }
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = () => setView(known => ({ ...known, height: element.clientHeight }));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [scroller]);
  useLayoutEffect(() => {
    if (scroller.current === null || scrolledTo.current === view.top) return;
    scrolledTo.current = view.top;
    scroller.current.scrollTop = view.top;
  }, [scroller, view.top]);
  const onScroll = () => {
    const top = scroller.current?.scrollTop ?? 0;
    scrolledTo.current = top;
    // The rows are there before what was scrolled to is painted.
    if (top !== view.top) flushSync(() => setView({ ...view, top }));
  };
  return { ...view, onScroll };
}
