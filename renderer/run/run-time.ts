import type { RunEvent } from '../../shared/events.ts';

/** Milliseconds from a run's start to an event. */
export function eventMs(event: Pick<RunEvent, 'at'>, startMs: number): number {
  return Date.parse(event.at) - startMs;
}

/** Whether something lies after the playhead, and is therefore dimmed. */
export function isAfter(playheadMs: number | null, ms: number): boolean {
  return playheadMs !== null && ms > playheadMs;
}
