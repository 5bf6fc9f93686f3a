import { type Box, type BoxRole, byScore, scoreText } from './boxes.ts';
import { labelPlaces, labelWidthOf } from './label-places.ts';
import type { Placement, Size } from './zoom.ts';

const lines = {
  hit: { stroke: 'var(--over-line-hit)', fill: 'var(--over-line-hit)' },
  off: { stroke: 'var(--over-line-off)', fill: 'none', strokeDasharray: '5 3' },
  plain: { stroke: 'var(--over-line)', fill: 'none' },
};
const grounds = { hit: 'bg-over-hit', off: 'bg-over-off', plain: 'bg-over-bg' };
const rank = { plain: 0, off: 1, hit: 2 };

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
      {hasLabels && <BoxLabels layer={layer} order={order} />}
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

function BoxLabels({ layer, order }: { layer: Layer; order: readonly number[] }) {
  const { boxes, roles, frame } = layer;
  const labelled = order.flatMap(index => {
    const box = boxes[index];
    const sides = onScreen(layer, index);
    if (box === undefined || sides === undefined || (box.name === '' && box.score === null)) return [];
    const { x, y, width, height } = sides;
    if (x + width < 0 || y + height < 0 || x > frame.width || y > frame.height) return [];
    const text = `${box.name} ${box.score === null ? '' : scoreText(box.score)}`;
    return [{ index, box, ...sides, labelWidth: labelWidthOf(text) }];
  });
  // What lies on top is placed first and so gets the best place.
  labelled.reverse();
  const places = labelPlaces(labelled, frame);
  return labelled.map(({ index, box }, position) => (
    <span
      key={index}
      className={`absolute inline-flex h-[18px] items-center gap-[5px] whitespace-nowrap rounded-[3px] px-[5px] font-medium text-11 text-over-fg ${grounds[roles[index] ?? 'plain']}`}
      style={places[position]}
    >
      {box.name}
      {box.score !== null && <b className="font-semibold">{scoreText(box.score)}</b>}
    </span>
  ));
}

function onScreen({ boxes, placement: { scale, x, y } }: Layer, index: number) {
  const box = boxes[index];
  if (box === undefined) return undefined;
  return { x: x + box.x * scale, y: y + box.y * scale, width: box.width * scale, height: box.height * scale };
}
