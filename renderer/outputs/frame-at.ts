import type { FrameRow } from '../../shared/contract/index.ts';

/**
 * Which frame of a case is shown: the last that had come at the playhead; while what comes is followed, the one its expressions look
 * at.
 */
export function frameAt(
  frames: readonly Pick<FrameRow, 'at'>[],
  expected: number,
  startMs: number,
  playheadMs: number | null,
): number {
  const looked = Math.max(0, Math.min(expected, frames.length) - 1);
  if (playheadMs === null) return looked;
  const came = frames.findLastIndex(frame => Date.parse(frame.at) - startMs <= playheadMs);
  // Past the last, and before the first, the frame that was judged says most.
  return came === -1 || came === frames.length - 1 ? looked : came;
}
