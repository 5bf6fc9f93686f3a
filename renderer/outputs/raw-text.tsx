import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { lineStarts } from './json-rows.ts';
import { useSize } from './use-size.ts';

/** Advance of the 12 px mono face. */
const characterWidth = 7.2;

/** An output's text as it was captured; wrapped at the pane's width for the eye only. */
export function RawText({ text }: { text: string }) {
  const scroll = useRef<HTMLDivElement>(null);
  const [{ width }, measured] = useSize();
  const columns = Math.max(20, Math.floor((width || 400) / characterWidth));
  const starts = useMemo(() => lineStarts(text, columns), [text, columns]);
  const virtual = useVirtualizer({
    count: starts.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 20,
    overscan: 16,
    paddingStart: 4,
    paddingEnd: 4,
  });
  return (
    <section
      ref={scroll}
      aria-label="Output as text"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: text that scrolls is scrolled by keys too
      tabIndex={0}
      className="min-h-0 flex-1 overflow-auto px-3 focus-visible:shadow-[inset_0_0_0_2px_var(--accent-fg)]"
    >
      <div ref={measured} className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <pre
            key={index}
            className="absolute top-0 left-0 m-0 h-5 whitespace-pre text-12 leading-5"
            style={{ transform: `translateY(${start}px)` }}
          >
            {text.slice(starts[index], starts[index + 1]).replace(/\n$/, '')}
          </pre>
        ))}
      </div>
    </section>
  );
}
