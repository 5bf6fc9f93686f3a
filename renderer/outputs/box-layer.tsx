import { type Box, type BoxRole, byScore, scoreText } from './boxes.ts';
import type { Placement, Size } from './zoom.ts';

const lines = {
  hit: { stroke: 'var(--over-line-hit)', fill: 'var(--over-line-hit)' },
  off: { stroke: 'var(--over-line-off)', fill: 'none', strokeDasharray: '5 3' },
  plain: { stroke: 'var(--over-line)', fill: 'none' },
};
const grounds = { hit: 'bg-over-hit', off: 'bg-over-off', plain: 'bg-over-bg' };
const rank = { plain: 0, off: 1, hit: 2 };
const labelHeight = 18;

interface Layer {
  boxes: readonly Box[];
  roles: readonly BoxRole[];
  placement: Placement;
  frame: Size;
}

/**
 * Boxes over a picture; lines and labels keep their size whatever the zoom. The alternative text of the picture tells the same, so
 * it is hidden from readers.
 */
export function BoxLayer({ hasLabels, ...layer }: Layer & { hasLabels: boolean }) {
  const { boxes, roles, frame } = layer;
  // What the expectation speaks of lies over the rest, and among equals the higher score.
  const order = byScore(boxes)
    .reverse()
    .sort((a, b) => rank[roles[a] ?? 'plain'] - rank[roles[b] ?? 'plain']);
  return (
    <div aria-hidden className="pointer-events-none absolute inset-0">
      <svg width={frame.width} height={frame.height} className="absolute inset-0 block" aria-hidden>
        {order.map(index => (
          <BoxLines key={index} layer={layer} index={index} />
        ))}
      </svg>
      {hasLabels && order.map(index => <BoxLabel key={index} layer={layer} index={index} />)}
    </div>
  );
}

function BoxLines({ layer, index }: { layer: Layer; index: number }) {
  const sides = onScreen(layer, index);
  if (sides === undefined) return null;
  const role = layer.roles[index] ?? 'plain';
  return (
    <>
      <rect {...sides} rx={1} fill="none" stroke="var(--over-halo)" strokeWidth={3} />
      <rect {...sides} rx={1} fillOpacity={0.14} strokeWidth={1.5} {...lines[role]} />
    </>
  );
}

function BoxLabel({ layer, index }: { layer: Layer; index: number }) {
  const box = layer.boxes[index];
  const sides = onScreen(layer, index);
  if (box === undefined || sides === undefined || (box.name === '' && box.score === null)) return null;
  const { frame } = layer;
  if (sides.x + sides.width < 0 || sides.y + sides.height < 0 || sides.x > frame.width || sides.y > frame.height) {
    return null;
  }
  // Above the box; inside it where the picture ends.
  const top = Math.min(Math.max(sides.y - 20, 0), frame.height - labelHeight);
  const left = Math.max(sides.x, 0);
  const isNearEnd = left > frame.width - 80;
  return (
    <span
      className={`absolute inline-flex h-[18px] items-center gap-[5px] whitespace-nowrap rounded-[3px] px-[5px] font-medium text-11 text-over-fg ${grounds[layer.roles[index] ?? 'plain']}`}
      style={isNearEnd ? { top, right: Math.max(frame.width - sides.x - sides.width, 0) } : { top, left }}
    >
      {box.name}
      {box.score !== null && <b className="font-semibold">{scoreText(box.score)}</b>}
    </span>
  );
}

function onScreen({ boxes, placement: { scale, x, y } }: Layer, index: number) {
  const box = boxes[index];
  if (box === undefined) return undefined;
  return { x: x + box.x * scale, y: y + box.y * scale, width: box.width * scale, height: box.height * scale };
}
