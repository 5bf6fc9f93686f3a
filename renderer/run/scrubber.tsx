import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import { seconds } from '../ui/index.ts';
import { useRun } from './run-store.ts';
import { labelWidth, type TimeScale } from './time-scale.ts';

const dragsFrom = 3;

/** The drawing of the waterfall as one slider: the playhead goes where one presses or drags, and by keys. */
export function Scrubber(props: {
  scale: TimeScale;
  height: number;
  /** The last moment there is. */
  lastMs: number;
  children: ReactNode;
}) {
  const { scale, height, lastMs, children } = props;
  const playheadMs = useRun(state => state.playheadMs);
  const seek = useRun(state => state.seek);
  const goLive = useRun(state => state.goLive);
  const selectCase = useRun(state => state.selectCase);
  const press = useRef<{ x: number; left: number; ofCase: string | null; isDrag: boolean }>(undefined);
  const atMs = playheadMs ?? lastMs;
  const seekTo = (ms: number) => seek(Math.round(Math.min(lastMs, Math.max(0, ms))));

  const down = (event: PointerEvent<HTMLDivElement>) => {
    // Measured once: to ask again while dragging would lay the page out at every move.
    const { left } = event.currentTarget.getBoundingClientRect();
    const x = event.clientX - left;
    if (event.button !== 0 || x < labelWidth) return;
    const ofCase = (event.target as Element).getAttribute('data-case');
    press.current = { x: event.clientX, left, ofCase, isDrag: false };
    event.currentTarget.setPointerCapture(event.pointerId);
    if (ofCase === null) seekTo(scale.ms(x));
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const begun = press.current;
    if (begun === undefined) return;
    begun.isDrag ||= Math.abs(event.clientX - begun.x) > dragsFrom;
    if (begun.isDrag) seekTo(scale.ms(event.clientX - begun.left));
  };
  const up = () => {
    const begun = press.current;
    press.current = undefined;
    if (begun?.isDrag === false && begun.ofCase !== null) selectCase(begun.ofCase);
  };
  const key = (event: KeyboardEvent) => {
    const stepMs = event.shiftKey ? scale.stepMs : scale.stepMs / 10;
    const to = {
      ArrowLeft: atMs - stepMs,
      ArrowRight: atMs + stepMs,
      PageDown: atMs - scale.stepMs,
      PageUp: atMs + scale.stepMs,
      Home: 0,
    }[event.key];
    if (to === undefined && event.key !== 'End') return;
    event.preventDefault();
    if (to === undefined) goLive();
    else seekTo(to);
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label="Playhead"
      aria-valuemin={0}
      aria-valuemax={Math.round(lastMs)}
      aria-valuenow={Math.round(atMs)}
      aria-valuetext={
        playheadMs === null
          ? `At the end, ${seconds(lastMs)} seconds`
          : `${seconds(atMs)} of ${seconds(lastMs)} seconds`
      }
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
      onKeyDown={key}
      className="cursor-ew-resize touch-none focus-visible:shadow-[inset_0_0_0_2px_var(--accent-fg)]"
    >
      <svg width={scale.width} height={height} aria-hidden className="block text-11">
        {children}
      </svg>
    </div>
  );
}

/**
 * The playhead, and the two halves of the drawing that it parts: what is clipped by `before` has been, what is clipped by `after` has not.
 * At null the playhead of a live run is its line of now.
 */
export function PlayheadLine(props: {
  scale: TimeScale;
  height: number;
  lastMs: number;
  before: string;
  after: string;
}) {
  const { scale, height, lastMs, before, after } = props;
  const playheadMs = useRun(state => state.playheadMs);
  const isLive = useRun(state => state.isLive);
  const x = scale.x(playheadMs ?? lastMs);
  // A span that ends here, and the mark at its end, are not cut in two.
  const cut = playheadMs === null ? scale.width : x + 6;
  const text = `${seconds(playheadMs ?? lastMs)} s`;
  const width = text.length * 6.2 + 10;
  const left = Math.min(scale.width - width - 2, Math.max(2, x - width / 2));
  return (
    <>
      <clipPath id={before}>
        <rect x={0} y={0} width={Math.max(0, cut)} height={height} />
      </clipPath>
      <clipPath id={after}>
        <rect x={cut} y={0} width={Math.max(0, scale.width - cut)} height={height} />
      </clipPath>
      {(playheadMs !== null || !isLive) && (
        <g className="pointer-events-none">
          <line x1={x} x2={x} y1={18} y2={height} className="stroke-accent" strokeWidth={2} />
          <rect x={left} y={2} width={width} height={17} rx={4} className="fill-accent-solid" />
          <text x={left + width / 2} y={14.5} textAnchor="middle" className="fill-on-accent font-semibold">
            {text}
          </text>
        </g>
      )}
    </>
  );
}
