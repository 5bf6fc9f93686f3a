import type { TimeScale } from './time-scale.ts';
import type { Lane, MarkKind, SpanKind } from './waterfall.ts';

/** A span as it is drawn; `count` spans that are too near to be told apart are one. */
export interface Bar {
  readonly kind: SpanKind;
  readonly x: number;
  readonly width: number;
  readonly count: number;
  readonly title: string;
  /** What fits inside, and where it begins. */
  readonly text: string;
  readonly textX: number;
}

export interface Dot {
  readonly kind: MarkKind;
  readonly x: number;
}

/** One lane in pixels. */
export interface DrawnLane {
  readonly bars: readonly Bar[];
  readonly dots: readonly Dot[];
  /** Names of the last set-up steps, where they are too short to hold them, and where they stand. */
  readonly aside: { readonly x: number; readonly text: string } | null;
  /** How often it wrote to stderr, beside the last dot, where no span lies in the way. */
  readonly stderr: { readonly x: number; readonly text: string; readonly isLeft: boolean } | null;
}

const leastWidth = 3;
const narrow = 6;
const nearest = 4;
const letterWidth = 6;

/** Brings a lane to pixels. However many spans there are, no more are drawn than there is room for. */
export function drawLane(lane: Lane, scale: TimeScale, nowMs: number): DrawnLane {
  const bars: Bar[] = [];
  let short: string[] = [];
  for (const span of lane.spans) {
    const x = scale.x(span.fromMs);
    const width = Math.max(leastWidth, scale.x(span.toMs ?? Math.max(nowMs, span.fromMs)) - x - gapOf(span.kind));
    const last = bars.at(-1);
    if (last !== undefined && last.kind === span.kind && isTooNear(last, x, width)) {
      const count = last.count + 1;
      const right = Math.max(last.x + last.width, x + width);
      bars[bars.length - 1] = { ...last, width: right - last.x, count, title: `${count} spans`, text: '' };
      continue;
    }
    // The mark of the lease lies over the beginning of what follows it.
    const indent = span.fromMs === 0 ? 10 : 6;
    const room = width - indent - 6;
    const text = fits(span.label, room) ? span.label : fits(span.brief, room) ? span.brief : '';
    bars.push({ kind: span.kind, x, width, count: 1, title: span.label, text, textX: x + indent });
    if (isSetUp(span.kind)) short = text === '' ? [...short, span.kind] : [];
  }
  const dots = drawDots(lane, scale);
  return { bars, dots, aside: asideOf(bars, short, lane, scale), stderr: stderrOf(lane, bars, dots, scale) };
}

function stderrOf(lane: Lane, bars: readonly Bar[], dots: readonly Dot[], scale: TimeScale): DrawnLane['stderr'] {
  const dot = dots.findLast(({ kind }) => kind === 'stderr');
  if (dot === undefined) return null;
  const text = `${lane.stderr.length} stderr`;
  const width = text.length * letterWidth + 8;
  const isLeft = dot.x + width > scale.width;
  const [from, to] = isLeft ? [dot.x - width, dot.x] : [dot.x, dot.x + width];
  if (bars.some(bar => bar.kind === 'infer' && bar.x < to && bar.x + bar.width > from)) return null;
  return { x: isLeft ? dot.x - 8 : dot.x + 8, text, isLeft };
}

function drawDots(lane: Lane, scale: TimeScale): Dot[] {
  const dots: Dot[] = [];
  const lastX = new Map<MarkKind, number>();
  for (const { kind, atMs } of lane.marks) {
    const x = scale.x(atMs);
    if (x - (lastX.get(kind) ?? Number.NEGATIVE_INFINITY) < nearest) continue;
    lastX.set(kind, x);
    dots.push({ kind, x });
  }
  return dots;
}

function asideOf(bars: readonly Bar[], short: readonly string[], lane: Lane, scale: TimeScale): DrawnLane['aside'] {
  const last = bars.findLast(bar => isSetUp(bar.kind));
  if (last === undefined || short.length === 0) return null;
  const text = short.join(', ');
  const x = last.x + last.width + 7;
  const ready = lane.marks.find(({ kind }) => kind === 'ready');
  // The word `ready` stands left of its mark.
  const room = (ready === undefined ? scale.plotEnd : scale.x(ready.atMs) - 48) - x;
  return text.length * letterWidth <= room ? { x, text } : null;
}

/** Spans that follow at once stay apart as long as each is wide enough to be seen. */
function isTooNear(last: Bar, x: number, width: number): boolean {
  return x < last.x + last.width + 1 && width < narrow && (last.count > 1 || last.width < narrow);
}

function fits(text: string, room: number): boolean {
  return text !== '' && text.length * letterWidth <= room;
}

function isSetUp(kind: SpanKind): boolean {
  return kind === 'publish' || kind === 'upload' || kind === 'graph';
}

/** Steps that follow at once are told apart by a gap. */
function gapOf(kind: SpanKind): number {
  return isSetUp(kind) || kind === 'case' ? 2 : 0;
}
