import { useEffect, useRef, useState } from 'react';
import { useRunStore } from './run-store.ts';
import { useTimeline } from './run-timeline.tsx';

/** Plays the playhead through the run in real time, from where it is, or from the start when it is at the end. */
export function usePlay(): { isPlaying: boolean; toggle: () => void } {
  const store = useRunStore();
  const { endMs } = useTimeline().waterfall;
  const latest = useRef(endMs);
  latest.current = endMs;
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return;
    const { playheadMs } = store.getState();
    let atMs = playheadMs === null || playheadMs >= latest.current ? 0 : playheadMs;
    let lastMs = performance.now();
    store.getState().seek(atMs);
    const move = (nowMs: number) => {
      const state = store.getState();
      if (state.playheadMs === null) return setPlaying(false);
      // Whoever moved the playhead meanwhile moved the play to there.
      if (state.playheadMs !== atMs) atMs = state.playheadMs;
      atMs += Math.max(0, nowMs - lastMs);
      lastMs = nowMs;
      if (atMs >= latest.current) {
        if (state.isLive) state.goLive();
        else state.seek(latest.current);
        return setPlaying(false);
      }
      state.seek(atMs);
      frame = requestAnimationFrame(move);
    };
    let frame = requestAnimationFrame(move);
    return () => cancelAnimationFrame(frame);
  }, [isPlaying, store]);
  return { isPlaying, toggle: () => setPlaying(!isPlaying) };
}
