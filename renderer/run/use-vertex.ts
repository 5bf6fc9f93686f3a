import type { RunVertex } from '../../shared/contract/index.ts';
import { bytes, ms, type Status } from '../ui/index.ts';
import { countUpTo, firstWhere, statusAt } from './run-index.ts';
import { useRun } from './run-store.ts';
import { useTimeline } from './run-timeline.tsx';
import { shownStatus, vertexState } from './vertex-words.ts';

/** A vertex at the playhead. Counts are of what the run sent to it and had of it; null where it cannot know. */
export interface VertexView {
  readonly status: Status;
  readonly word: string;
  /** What was measured last, such as a latency or a size. */
  readonly measure: string | null;
  readonly inCount: number | null;
  readonly outCount: number | null;
  readonly stderrCount: number;
  readonly isSelected: boolean;
}

/** A vertex as it was at the playhead; the component is drawn again only when one of these changes. */
export function useVertex(vertex: RunVertex): VertexView {
  const { waterfall } = useTimeline();
  const track = useRun(state => state.index.vertices.get(vertex.alias));
  const lane = waterfall.byAlias.get(vertex.alias);
  const isSelected = useRun(state => state.selectedVertex === vertex.alias);
  const shown = useRun(state =>
    shownStatus(vertex, statusAt(track, state.playheadMs), state.isLive && state.playheadMs === null),
  );
  const upTo = (times: readonly number[] | undefined, playheadMs: number | null) =>
    times === undefined ? 0 : playheadMs === null ? times.length : countUpTo(times, playheadMs);
  const sends = useRun(state => upTo(lane?.sends, state.playheadMs));
  const frames = useRun(state => upTo(lane?.frames, state.playheadMs));
  const stderrCount = useRun(state => upTo(lane?.stderr, state.playheadMs));
  const infers = lane?.spans;
  const answered = useRun(state => {
    if (infers === undefined) return -1;
    const { playheadMs } = state;
    const from = infers[0]?.kind === 'infer' ? 0 : 1;
    if (playheadMs === null) return infers.length - 1 < from ? -1 : infers.length - 1;
    const ended = firstWhere(
      infers.length - from,
      position => (infers[from + position]?.toMs ?? Number.POSITIVE_INFINITY) > playheadMs,
    );
    return ended === 0 ? -1 : from + ended - 1;
  });
  const exitCode = shown === vertex.status ? vertex.exit_code : null;
  const frameBytes = frames > 0 ? (lane?.frameBytes[frames - 1] ?? null) : null;
  const infer = answered < 0 ? undefined : infers?.[answered];
  const isIngress = (lane?.sends.length ?? 0) > 0;
  const isEgress = (lane?.frames.length ?? 0) > 0;
  return {
    ...vertexState(shown, exitCode),
    measure: infer?.toMs != null ? ms(infer.toMs - infer.fromMs) : frameBytes === null ? null : bytes(frameBytes),
    inCount: isIngress ? sends : null,
    outCount: isEgress ? frames : null,
    stderrCount,
    isSelected,
  };
}
