/** A box found in an output: pixels of the picture the output speaks of, or fractions of it when all of them are below 1. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly name: string;
  /** From 0 to 1; null when the output gives none. */
  readonly score: number | null;
}

/** What a case's checks say of a box: one it wants, one a failed check names, or neither. */
export type BoxRole = 'hit' | 'off' | 'plain';

/** A check as far as boxes go; `ok` is null when it was not evaluated. */
export interface Check {
  readonly expr: string;
  readonly severity: 'error' | 'warn';
  readonly ok: boolean | null;
}

const maxBoxes = 1000;
const maxDepth = 8;

/**
 * The boxes of an output, in its order and wherever they are nested: the platform's `BoundingBox` (`rectangle` and `class`), and
 * forms near it (`box`, `bbox` or flat sides; `label` or `name`; `score` or `confidence`).
 */
export function findBoxes(value: unknown): Box[] {
  const found: Box[] = [];
  collect(value, 0, found);
  return found;
}

function collect(value: unknown, depth: number, found: Box[]): void {
  if (depth > maxDepth || found.length >= maxBoxes || typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) {
    const box = asBox(value as Fields);
    if (box !== undefined) {
      found.push(box);
      return;
    }
  }
  for (const child of Array.isArray(value) ? value : Object.values(value)) {
    // Numbers of a tensor are not worth a call each.
    if (typeof child === 'object') collect(child, depth + 1, found);
    if (found.length >= maxBoxes) return;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function asBox(fields: Fields): Box | undefined {
  const inner = fields.rectangle ?? fields.box ?? fields.bbox ?? fields.rect;
  const sides = inner === undefined ? sidesOf(fields) : sidesOf(inner);
  if (sides === undefined) return undefined;
  const of = isFields(fields.class) ? fields.class : fields;
  const name = [of.name, of.label, fields.label, fields.class, fields.class_name].find(
    each => typeof each === 'string',
  );
  const score = [of.confidence, of.score, fields.confidence, fields.score, fields.probability].find(isNumber);
  // Four sides alone may be a crop or a region of interest; a detection has a name or a score.
  if (inner === undefined && name === undefined && score === undefined) return undefined;
  return { ...sides, name: name ?? '', score: score ?? null };
}

function sidesOf(value: unknown): Pick<Box, 'x' | 'y' | 'width' | 'height'> | undefined {
  if (Array.isArray(value)) {
    const [x, y, width, height] = value as unknown[];
    return value.length === 4 && isNumber(x) && isNumber(y) && isNumber(width) && isNumber(height)
      ? { x, y, width, height }
      : undefined;
  }
  if (!isFields(value)) return undefined;
  const x = value.x ?? value.left ?? value.x1 ?? value.xmin;
  const y = value.y ?? value.top ?? value.y1 ?? value.ymin;
  const right = value.right ?? value.x2 ?? value.xmax;
  const bottom = value.bottom ?? value.y2 ?? value.ymax;
  if (!isNumber(x) || !isNumber(y)) return undefined;
  const width = value.width ?? value.w ?? (isNumber(right) ? right - x : undefined);
  const height = value.height ?? value.h ?? (isNumber(bottom) ? bottom - y : undefined);
  return isNumber(width) && isNumber(height) && width >= 0 && height >= 0 ? { x, y, width, height } : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Boxes in pixels of a picture of this size, whether the output gave pixels or fractions. */
export function inPixels(boxes: readonly Box[], width: number, height: number): readonly Box[] {
  const areFractions = boxes.length > 0 && boxes.every(box => box.x + box.width <= 1 && box.y + box.height <= 1);
  if (!areFractions) return boxes;
  return boxes.map(box => ({
    ...box,
    x: box.x * width,
    y: box.y * height,
    width: box.width * width,
    height: box.height * height,
  }));
}

/**
 * Which boxes a case's expectation speaks of, by their class names: those a failed check quotes are off, those a check asks for are
 * hit. When no check quotes a name, the words of the meaning do.
 */
export function rolesOf(boxes: readonly Box[], checks: readonly Check[], meaning: string): BoxRole[] {
  const wanted = new Set<string>();
  const wrong = new Set<string>();
  let isQuoted = false;
  for (const { expr, severity, ok } of checks) {
    const names = quotedNames(expr);
    isQuoted ||= names.asked.length + names.forbidden.length > 0;
    for (const name of names.asked) wanted.add(name);
    if (ok === false && severity === 'error') for (const name of [...names.asked, ...names.forbidden]) wrong.add(name);
  }
  const words = new Set(isQuoted ? [] : meaning.toLowerCase().match(/[\p{L}\p{N}_-]+/gu));
  return boxes.map(({ name }) => {
    if (wrong.has(name)) return 'off';
    return wanted.has(name) || (name !== '' && words.has(name.toLowerCase())) ? 'hit' : 'plain';
  });
}

/** Texts a CEL expression quotes: those it asks for, and those it forbids (`!=`, or the whole of it denied). */
export function quotedNames(expr: string): { asked: string[]; forbidden: string[] } {
  const asked: string[] = [];
  const forbidden: string[] = [];
  const isDenied = /^\s*!(?!=)/.test(expr);
  for (const match of expr.matchAll(/(!=\s*)?(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)) {
    const text = match[2] ?? match[3] ?? '';
    (isDenied || match[1] !== undefined ? forbidden : asked).push(text);
  }
  return { asked, forbidden };
}

/** The least score that the checks compare with, such as .30; undefined when they compare none. */
export function thresholdOf(checks: readonly Pick<Check, 'expr'>[]): number | undefined {
  const all = checks.flatMap(({ expr }) =>
    [...expr.matchAll(/\b(?:confidence|score|probability)\s*>=?\s*(\d*\.?\d+)/g)].map(match => Number(match[1])),
  );
  return all.length === 0 ? undefined : Math.min(...all);
}

/** `.43`, as scores are written beside a name. */
export function scoreText(score: number): string {
  return score.toFixed(2).replace(/^0(?=\.)/, '');
}

/** What stands under a picture: how many boxes there are, and over which score if the checks name one. */
export function countText(boxes: readonly Box[], threshold: number | undefined): string {
  if (threshold === undefined || boxes.some(box => box.score === null)) {
    return `${boxes.length} ${boxes.length === 1 ? 'box' : 'boxes'}`;
  }
  const over = boxes.filter(box => (box.score ?? 0) >= threshold).length;
  return `${over} over ${scoreText(threshold)}`;
}

/** Indexes of the boxes by score, highest first; those without one keep their order at the end. */
export function byScore(boxes: readonly Box[]): number[] {
  return boxes.map((_, index) => index).sort((a, b) => (boxes[b]?.score ?? -1) - (boxes[a]?.score ?? -1) || a - b);
}
