import { memo } from 'react';
import type { Bar, DrawnLane } from './waterfall-pixels.ts';

/** Height of the axis above the lanes, and of one lane. */
export const axisHeight = 24;
export const laneHeight = 22;

/** The lanes' spans and marks. They are drawn twice, before and after the playhead, so that moving it draws nothing anew. */
export const WaterfallLanes = memo(function WaterfallLanes(props: {
  lanes: readonly DrawnLane[];
  hatch: string;
  isLater?: boolean;
}) {
  const { lanes, hatch, isLater = false } = props;
  return lanes.map((lane, row) => {
    const top = axisHeight + row * laneHeight;
    const middle = top + laneHeight / 2;
    const plain = isLater ? 'fill-fg-3' : 'fill-fg';
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: a lane is its row
      <g key={row}>
        {lane.bars.map(bar => (
          <BarShape key={`${bar.kind}${bar.x}`} bar={bar} top={top + 4} hatch={hatch} isLater={isLater} />
        ))}
        {lane.aside !== null && (
          <text x={lane.aside.x} y={top + 14.5} className={isLater ? 'fill-fg-3' : 'fill-fg-2'}>
            {lane.aside.text}
          </text>
        )}
        {lane.dots.map(({ kind, x }) => {
          const key = `${kind}${x}`;
          if (kind === 'stderr')
            return <circle key={key} cx={x} cy={top + 3} r={3.5} className={isLater ? 'fill-fg-3' : 'fill-stderr'} />;
          if (kind === 'send') return <path key={key} d={`M${x} ${middle - 5}l6 5-6 5z`} className={plain} />;
          if (kind !== 'failed') return <path key={key} d={diamond(x, middle)} className={plain} />;
          return <path key={key} d={octagon(x, middle)} className={isLater ? 'fill-fg-3' : 'fill-fail'} />;
        })}
        {lane.stderr !== null && (
          <text
            x={lane.stderr.x}
            y={top + 14.5}
            textAnchor={lane.stderr.isLeft ? 'end' : 'start'}
            className={`font-medium ${isLater ? 'fill-fg-3' : 'fill-stderr'}`}
          >
            {lane.stderr.text}
          </text>
        )}
      </g>
    );
  });
});

const fills: Record<Bar['kind'], string> = {
  publish: 'fill-bar',
  upload: 'fill-bar',
  graph: 'fill-bar',
  start: '',
  infer: 'fill-ink',
  case: 'fill-none stroke-line-control',
};
const laterFills: Record<Bar['kind'], string> = {
  publish: 'fill-bar-2',
  upload: 'fill-bar-2',
  graph: 'fill-bar-2',
  start: '',
  infer: 'fill-bar',
  case: 'fill-none stroke-line-strong',
};
const texts: Record<Bar['kind'], string> = {
  publish: 'fill-bar-fg font-medium',
  upload: 'fill-bar-fg font-medium',
  graph: 'fill-bar-fg font-medium',
  start: 'fill-fg font-medium',
  infer: 'fill-fg-inverse font-medium',
  case: 'fill-fg-2',
};

function BarShape({ bar, top, hatch, isLater }: { bar: Bar; top: number; hatch: string; isLater: boolean }) {
  const { kind, x, width, text } = bar;
  const isCase = kind === 'case';
  // A stroke lies half outside of its rectangle.
  const inset = isCase ? 0.5 : 0;
  const laterText = kind === 'infer' ? 'fill-bar-fg font-medium' : kind === 'case' ? 'fill-fg-3' : 'fill-fg-2';
  return (
    <>
      <rect
        x={x + inset}
        y={top + inset}
        width={Math.max(1, width - 2 * inset)}
        height={14 - 2 * inset}
        rx={Math.min(3, width / 2)}
        className={(isLater ? laterFills : fills)[kind]}
        {...(kind === 'start' ? { fill: `url(#${hatch})` } : {})}
        {...(isCase ? { pointerEvents: 'all' } : {})}
        {...(isCase && bar.count === 1 ? { 'data-case': bar.title } : {})}
      >
        <title>{bar.title}</title>
      </rect>
      {text !== '' && (
        <text
          x={isCase ? x + width / 2 : bar.textX}
          y={top + 10.5}
          textAnchor={isCase ? 'middle' : 'start'}
          className={`pointer-events-none ${isLater ? laterText : texts[kind]}`}
        >
          {text}
        </text>
      )}
    </>
  );
}

function diamond(x: number, y: number): string {
  return `M${x} ${y - 5.5}l5.5 5.5-5.5 5.5-5.5-5.5z`;
}

function octagon(x: number, y: number): string {
  return `M${x - 2.3} ${y - 5.5}h4.6l3.2 3.2v4.6l-3.2 3.2h-4.6l-3.2-3.2v-4.6z`;
}
