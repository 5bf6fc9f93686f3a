/**
 * A JSON document as rows of a tree. Rows are made when their parent is opened, so a large document costs only what is on screen;
 * long lists open in ranges of a thousand.
 */
export interface JsonRow {
  readonly parent: JsonRow | null;
  /** Member name, index in a list, or null at the root and for ranges. */
  readonly key: string | number | null;
  readonly depth: number;
  /** A range is a part of its parent's list, from `from`. */
  readonly kind: 'object' | 'array' | 'range' | 'leaf';
  readonly value: unknown;
  readonly from: number;
  /** How many children it has when open. */
  readonly size: number;
  readonly isOpen: boolean;
  /** Its place among its siblings, from 1, and how many they are. */
  readonly place: number;
  readonly places: number;
}

export type JsonPath = readonly (string | number)[];

export const rangeSize = 1000;
/** Nodes opened at first, so that a small document is seen whole. */
const firstRows = 200;

/** The rows of a document as it is first shown: opened level by level, as far as it stays short. */
export function rowsOf(value: unknown): JsonRow[] {
  let rows: JsonRow[] = [makeRow(null, null, value, 0, 1, 1)];
  for (let depth = 0; ; depth++) {
    const closed = rows.filter(row => row.depth === depth && row.size > 0 && !row.isOpen);
    const more = closed.reduce((sum, row) => sum + row.size, 0);
    if (more === 0 || (depth > 0 && rows.length + more > firstRows)) return rows;
    rows = rows.flatMap(row => (row.depth === depth && row.size > 0 ? openedRows(row) : [row]));
  }
}

/** Opens the row at an index; the rows before it stay the same objects. */
export function openRow(rows: readonly JsonRow[], index: number): readonly JsonRow[] {
  const row = rows[index];
  if (row === undefined || row.size === 0 || row.isOpen) return rows;
  return [...rows.slice(0, index), ...openedRows(row), ...rows.slice(index + 1)];
}

/** Closes the row at an index, and all below it. */
export function closeRow(rows: readonly JsonRow[], index: number): readonly JsonRow[] {
  const row = rows[index];
  if (row === undefined || !row.isOpen) return rows;
  let end = index + 1;
  while ((rows[end]?.depth ?? -1) > row.depth) end++;
  return [...rows.slice(0, index), { ...row, isOpen: false }, ...rows.slice(end)];
}

/** Where the parent of the row at an index is; -1 for the root. */
export function parentIndex(rows: readonly JsonRow[], index: number): number {
  const depth = rows[index]?.depth ?? 0;
  return rows.findLastIndex((row, at) => at < index && row.depth < depth);
}

/** Opens whatever is in the way of a path and says where its row is now; -1 when the document has no such path. */
export function reveal(rows: readonly JsonRow[], path: JsonPath): { rows: readonly JsonRow[]; index: number } {
  let now = rows;
  let index = 0;
  for (let step = 0; step < path.length; ) {
    const row = now[index];
    if (row === undefined || row.size === 0) return { rows: now, index: -1 };
    now = openRow(now, index);
    const key = path[step];
    const next = childIndex(now, index, key);
    if (next === -1) return { rows: now, index: -1 };
    // A range is on the way, not a step of the path.
    if (now[next]?.kind !== 'range') step++;
    index = next;
  }
  return { rows: now, index };
}

function childIndex(rows: readonly JsonRow[], index: number, key: string | number | undefined): number {
  const depth = rows[index]?.depth ?? 0;
  for (let at = index + 1; ; at++) {
    const row = rows[at];
    if (row === undefined || row.depth <= depth) return -1;
    if (row.depth > depth + 1) continue;
    if (row.kind !== 'range' ? row.key === key : Number(key) >= row.from && Number(key) < row.from + row.size)
      return at;
  }
}

/** Keys from the root to a row. */
export function pathOf(row: JsonRow): JsonPath {
  const path: (string | number)[] = [];
  for (let each: JsonRow | null = row; each !== null; each = each.parent) {
    if (each.key !== null) path.unshift(each.key);
  }
  return path;
}

