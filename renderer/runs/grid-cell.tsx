// biome-ignore-all lint/a11y/useSemanticElements: only rows in sight are drawn, each in its place, which the rows of a table cannot be.
import type { ReactNode } from 'react';

/** A cell of a row that takes the focus as a whole. */
export function GridCell(props: { children: ReactNode; className?: string; title?: string; span?: number }) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the row is what takes the focus.
    <div role="gridcell" className={props.className} title={props.title} aria-colspan={props.span}>
      {props.children}
    </div>
  );
}
