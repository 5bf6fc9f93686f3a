import { useEffect, useState } from 'react';
import { useRun } from './run-store.ts';

const everyMs = 200;

/** Milliseconds since the run began, five times a second while events may still come; null when the run is over. */
export function useElapsed(): number | null {
  const isLive = useRun(state => state.isLive);
  const startMs = useRun(state => state.startMs);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isLive) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [isLive]);
  return isLive ? (startMs === 0 ? 0 : Math.max(0, now - startMs)) : null;
}
