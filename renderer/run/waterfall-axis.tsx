import { memo } from 'react';
import { elapsedClock } from './elapsed-clock.ts';
import { labelWidth, type TimeScale } from './time-scale.ts';
import type { Lane, Waterfall } from './waterfall.ts';
import { axisHeight, laneHeight } from './waterfall-lanes.tsx';

/** A tick's word, so that none runs into the break. */
const tickWidth = 40;

/** What lies behind the spans: ticks, lane lines, how long containers have been alive, and when all were ready. */
export const WaterfallGrid = memo(function WaterfallGrid(props: {
  lanes: readonly Lane[];
  scale: TimeScale;
  height: number;
  endMs: number;
}) {
  const { lanes, scale, height, endMs } = props;
  return (
    <g>
      {scale.ticks.map(({ ms, x, label }) => (
        <g key={ms}>
          <line x1={x} x2={x} y1={20} y2={height} className="stroke-line" shapeRendering="crispEdges" />
          {x + tickWidth < scale.plotEnd + (scale.idle === null ? tickWidth : 0) && (
            <text x={x + 4} y={14} className="fill-fg-3">
              {label}
            </text>
          )}
        </g>
      ))}
      {lanes.map(({ id, aliveFromMs }, row) => {
        const top = axisHeight + row * laneHeight;
        return (
          <g key={id}>
            <line x1={0} x2={scale.width} y1={top} y2={top} className="stroke-line" shapeRendering="crispEdges" />
            {aliveFromMs !== null && (
              <line
                x1={scale.x(aliveFromMs)}
                x2={scale.nowX ?? scale.x(endMs)}
                y1={top + laneHeight / 2}
                y2={top + laneHeight / 2}
                className="stroke-bar"
                strokeWidth={1.5}
              />
            )}
          </g>
        );
      })}
      <line x1={labelWidth} x2={labelWidth} y1={0} y2={height} className="stroke-line" shapeRendering="crispEdges" />
    </g>
  );
});

/** The words and line of the moment when every container ran, and of the one when the run broke. */
export function HostMarks({ host, scale, height }: { host: Waterfall['host']; scale: TimeScale; height: number }) {
  return host.marks.map(({ kind, atMs }) => {
    if (kind !== 'ready' && kind !== 'failed') return null;
    const x = scale.x(atMs);
    return (
      <g key={kind}>
        {kind === 'ready' && (
          <line
            x1={x}
            x2={x}
            y1={axisHeight + 18}
            y2={height}
            className="stroke-fg-3"
            strokeDasharray="2 3"
            shapeRendering="crispEdges"
          />
        )}
        <text
          x={kind === 'ready' ? x - 9 : x + 9}
          y={axisHeight + 14.5}
          textAnchor={kind === 'ready' ? 'end' : 'start'}
          className={kind === 'ready' ? 'fill-fg-2' : 'fill-fail font-medium'}
        >
          {kind}
        </text>
      </g>
    );
  });
}

/** The right end of a live run: the break in the axis while nothing happens, and the line of now. */
export function NowMarks(props: { scale: TimeScale; height: number; endMs: number; nowMs: number }) {
  const { scale, height, endMs, nowMs } = props;
  const { idle, nowX } = scale;
  if (nowX === null) return null;
  return (
    <svg width={scale.width} height={height} aria-hidden className="pointer-events-none absolute inset-0 block text-11">
      {idle !== null && (
        <>
          <rect x={idle.from} y={0} width={idle.to - idle.from} height={height} className="fill-pane" />
          <path
            d={`M${idle.from} 0v${height}M${idle.to} 0v${height}`}
            className="stroke-line"
            shapeRendering="crispEdges"
          />
          <text x={(idle.from + idle.to) / 2} y={14} textAnchor="middle" className="fill-fg-3">
            idle
          </text>
          <text x={(idle.from + idle.to) / 2} y={61} textAnchor="middle" className="fill-fg-3">
            {elapsedClock(nowMs - endMs)}
          </text>
        </>
      )}
      <line x1={nowX} x2={nowX} y1={0} y2={height} className="stroke-running" strokeWidth={1.5} />
      <text
        x={idle === null ? nowX + 5 : nowX - 5}
        y={14}
        textAnchor={idle === null ? 'start' : 'end'}
        className="fill-running font-medium"
      >
        now
      </text>
    </svg>
  );
}
