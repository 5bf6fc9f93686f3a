import { memo, useId } from 'react';
import type { TimeScale } from './time-scale.ts';
import type { Waterfall } from './waterfall.ts';
import { HostMarks, WaterfallGrid } from './waterfall-axis.tsx';
import { WaterfallLanes } from './waterfall-lanes.tsx';
import type { DrawnLane } from './waterfall-pixels.ts';

/** The whole waterfall as it has been, or, when `isLater`, as it has yet to be. */
export const WaterfallDrawing = memo(function WaterfallDrawing(props: {
  waterfall: Waterfall;
  lanes: readonly DrawnLane[];
  scale: TimeScale;
  height: number;
  isLater?: boolean;
}) {
  const { waterfall, lanes, scale, height, isLater = false } = props;
  const hatch = useId();
  return (
    <svg width={scale.width} height={height} aria-hidden className="block text-11">
      <defs>
        <pattern id={hatch} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width={6} height={6} className="fill-bar-2" />
          <rect width={2} height={6} className="fill-bar" fillOpacity={0.28} />
        </pattern>
      </defs>
      <WaterfallGrid lanes={waterfall.lanes} scale={scale} height={height} endMs={waterfall.endMs} />
      <HostMarks host={waterfall.host} scale={scale} height={height} />
      <WaterfallLanes lanes={lanes} hatch={hatch} isLater={isLater} />
    </svg>
  );
});
