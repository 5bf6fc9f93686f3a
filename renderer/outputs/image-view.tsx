import { Maximize, Minus, Plus } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { Button, IconButton } from '../ui/index.ts';
import { BoxLayer } from './box-layer.tsx';
import { type Box, type BoxRole, inPixels } from './boxes.ts';
import { frameFor, type Placement, pan, type Size, wholeIn, zoomAt } from './zoom.ts';

interface ImageViewProps {
  src: string;
  alt: string;
  boxes: readonly Box[];
  roles: readonly BoxRole[];
  hasBoxes: boolean;
  hasLabels: boolean;
  /** Shows the zoom controls; they also show while the picture is zoomed. */
  hasControls: boolean;
  /** The most it may take. */
  room: Size;
  /** Tells the picture's own size once it is read. */
  onSize(size: Size): void;
  /** The bytes are no picture that a window can draw. */
  onBroken(): void;
}

/**
 * A picture with boxes over it. Ctrl and the wheel, or + and − while it has the focus, zoom; 0 fits, 1 shows every pixel as it is;
 * dragging and the arrows move it.
 */
export function ImageView(props: ImageViewProps) {
  const { src, alt, boxes, roles, hasBoxes, hasLabels, hasControls, room, onSize, onBroken } = props;
  const [picture, setPicture] = useState<Size>();
  const [moved, setMoved] = useState<Placement | null>(null);
  const [dragged, setDragged] = useState<{ x: number; y: number }>();
  const ref = useRef<HTMLDivElement>(null);
  const frame = frameFor(picture ?? { width: 4, height: 3 }, room);
  const whole = wholeIn(picture ?? frame, frame);
  // A frame that was made larger may show more than the picture was zoomed to.
  const placement =
    moved === null || picture === undefined ? whole : zoomAt(moved, moved.scale, { x: 0, y: 0 }, picture, frame);
  const isZoomed = placement.scale > whole.scale * 1.001;

  const centre = { x: frame.width / 2, y: frame.height / 2 };
  const zoomTo = (scale: number, at = centre) => {
    if (picture === undefined) return;
    const next = zoomAt(placement, scale, at, picture, frame);
    setMoved(next.scale <= whole.scale * 1.001 ? null : next);
  };
  const panBy = (dx: number, dy: number) => {
    if (picture !== undefined && isZoomed) setMoved(pan(placement, dx, dy, picture, frame));
  };

  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    // React listens to the wheel passively, and the page's own zoom has to be prevented.
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      zoomTo(placement.scale * Math.exp(-event.deltaY / 240), { x: event.clientX - left, y: event.clientY - top });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  });

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    const act = {
      '+': () => zoomTo(placement.scale * 1.5),
      '=': () => zoomTo(placement.scale * 1.5),
      '-': () => zoomTo(placement.scale / 1.5),
      '0': () => setMoved(null),
      '1': () => zoomTo(1),
      ArrowLeft: () => panBy(40, 0),
      ArrowRight: () => panBy(-40, 0),
      ArrowUp: () => panBy(0, 40),
      ArrowDown: () => panBy(0, -40),
    }[event.key];
    if (act === undefined || (event.key.startsWith('Arrow') && !isZoomed)) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (!isZoomed || event.button !== 0 || (event.target as Element).closest('button') !== null) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDragged({ x: event.clientX, y: event.clientY });
  };
  const onPointerMove = (event: PointerEvent) => {
    if (dragged === undefined) return;
    panBy(event.clientX - dragged.x, event.clientY - dragged.y);
    setDragged({ x: event.clientX, y: event.clientY });
  };

  const cursor = isZoomed ? (dragged === undefined ? 'cursor-grab' : 'cursor-grabbing') : '';
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is no frame of a picture
    <div
      ref={ref}
      role="group"
      aria-label="Picture. Plus and minus zoom, 0 fits, 1 is actual size, arrows move."
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys zoom and move the picture
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => setDragged(undefined)}
      onPointerCancel={() => setDragged(undefined)}
      className={`relative overflow-hidden rounded-2 bg-sunken outline outline-1 outline-line focus-visible:outline-none ${cursor}`}
      style={{ width: frame.width, height: frame.height }}
    >
      <img
        src={src}
        alt={alt}
        draggable={false}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
          // A drawing without a size of its own gets that of its frame.
          const size = { width: naturalWidth || room.width, height: naturalHeight || room.height };
          setPicture(size);
          onSize(size);
        }}
        onError={onBroken}
        className={`absolute max-w-none ${picture === undefined ? 'invisible' : ''}`}
        style={{
          left: placement.x,
          top: placement.y,
          width: (picture?.width ?? 0) * placement.scale,
          height: (picture?.height ?? 0) * placement.scale,
          imageRendering: placement.scale >= 3 ? 'pixelated' : 'auto',
        }}
      />
      {picture !== undefined && hasBoxes && (
        <BoxLayer
          boxes={inPixels(boxes, picture.width, picture.height)}
          roles={roles}
          placement={placement}
          frame={frame}
          hasLabels={hasLabels}
        />
      )}
      {picture !== undefined && (hasControls || isZoomed) && (
        <div className="absolute right-2 bottom-2 flex items-center gap-1 rounded-2 border border-line-strong bg-raised p-[3px] shadow-2">
          <IconButton icon={Minus} label="Zoom out" kbd="-" size="s" onPress={() => zoomTo(placement.scale / 1.5)} />
          <span className="w-10 text-center text-11 text-fg-2">{Math.round(placement.scale * 100)} %</span>
          <IconButton icon={Plus} label="Zoom in" kbd="+" size="s" onPress={() => zoomTo(placement.scale * 1.5)} />
          <Button size="s" variant="ghost" aria-label="Actual size" onPress={() => zoomTo(1)}>
            1:1
          </Button>
          <IconButton icon={Maximize} label="Fit" kbd="0" size="s" onPress={() => setMoved(null)} />
        </div>
      )}
    </div>
  );
}
