import Anser from 'anser';

/** A part of a line that looks the same throughout. */
export interface Piece {
  readonly text: string;
  readonly isMatch: boolean;
  readonly style?: PieceStyle;
}

export interface PieceStyle {
  color?: string;
  backgroundColor?: string;
  fontWeight?: number;
  fontStyle?: string;
  textDecoration?: string;
}

const esc = '\x1b';
/** What anser takes for a control sequence. */
const controlSequence = /\x1b\[[!<-?]*[\d;]*[ -,]*[@-~]/g;

/** The text without the codes that only say how it looks. */
export function withoutCodes(text: string): string {
  return text.includes(esc) ? text.replace(controlSequence, '') : text;
}

/** A line as it is drawn: its own colours, and where the pattern matches. The texts together are the line without its codes. */
export function piecesOf(text: string, pattern: RegExp | null): readonly Piece[] {
  const runs = text.includes(esc) ? colouredRuns(text) : [{ text }];
  if (pattern === null) return runs.map(run => ({ ...run, isMatch: false }));
  const matches = rangesOf(runs.map(run => run.text).join(''), pattern);
  const pieces: Piece[] = [];
  let start = 0;
  for (const run of runs) {
    const end = start + run.text.length;
    let at = start;
    const put = (to: number, isMatch: boolean) => {
      if (to > at) pieces.push({ ...run, text: run.text.slice(at - start, to - start), isMatch });
      at = Math.max(at, to);
    };
    for (const [from, to] of matches) {
      if (to <= start || from >= end) continue;
      put(Math.max(start, from), false);
      put(Math.min(end, to), true);
    }
    put(end, false);
    start = end;
  }
  return pieces;
}

const maxMatches = 200;

function rangesOf(text: string, pattern: RegExp): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  for (const match of text.matchAll(new RegExp(pattern.source, `${pattern.flags}g`))) {
    if (match[0] !== '') ranges.push([match.index, match.index + match[0].length]);
    if (ranges.length >= maxMatches) break;
  }
  return ranges;
}

interface Run {
  text: string;
  style?: PieceStyle;
}

function colouredRuns(text: string): Run[] {
  const runs: Run[] = [];
  const anser = new Anser();
  const colours = { json: true, use_classes: true } as const;
  let codes = '';
  let from = 0;
  const put = (to: number) => {
    const part = text.slice(from, to);
    // Anser keeps the colours of the codes before; it is given only what is a code, since it drops the beginnings of others.
    const style = codes === '' ? undefined : styleOf(anser.processChunk(`${codes}${part}`, colours, true));
    if (part !== '') runs.push(style === undefined ? { text: part } : { text: part, style });
  };
  for (const match of text.matchAll(controlSequence)) {
    put(match.index);
    codes = match[0].slice(2);
    from = match.index + match[0].length;
  }
  put(text.length);
  return runs;
}

function styleOf({ fg, bg, fg_truecolor, bg_truecolor, decorations }: Anser.AnserJsonEntry): PieceStyle | undefined {
  const style: PieceStyle = {};
  const color = foreground(fg, fg_truecolor) ?? (decorations.includes('dim') ? 'var(--text-3)' : undefined);
  const backgroundColor = background(bg, bg_truecolor);
  if (color !== undefined) style.color = color;
  if (backgroundColor !== undefined) style.backgroundColor = backgroundColor;
  if (decorations.includes('bold')) style.fontWeight = 600;
  if (decorations.includes('italic')) style.fontStyle = 'italic';
  const lines = [
    decorations.includes('underline') && 'underline',
    decorations.includes('strikethrough') && 'line-through',
  ];
  const textDecoration = lines.filter(Boolean).join(' ');
  if (textDecoration !== '') style.textDecoration = textDecoration;
  return Object.keys(style).length === 0 ? undefined : style;
}

/** The eight colours as the tokens have them, so that each stays legible in every theme. */
const named: Record<string, { fg: string; bg: string }> = {
  black: { fg: 'var(--text-3)', bg: 'var(--bg-active)' },
  red: { fg: 'var(--fail-fg)', bg: 'var(--fail-bg)' },
  green: { fg: 'var(--pass-fg)', bg: 'var(--pass-bg)' },
  yellow: { fg: 'var(--warn-fg)', bg: 'var(--warn-bg)' },
  blue: { fg: 'var(--running-fg)', bg: 'var(--running-bg)' },
  magenta: { fg: 'var(--stderr-fg)', bg: 'var(--stderr-bg)' },
  cyan: {
    fg: 'color-mix(in srgb, var(--running-fg), var(--pass-fg))',
    bg: 'color-mix(in srgb, var(--running-bg), var(--pass-bg))',
  },
  white: { fg: 'var(--text)', bg: 'var(--bg-active)' },
};
const order = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

function foreground(name: string | null, truecolor: string | null): string | undefined {
  if (name === null) return undefined;
  const rgb = rgbOf(name, truecolor);
  return rgb === undefined ? nameOf(name)?.fg : `color-mix(in srgb, rgb(${rgb}) 50%, var(--text))`;
}

function background(name: string | null, truecolor: string | null): string | undefined {
  if (name === null) return undefined;
  const rgb = rgbOf(name, truecolor);
  return rgb === undefined ? nameOf(name)?.bg : `color-mix(in srgb, rgb(${rgb}) 25%, var(--bg-sunken))`;
}

function nameOf(name: string): { fg: string; bg: string } | undefined {
  const palette = /^ansi-palette-(\d+)$/.exec(name)?.[1];
  return named[palette === undefined ? name.replace(/^ansi-(bright-)?/, '') : (order[Number(palette) % 8] ?? '')];
}

/** Of the 256 colours those past the first 16, and true colours. */
function rgbOf(name: string, truecolor: string | null): string | undefined {
  if (name === 'ansi-truecolor') return truecolor ?? undefined;
  const index = Number(/^ansi-palette-(\d+)$/.exec(name)?.[1] ?? 0);
  if (index < 16) return undefined;
  if (index >= 232)
    return Array(3)
      .fill((index - 232) * 10 + 8)
      .join(', ');
  const level = (step: number) => (step === 0 ? 0 : step * 40 + 55);
  const cube = index - 16;
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)].join(', ');
}
