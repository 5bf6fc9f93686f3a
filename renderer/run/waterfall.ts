import type { RunCase, RunPlan } from '../../shared/contract/index.ts';
import { ms as formatMs } from '../ui/format.ts';
import type { RunIndex } from './run-index.ts';

export type SpanKind = 'publish' | 'upload' | 'graph' | 'start' | 'case' | 'infer';

export interface Span {
  readonly kind: SpanKind;
  readonly fromMs: number;
  /** Null while it is under way. */
  readonly toMs: number | null;
  readonly label: string;
  /** What stands in its place where the label does not fit; empty for nothing. */
  readonly brief: string;
}

export type MarkKind = 'lease' | 'ready' | 'failed' | 'send' | 'frame' | 'stderr';

/** One row of the waterfall: the host, or a vertex. Spans and times are in order. */
export interface Lane {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  readonly spans: readonly Span[];
  readonly marks: readonly { readonly kind: MarkKind; readonly atMs: number }[];
  /** From when its container runs; null until it does. */
  readonly aliveFromMs: number | null;
  /** When fixtures were sent to it, frames came from it, and it wrote to stderr. */
  readonly sends: readonly number[];
  readonly frames: readonly number[];
  readonly frameBytes: readonly (number | null)[];
  readonly stderr: readonly number[];
}

/** A run as lanes over time: the host first, then each vertex in the order of the plan. */
export interface Waterfall {
  readonly host: Lane;
  readonly vertices: readonly Lane[];
  readonly lanes: readonly Lane[];
  readonly byAlias: ReadonlyMap<string, Lane>;
  /** The last moment of which anything is known. */
  readonly endMs: number;
}

/** Times of lines on stderr by alias, where they are known. */
export type StderrTimes = ReadonlyMap<string, readonly number[]>;

interface Answer {
  sentMs: number;
  firstMs: number | null;
}

/** Lays the events of a run out as lanes. Steps that have begun and not ended are open spans. */
export function waterfall(index: RunIndex, plan: RunPlan, startMs: number, stderr: StderrTimes = new Map()): Waterfall {
  const planned = new Map(plan.cases.map(each => [each.name, each]));
  const lanes = new Map(plan.vertices.map(vertex => [vertex.alias, new LaneDraft()]));
  const caseSpans: Span[] = [];
  const infers: Span[] = [];
  let previousMs = index.marks.readyMs ?? 0;
  let number = 0;
  for (const mark of index.cases) {
    number += 1;
    const plannedCase = planned.get(mark.name);
    const { sentMs, firstMs } = answerOf(plannedCase, mark.latencyMs, previousMs, startMs);
    caseSpans.push({ kind: 'case', fromMs: sentMs, toMs: mark.atMs, label: mark.name, brief: `${number}` });
    if (plannedCase !== undefined) lanes.get(plannedCase.to)?.sends.push(sentMs);
    if (firstMs !== null) {
      const frame = plannedCase?.result?.frames[0];
      if (plannedCase?.from != null) lanes.get(plannedCase.from)?.frame(firstMs, frame?.bytes ?? null);
      infers.push({ kind: 'infer', fromMs: sentMs, toMs: firstMs, label: formatMs(firstMs - sentMs), brief: '' });
    }
    previousMs = mark.atMs;
  }
  const host = hostLane(index, caseSpans);
  const vertices = plan.vertices.map(vertex => {
    const draft = lanes.get(vertex.alias) as LaneDraft;
    const spans = [...startSpan(index, vertex.alias), ...(vertex.under_test ? infers : [])];
    const errors = stderr.get(vertex.alias) ?? [];
    return {
      id: vertex.alias,
      title: vertex.alias,
      subtitle: vertex.component,
      spans,
      marks: marksOf(draft, errors),
      aliveFromMs: index.vertices.get(vertex.alias)?.runningMs ?? null,
      sends: draft.sends,
      frames: draft.frames,
      frameBytes: draft.frameBytes,
      stderr: errors,
    };
  });
  return {
    host,
    vertices,
    lanes: [host, ...vertices],
    byAlias: new Map(vertices.map(lane => [lane.id, lane])),
    endMs: Math.max(index.endMs, ...vertices.map(lane => lane.stderr.at(-1) ?? 0)),
  };
}

class LaneDraft {
  readonly sends: number[] = [];
  readonly frames: number[] = [];
  readonly frameBytes: (number | null)[] = [];

  frame(atMs: number, bytes: number | null): void {
    this.frames.push(atMs);
    this.frameBytes.push(bytes);
  }
}

/** What the record says of a case; before it is there, a case was sent when the one before it had ended. */
function answerOf(each: RunCase | undefined, latencyMs: number | null, previousMs: number, startMs: number): Answer {
  const sent = each?.result?.sent_at;
  const sentMs = sent == null ? previousMs : Date.parse(sent) - startMs;
  return { sentMs, firstMs: latencyMs === null ? null : sentMs + latencyMs };
}

function hostLane(index: RunIndex, cases: readonly Span[]): Lane {
  const { publishedMs, lastFixtureMs, deployMs, readyMs, failedMs } = index.marks;
  const steps = [
    { kind: 'publish', toMs: publishedMs },
    { kind: 'upload', toMs: lastFixtureMs },
    { kind: 'graph', toMs: deployMs },
  ] as const;
  const spans: Span[] = [];
  let fromMs = 0;
  for (const [position, { kind, toMs }] of steps.entries()) {
    const isPassed = steps.slice(position + 1).some(later => later.toMs !== null);
    // A step that left no event was skipped when a later one did; otherwise it is under way until the run broke.
    if (toMs === null && isPassed) continue;
    const endMs = toMs ?? failedMs;
    const label = endMs === null ? kind : `${kind} ${formatMs(endMs - fromMs)}`;
    if (index.count > 0) spans.push({ kind, fromMs, toMs: endMs, label, brief: '' });
    if (endMs === null || toMs === null) break;
    fromMs = endMs;
  }
  const marks: Lane['marks'][number][] = index.count === 0 ? [] : [{ kind: 'lease', atMs: 0 }];
  if (readyMs !== null) marks.push({ kind: 'ready', atMs: readyMs });
  if (failedMs !== null) marks.push({ kind: 'failed', atMs: failedMs });
  return {
    id: 'host',
    title: 'host',
    subtitle: '',
    spans: [...spans, ...cases],
    marks,
    aliveFromMs: null,
    sends: [],
    frames: [],
    frameBytes: [],
    stderr: [],
  };
}

function startSpan(index: RunIndex, alias: string): Span[] {
  const track = index.vertices.get(alias);
  if (track === undefined || track.containerMs === null) return [];
  const ended = track.changes.find(({ status }) => status === 'exited' || status === 'failed');
  const toMs = track.runningMs ?? ended?.atMs ?? index.marks.failedMs;
  const label = toMs === null ? 'start' : `start ${formatMs(toMs - track.containerMs)}`;
  return [{ kind: 'start', fromMs: track.containerMs, toMs, label, brief: '' }];
}

function marksOf(draft: LaneDraft, errors: readonly number[]): Lane['marks'] {
  return [
    ...errors.map(atMs => ({ kind: 'stderr' as const, atMs })),
    ...draft.sends.map(atMs => ({ kind: 'send' as const, atMs })),
    ...draft.frames.map(atMs => ({ kind: 'frame' as const, atMs })),
  ];
}
