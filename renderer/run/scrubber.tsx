import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { seconds } from '../ui/index.ts';
import { perFrame } from './per-frame.ts';
import { useRun } from './run-store.ts';
import { labelWidth, type TimeScale } from './time-scale.ts';

const dragsFrom = 3;
/** Within this time a press may be the second of a double click on what was here before. */
const settlesMs = 400;

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
  const settledAt = useRef(0);
  const [drags] = useState(() => perFrame(seek));
  useEffect(() => {
    settledAt.current = performance.now() + settlesMs;
  }, []);
  const atMs = playheadMs ?? lastMs;
  const withinRun = (ms: number) => Math.round(Math.min(lastMs, Math.max(0, ms)));

  const down = (event: PointerEvent<HTMLDivElement>) => {
    // Measured once: to ask again while dragging would lay the page out at every move.
    const { left } = event.currentTarget.getBoundingClientRect();
    const x = event.clientX - left;
    if (event.button !== 0 || x < labelWidth || performance.now() < settledAt.current) return;
    const ofCase = (event.target as Element).getAttribute('data-case');
    press.current = { x: event.clientX, left, ofCase, isDrag: false };
    event.currentTarget.setPointerCapture(event.pointerId);
    if (ofCase === null) seek(withinRun(scale.ms(x)));
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const begun = press.current;
    if (begun === undefined) return;
    begun.isDrag ||= Math.abs(event.clientX - begun.x) > dragsFrom;
    if (begun.isDrag) drags.push(withinRun(scale.ms(event.clientX - begun.left)));
  };
  const up = () => {
    const begun = press.current;
    press.current = undefined;
    drags.flush();
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
    else seek(withinRun(to));
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
      style={{ height }}
      className="relative cursor-ew-resize touch-none overflow-hidden focus-visible:after:pointer-events-none focus-visible:after:absolute focus-visible:after:inset-0 focus-visible:after:shadow-[inset_0_0_0_2px_var(--accent-fg)]"
    >
      {children}
    </div>
  );
}
