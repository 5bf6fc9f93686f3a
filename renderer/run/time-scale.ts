/** Where the plot begins: right of the lanes' names. */
export const labelWidth = 132;
const lead = 12;
const tail = 40;
const idleWidth = 40;
const afterIdle = 74;
const ticksApart = 80;
const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000].concat(
  [300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200].map(seconds => seconds * 1000),
);

export interface Tick {
  readonly ms: number;
  readonly x: number;
  readonly label: string;
}

/** Time to pixels and back, in two pieces when a live run has been idle: what happened, and the wait until now. */
export interface TimeScale {
  readonly width: number;
  /** Right end of the part that is drawn to scale. */
  readonly plotEnd: number;
  readonly stepMs: number;
  readonly ticks: readonly Tick[];
  /** The break in the axis between the last event and now. */
  readonly idle: { readonly from: number; readonly to: number } | null;
  readonly nowX: number | null;
  x(ms: number): number;
  ms(x: number): number;
}

/** A scale for a run whose last event was at `endMs`; `nowMs` is null when nothing more can come. */
export function timeScale(width: number, endMs: number, nowMs: number | null): TimeScale {
  const from = labelWidth + lead;
  const gapMs = nowMs === null ? 0 : nowMs - endMs;
  const isIdle = nowMs !== null && gapMs > Math.max(3000, endMs * 0.25);
  const plotEnd = Math.max(from + 1, width - tail - (isIdle ? idleWidth + afterIdle : 0));
  const lastMs = Math.max(isIdle ? endMs : Math.max(endMs, nowMs ?? 0), 1);
  const stepMs = tickStep(lastMs, plotEnd - from);
  // While time passes the end moves a whole step at a time, so the axis stands still between two of them.
  const domainMs = nowMs === null || isIdle ? lastMs * 1.06 : Math.ceil((lastMs + stepMs / 2) / stepMs) * stepMs;
  const perMs = (plotEnd - from) / domainMs;
  const idle = isIdle ? { from: plotEnd, to: plotEnd + idleWidth } : null;
  const nowX = nowMs === null ? null : isIdle ? width - tail : from + nowMs * perMs;
  const perIdleMs = isIdle && nowX !== null ? (nowX - plotEnd) / Math.max(1, nowMs - domainMs) : perMs;
  const isBeyond = (ms: number) => isIdle && ms > domainMs;
  const ticks: Tick[] = [];
  for (let ms = 0; ms <= domainMs; ms += stepMs) ticks.push({ ms, x: from + ms * perMs, label: tickLabel(ms, stepMs) });
  return {
    width,
    plotEnd,
    stepMs,
    ticks,
    idle,
    nowX,
    x: ms => (isBeyond(ms) ? plotEnd + (ms - domainMs) * perIdleMs : from + ms * perMs),
    ms: x => Math.max(0, idle !== null && x > plotEnd ? domainMs + (x - plotEnd) / perIdleMs : (x - from) / perMs),
  };
}

/** The smallest round step that keeps the ticks far enough apart to be read. */
export function tickStep(domainMs: number, pixels: number): number {
  const least = (domainMs / Math.max(1, pixels)) * ticksApart;
  const largest = steps.at(-1) as number;
  return steps.find(step => step >= least) ?? Math.ceil(least / largest) * largest;
}

/** A tick's time in the unit of its step, such as 250 ms, 1.5 s, 2 min, 1 h. */
export function tickLabel(ms: number, stepMs: number): string {
  if (stepMs < 100) return `${ms} ms`;
  if (stepMs < 1000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 60_000) return `${ms / 1000} s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = (ms % 60_000) / 1000;
  if (ms >= 3_600_000) {
    const rest = minutes % 60;
    return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
  }
  return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
}
