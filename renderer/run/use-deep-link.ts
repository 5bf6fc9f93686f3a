import { useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useRun } from './run-store.ts';

/** Applies what the address asks for, once it is known: `case`, `vertex`, and `at` in milliseconds since the start. */
export function useDeepLink(): void {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const { case: caseName, vertex, at } = search;
  const hasEvents = useRun(state => state.events.length > 0);
  const selectCase = useRun(state => state.selectCase);
  const selectVertex = useRun(state => state.selectVertex);
  const seek = useRun(state => state.seek);
  const applied = useRef<string>(undefined);
  useEffect(() => {
    const asked = JSON.stringify([caseName, vertex, at]);
    if (!hasEvents || applied.current === asked) return;
    applied.current = asked;
    if (typeof vertex === 'string') selectVertex(vertex);
    if (typeof caseName === 'string') selectCase(caseName);
    const ms = at === undefined ? Number.NaN : Number(at);
    if (Number.isFinite(ms)) seek(ms);
  }, [hasEvents, caseName, vertex, at, selectCase, selectVertex, seek]);
}
