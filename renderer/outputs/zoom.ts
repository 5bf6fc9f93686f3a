/** How a picture lies in its frame: `scale` screen pixels a pixel, its upper left corner at `x`, `y`. */
export interface Placement {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const maxScale = 16;

/** The largest frame in the room there is that has the picture's shape; small pictures are not made larger than 4:1. */
export function frameFor(picture: Size, room: Size): Size {
  const scale = Math.min(room.width / picture.width, room.height / picture.height, 4);
  return {
    width: Math.max(1, Math.floor(picture.width * scale)),
    height: Math.max(1, Math.floor(picture.height * scale)),
  };
}

/** The whole picture in its frame. */
export function wholeIn(picture: Size, frame: Size): Placement {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
  return { scale, x: (frame.width - picture.width * scale) / 2, y: (frame.height - picture.height * scale) / 2 };
}

/** Another scale, with what is under a point of the frame staying under it; never smaller than the whole. */
export function zoomAt(
  now: Placement,
  scale: number,
  point: { x: number; y: number },
  picture: Size,
  frame: Size,
): Placement {
  const least = wholeIn(picture, frame).scale;
  const next = Math.min(Math.max(scale, least), Math.max(maxScale, least));
  const ratio = next / now.scale;
  return held(
    { scale: next, x: point.x - (point.x - now.x) * ratio, y: point.y - (point.y - now.y) * ratio },
    picture,
    frame,
  );
}

/** Moves the picture, no further than its own edges. */
export function pan(now: Placement, dx: number, dy: number, picture: Size, frame: Size): Placement {
  return held({ ...now, x: now.x + dx, y: now.y + dy }, picture, frame);
}

function held({ scale, x, y }: Placement, picture: Size, frame: Size): Placement {
  return {
    scale,
    x: within(x, picture.width * scale, frame.width),
    y: within(y, picture.height * scale, frame.height),
  };
}

function within(at: number, length: number, room: number): number {
  if (length <= room) return (room - length) / 2;
  return Math.min(0, Math.max(room - length, at));
}
