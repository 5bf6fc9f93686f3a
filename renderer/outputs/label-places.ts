import type { Size } from './zoom.ts';

/** A box on screen, and how wide its label is, in pixels. */
export interface Labelled {
  x: number;
  y: number;
  width: number;
  height: number;
  labelWidth: number;
}

export interface LabelPlace {
  left: number;
  top: number;
}

/** Height of a label, pixels. */
export const labelHeight = 18;
const gap = 2;

/**
 * Where each label stands, in the order given: above its box, else inside its upper edge, else below it, else stepping down inside, the first that
 * covers no label placed before. One that finds no free place stands above all the same.
 */
export function labelPlaces(boxes: readonly Labelled[], frame: Size): LabelPlace[] {
  const taken: (LabelPlace & { width: number })[] = [];
  return boxes.map(box => {
    const left = Math.max(0, Math.min(box.x, frame.width - box.labelWidth));
    const within = (top: number) => Math.max(0, Math.min(top, frame.height - labelHeight));
    const tops = [
      box.y - labelHeight - gap,
      box.y + gap,
      box.y + box.height + gap,
      ...[1, 2, 3].map(step => box.y + gap + step * (labelHeight + gap)),
    ].map(within);
    const isFree = (top: number) =>
      taken.every(
        other =>
          left + box.labelWidth + gap <= other.left ||
          other.left + other.width + gap <= left ||
          top + labelHeight <= other.top ||
          other.top + labelHeight <= top,
      );
    const top = tops.find(isFree) ?? (tops[0] as number);
    taken.push({ left, top, width: box.labelWidth });
    return { left, top };
  });
}

/** Close to the width of a label in its 11 px type; measuring each would lay the page out once more. */
export function labelWidthOf(text: string): number {
  return text.length * 6.2 + 14;
}
