import { useMemo, useRef } from 'react';
import { PartedByPlayhead, PlayheadLine } from './playhead.tsx';
import { useRun } from './run-store.ts';
import { useTimeline } from './run-timeline.tsx';
import { Scrubber } from './scrubber.tsx';
import { labelWidth, timeScale } from './time-scale.ts';
import { useElapsed } from './use-elapsed.ts';
import { useWidth } from './use-size.ts';
import type { Lane } from './waterfall.ts';
import { NowMarks } from './waterfall-axis.tsx';
import { WaterfallDrawing } from './waterfall-drawing.tsx';
import { WaterfallHead } from './waterfall-head.tsx';
import { axisHeight, laneHeight } from './waterfall-lanes.tsx';
import { drawLane } from './waterfall-pixels.ts';

const below = 8;
const mostLanes = 8;

/** The run over time, and the playhead in it. Beyond eight lanes it scrolls. */
export function WaterfallPane({ play }: { play: { isPlaying: boolean; toggle: () => void } }) {
  const { waterfall } = useTimeline();
  const { lanes, endMs } = waterfall;
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const nowMs = useElapsed();
  const lastMs = Math.max(endMs, nowMs ?? 0);
  const height = axisHeight + lanes.length * laneHeight + below;
  const scale = useMemo(() => timeScale(width, endMs, nowMs), [width, endMs, nowMs]);
  const drawn = useMemo(() => lanes.map(lane => drawLane(lane, scale, lastMs)), [lanes, scale, lastMs]);
  return (
    <section aria-label="Waterfall" className="flex flex-none flex-col border-line border-b bg-pane">
      <WaterfallHead lastMs={lastMs} play={play} />
      <div
        ref={frame}
        className="relative overflow-y-auto overflow-x-hidden bg-sunken"
        style={{ maxHeight: axisHeight + mostLanes * laneHeight + below, height }}
      >
        {width > 0 && (
          <Scrubber scale={scale} height={height} lastMs={lastMs}>
            <PartedByPlayhead
              scale={scale}
              been={<WaterfallDrawing waterfall={waterfall} lanes={drawn} scale={scale} height={height} />}
              later={<WaterfallDrawing waterfall={waterfall} lanes={drawn} scale={scale} height={height} isLater />}
            />
            {nowMs !== null && <NowMarks scale={scale} height={height} endMs={endMs} nowMs={nowMs} />}
            <PlayheadLine scale={scale} lastMs={lastMs} />
          </Scrubber>
        )}
        {lanes.map((lane, row) => (
          <LaneName key={lane.id} lane={lane} row={row} isVertex={row > 0} />
        ))}
      </div>
    </section>
  );
}

/** The name of a lane; pressing it selects the vertex, as its node in the graph does for the keyboard. */
function LaneName({ lane, row, isVertex }: { lane: Lane; row: number; isVertex: boolean }) {
  const isSelected = useRun(state => isVertex && state.selectedVertex === lane.id);
  const selectVertex = useRun(state => state.selectVertex);
  const inside = (
    <>
      <span className="min-w-7 max-w-[72px] flex-none truncate font-medium font-mono text-12">{lane.title}</span>
      <span className="truncate text-11 text-fg-3">{lane.subtitle}</span>
    </>
  );
  const look = 'absolute left-0 flex items-center gap-2 pl-4 pr-2 text-left';
  const place = { top: axisHeight + row * laneHeight + 1, height: laneHeight - 1, width: labelWidth - 1 };
  if (!isVertex) {
    return (
      <span className={`${look} pointer-events-none`} style={place}>
        {inside}
      </span>
    );
  }
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-pressed={isSelected}
      onClick={() => selectVertex(isSelected ? null : lane.id)}
      className={`${look} ${isSelected ? 'bg-accent-bg shadow-[inset_2px_0_var(--accent-fg)]' : 'hover:bg-hover'}`}
      style={place}
    >
      {inside}
    </button>
  );
}
