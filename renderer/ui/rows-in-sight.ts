/** A list of rows of one height, and the part of it that is in sight. */
export interface RowsView {
  readonly count: number;
  readonly rowHeight: number;
  /** Room above the first and below the last row. */
  readonly padding: number;
  /** How far it is scrolled, and how much can be seen. */
  readonly top: number;
  readonly height: number;
}

/** Rows beyond those in sight that are made too, so that scrolling finds them there. */
const overscan = 6;

/** The rows to make: from the first up to and without the last. There are never more than `slots` of them. */
export function rowsInSight(view: RowsView): { from: number; to: number; slots: number } {
  const { count, rowHeight, padding, height } = view;
  const slots = Math.ceil(height / rowHeight) + 1 + 2 * overscan;
  const first = Math.floor((topWithin(view) - padding) / rowHeight) - overscan;
  const from = Math.max(0, Math.min(first, count - slots));
  return { from, to: Math.min(count, from + slots), slots };
}

/** How far to scroll so that a row is in sight: not at all, to the edge for the next row, and so that a farther one is in the middle. */
export function topToShow(row: number, view: RowsView): number {
  const { rowHeight, padding, height } = view;
  const top = topWithin(view);
  const start = padding + row * rowHeight;
  const below = start + rowHeight - (top + height);
  const above = top - start;
  if (above <= 0 && below <= 0) return top;
  const isNext = Math.max(above, below) < 2 * rowHeight;
  const to = isNext ? (above > 0 ? start : start + rowHeight - height) : start - (height - rowHeight) / 2;
  return topWithin({ ...view, top: Math.round(to) });
}

/** The whole height of the list. */
export function heightOf({ count, rowHeight, padding }: Pick<RowsView, 'count' | 'rowHeight' | 'padding'>): number {
  return count * rowHeight + 2 * padding;
}

/** No list can be scrolled past its ends. */
function topWithin(view: RowsView): number {
  return Math.max(0, Math.min(view.top, heightOf(view) - view.height));
}
