import { LABELS } from './labels.js';

/** The model sees every picture as a square of this side. */
export const SIDE = 512;

const DUPLICATE_OVERLAP = 0.6;

/**
 * Stretches an RGB picture to `side` × `side`, bilinear between pixel centres, as floats of 0–255 in rows of RGB.
 *
 * @param {{ width: number, height: number, format: string, data: Uint8Array }} image
 */
export function resize(image, side = SIDE) {
  const { width, height, format, data } = image;
  if (format !== 'RGB') throw new TypeError(`expected an RGB picture, got ${format}`);
  if (data.length !== width * height * 3) {
    throw new RangeError(`${width} × ${height} RGB needs ${width * height * 3} bytes, got ${data.length}`);
  }
  const columns = samples(width, side);
  const rows = samples(height, side);
  const pixels = new Float32Array(side * side * 3);
  let at = 0;
  for (const row of rows) {
    const above = row.low * width;
    const below = row.high * width;
    for (const column of columns) {
      for (let channel = 0; channel < 3; channel++) {
        const top = mix(
          data[(above + column.low) * 3 + channel],
          data[(above + column.high) * 3 + channel],
          column.part,
        );
        const bottom = mix(
          data[(below + column.low) * 3 + channel],
          data[(below + column.high) * 3 + channel],
          column.part,
        );
        pixels[at++] = mix(top, bottom, row.part);
      }
    }
  }
  return pixels;
}

/**
 * Turns the model's rows of (x1, y1, x2, y2, score, class), in pixels of the square, into boxes in pixels of the
 * picture, the surest first.
 *
 * @param {ArrayLike<number>} rows
 * @param {{ width: number, height: number }} image
 */
export function decode(rows, image, minScore, side = SIDE) {
  const boxes = [];
  for (let at = 0; at + 6 <= rows.length; at += 6) {
    const confidence = rows[at + 4];
    const id = Math.round(rows[at + 5]);
    if (!(confidence >= minScore) || LABELS[id] === undefined) continue;
    const left = toPicture(rows[at], image.width, side);
    const top = toPicture(rows[at + 1], image.height, side);
    const right = toPicture(rows[at + 2], image.width, side);
    const bottom = toPicture(rows[at + 3], image.height, side);
    if (right <= left || bottom <= top) continue;
    boxes.push({
      class: { id, name: LABELS[id], confidence },
      rectangle: { x: left, y: top, width: right - left, height: bottom - top },
    });
  }
  boxes.sort((a, b) => b.class.confidence - a.class.confidence);
  return withoutDuplicates(boxes);
}

/** Intersection over union of two rectangles. */
export function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

function withoutDuplicates(boxes) {
  const kept = [];
  for (const box of boxes) {
    const seen = kept.some(
      other => other.class.id === box.class.id && overlap(other.rectangle, box.rectangle) > DUPLICATE_OVERLAP,
    );
    if (!seen) kept.push(box);
  }
  return kept;
}

/** For each of `to` positions along an edge: the two source pixels it lies between, and how far towards the second. */
function samples(from, to) {
  return Array.from({ length: to }, (_, index) => {
    const position = Math.min(Math.max(((index + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(position);
    return { low, high: Math.min(low + 1, from - 1), part: position - low };
  });
}

function mix(a, b, part) {
  return a + (b - a) * part;
}

function toPicture(position, length, side) {
  return (Math.min(Math.max(position, 0), side) * length) / side;
}
