import { useEffect, useRef } from 'react';
import { useHotkeys } from '../ui/index.ts';
import { useRun } from './run-store.ts';

const pressed = 'button,a[href],summary,input,textarea,select,[role="tab"],[role="radio"],[contenteditable]';

/** The keys that move the playhead: Space, `[`, `]` and L. */
export function useRunKeys(togglePlay: () => void): void {
  const step = useRun(state => state.step);
  const goLive = useRun(state => state.goLive);
  useHotkeys({ '[': () => step(-1), ']': () => step(1), l: () => goLive() });
  const latest = useRef(togglePlay);
  latest.current = togglePlay;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (event.key !== ' ' || event.defaultPrevented || event.repeat) return;
      // Space presses what has the focus before it plays.
      if (target?.closest(pressed) != null || document.querySelector('[role="dialog"]') !== null) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
