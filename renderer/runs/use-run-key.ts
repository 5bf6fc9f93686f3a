import { useEffect, useRef } from 'react';

/** Enter, where nothing that has the focus takes it, and Ctrl Enter (⌘ Enter) anywhere on the screen. */
export function useRunKey(run: () => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || event.repeat) return;
      // A toast is an alertdialog, and is no reason not to run.
      if (document.querySelector('[role="dialog"]') !== null) return;
      const isAnywhere = event.ctrlKey || event.metaKey;
      const takes = 'a, button, input, textarea, select, summary, [role="radio"], [contenteditable]';
      if (!isAnywhere && (event.target as Element).closest(takes) !== null) return;
      event.preventDefault();
      event.stopPropagation();
      latest.current();
    };
    // Before a button that has the focus hears it: to that, Ctrl Enter is a press.
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, []);
}