/** A path as an expectation writes it: `output[2].class.name`. */
export function pathText(path: JsonPath): string {
  return `output${path
    .map(key => {
      if (typeof key === 'number') return `[${key}]`;
      return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
    })
    .join('')}`;
}

/** What a row says of its value in one line: the value itself, or how much is in it. */
export function valueText(row: JsonRow): string {
  if (row.kind === 'range') return `[${row.from} … ${row.from + row.size - 1}]`;
  if (row.kind === 'array') return row.size === 0 ? '[]' : `[${counted((row.value as unknown[]).length, 'item')}]`;
  if (row.kind === 'object') return row.size === 0 ? '{}' : `{${counted(row.size, 'field')}}`;
  if (typeof row.value === 'string' && row.value.length > maxShown) {
    return `${JSON.stringify(row.value.slice(0, maxShown))}… ${counted(row.value.length, 'character')}`;
  }
  return JSON.stringify(row.value) ?? '';
}

const maxShown = 400;

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Paths of keys and values with a text in them, in the document's order, the case of letters aside. */
export function findInJson(value: unknown, query: string, limit = 1000): JsonPath[] {
  const wanted = query.toLowerCase();
  const found: JsonPath[] = [];
  if (wanted === '') return found;
  const path: (string | number)[] = [];
  const has = (text: string) => text.toLowerCase().includes(wanted);
  const visit = (node: unknown): void => {
    const key = path.at(-1);
    const isLeaf = typeof node !== 'object' || node === null;
    if ((typeof key === 'string' && has(key)) || (isLeaf && has(String(node)))) found.push([...path]);
    if (isLeaf) return;
    const step = (child: string | number, next: unknown) => {
      path.push(child);
      visit(next);
      path.pop();
    };
    if (Array.isArray(node)) for (let at = 0; at < node.length && found.length < limit; at++) step(at, node[at]);
    else for (const [name, next] of Object.entries(node)) if (found.length < limit) step(name, next);
  };
  visit(value);
  return found;
}

/** Where each line on screen begins: a line of the text, cut where it is longer than the columns there are. */
export function lineStarts(text: string, columns: number): number[] {
  const starts: number[] = [];
  for (let start = 0; start < text.length || starts.length === 0; ) {
    const end = text.indexOf('\n', start);
    const stop = end === -1 ? text.length : end;
    starts.push(start);
    for (let at = start + columns; at < stop; at += columns) starts.push(at);
    start = stop + 1;
  }
  return starts;
}

function openedRows(row: JsonRow): JsonRow[] {
  const open = { ...row, isOpen: true };
  return [open, ...childrenOf(open)];
}

function childrenOf(row: JsonRow): JsonRow[] {
  if (row.kind === 'object') {
    return Object.entries(row.value as object).map(([key, value], at) => makeRow(row, key, value, 0, at + 1, row.size));
  }
  const list = row.value as unknown[];
  if (row.kind === 'array' && row.size < list.length) {
    return Array.from({ length: row.size }, (_, at) => rangeRow(row, list, at * rangeSize, at + 1));
  }
  return Array.from({ length: row.size }, (_, at) =>
    makeRow(row, row.from + at, list[row.from + at], 0, at + 1, row.size),
  );
}

function rangeRow(parent: JsonRow, list: readonly unknown[], from: number, place: number): JsonRow {
  const size = Math.min(rangeSize, list.length - from);
  return {
    parent,
    key: null,
    depth: parent.depth + 1,
    kind: 'range',
    value: list,
    from,
    size,
    isOpen: false,
    place,
    places: parent.size,
  };
}

function makeRow(
  parent: JsonRow | null,
  key: string | number | null,
  value: unknown,
  from: number,
  place: number,
  places: number,
): JsonRow {
  const depth = parent === null ? 0 : parent.depth + 1;
  const row = { parent, key, depth, value, from, isOpen: false, place, places };
  if (typeof value !== 'object' || value === null) return { ...row, kind: 'leaf', size: 0 };
  if (!Array.isArray(value)) return { ...row, kind: 'object', size: Object.keys(value).length };
  const size = value.length > rangeSize ? Math.ceil(value.length / rangeSize) : value.length;
  return { ...row, kind: 'array', size };
}
