import type { ReactNode } from 'react';
import { seconds } from '../ui/index.ts';
import { useRun } from './run-store.ts';
import type { TimeScale } from './time-scale.ts';

/** A span that ends at the playhead, and the mark at its end, are not cut in two. */
const beyond = 6;
const digitWidth = 6.2;

/**
 * Two drawings of one run: what has been, as far as the playhead, over what has not. Both are moved, never drawn anew; at null all has been.
 */
export function PartedByPlayhead({ scale, been, later }: { scale: TimeScale; been: ReactNode; later: ReactNode }) {
  const playheadMs = useRun(state => state.playheadMs);
  const hidden = playheadMs === null ? 0 : Math.max(0, scale.width - Math.round(scale.x(playheadMs)) - beyond);
  return (
    <>
      <div className="absolute inset-0 bg-sunken">{later}</div>
      <div className="absolute inset-0 overflow-hidden" style={{ transform: `translateX(${-hidden}px)` }}>
        <div className="absolute inset-0 bg-sunken" style={{ transform: `translateX(${hidden}px)` }}>
          {been}
        </div>
      </div>
    </>
  );
}

/** The playhead. At null that of a live run is its line of now. */
export function PlayheadLine({ scale, lastMs }: { scale: TimeScale; lastMs: number }) {
  const playheadMs = useRun(state => state.playheadMs);
  const isLive = useRun(state => state.isLive);
  if (playheadMs === null && isLive) return null;
  const x = Math.round(scale.x(playheadMs ?? lastMs));
  const text = `${seconds(playheadMs ?? lastMs)} s`;
  const width = Math.ceil(text.length * digitWidth) + 10;
  const left = Math.round(Math.min(scale.width - width - 2, Math.max(2, x - width / 2)));
  const part = 'pointer-events-none absolute left-0';
  return (
    <>
      <div
        aria-hidden
        className={`${part} top-[18px] bottom-0 w-0.5 bg-accent`}
        style={{ transform: `translateX(${x - 1}px)` }}
      />
      <div
        aria-hidden
        className={`${part} top-0.5 h-[17px] rounded-1 bg-accent-solid text-center font-semibold text-11 text-on-accent leading-[17px] [contain:strict]`}
        style={{ width, transform: `translateX(${left}px)` }}
      >
        {text}
      </div>
    </>
  );
}
