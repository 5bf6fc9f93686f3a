import type { Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useLayoutEffect, useRef } from 'react';

/** What the list keeps in view: the end as it grows, the playhead, or where a person scrolled to. */
export type Anchor = 'end' | 'playhead' | 'free';

/** Keeps the anchor in view, and lets it go when a person scrolls. Answers what to hear of the scroller. */
export function useAnchor(options: {
  scroller: RefObject<HTMLDivElement | null>;
  rows: Virtualizer<HTMLDivElement, Element>;
  anchor: Anchor;
  onAnchor: (anchor: Anchor) => void;
  playheadRow: number;
  /** Whether reaching the end follows it again. */
  followsAtEnd: boolean;
}) {
  const { scroller, rows, anchor, onAnchor, playheadRow, followsAtEnd } = options;
  const lastTop = useRef(0);
  // Known before the anchor that React was told of is drawn: lines that come meanwhile must not pull back.
  const isLeft = useRef(false);
  const height = rows.getTotalSize();
  const viewHeight = rows.scrollRect?.height ?? 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever sets the anchor anew means it
  useLayoutEffect(() => {
    isLeft.current = false;
  }, [anchor]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the heights say when there is something to do
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || isLeft.current) return;
    if (anchor === 'end') element.scrollTop = element.scrollHeight;
    else if (anchor === 'playhead' && !isInView(playheadRow)) rows.scrollToIndex(playheadRow, { align: 'center' });
    lastTop.current = element.scrollTop;
  }, [anchor, height, viewHeight, playheadRow]);

  function isInView(row: number): boolean {
    const { range } = rows;
    if (range === null || row < range.startIndex || row > range.endIndex) return false;
    // The first and last rows are mostly cut off, but wrapped ones can be all there is.
    return range.endIndex - range.startIndex < 2 || (row > range.startIndex && row < range.endIndex);
  }
  function leave(): void {
    isLeft.current = true;
    onAnchor('free');
  }
  return {
    onScroll: () => {
      const element = scroller.current;
      if (element === null) return;
      const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 10;
      const isUpward = element.scrollTop < lastTop.current - 1;
      lastTop.current = element.scrollTop;
      if (anchor === 'end' && isUpward && !isAtEnd) leave();
      else if (anchor === 'free' && !isUpward && isAtEnd && followsAtEnd) onAnchor('end');
    },
    // Scrolling to the playhead is heard as scrolling too, so a person's is known by the wheel and the bar.
    onWheel: () => {
      if (anchor === 'playhead') leave();
    },
    onPointerDown: (event: { target: unknown; currentTarget: unknown }) => {
      if (anchor === 'playhead' && event.target === event.currentTarget) leave();
    },
  };
}
