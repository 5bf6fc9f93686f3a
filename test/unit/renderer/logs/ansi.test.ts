import { describe, expect, it } from 'vitest';
import { piecesOf, withoutCodes } from '../../../../renderer/logs/ansi.ts';

const text = (line: string, pattern: RegExp | null = null) => piecesOf(line, pattern).map(piece => piece.text);

describe('the colours of a line', () => {
  it('are taken from its codes, as the theme has them', () => {
    expect(piecesOf('a \x1b[31;1mred\x1b[0m b', null)).toEqual([
      { text: 'a ', isMatch: false },
      { text: 'red', isMatch: false, style: { color: 'var(--fail-fg)', fontWeight: 600 } },
      { text: ' b', isMatch: false },
    ]);
    expect(piecesOf('\x1b[38;5;196mx', null)[0]?.style?.color).toContain('rgb(255, 0, 0)');
    expect(piecesOf('\x1b[38;2;1;2;3mx', null)[0]?.style?.color).toContain('rgb(1, 2, 3)');
  });
  it('never change the text', () => {
    const odd = 'a\x1b[Kb\x1b]0;title\x07c\x1b[é <b>&amp;\r d\x1b[';
    expect(text(odd).join('')).toBe('ab\x1b]0;title\x07c\x1b[é <b>&amp;\r d\x1b[');
    expect(text(odd).join('')).toBe(withoutCodes(odd));
    expect(text('')).toEqual(['']);
  });
});

describe('what matches the filter', () => {
  it('is marked, also across colours', () => {
    expect(piecesOf('an er\x1b[31mror here', /error/)).toEqual([
      { text: 'an ', isMatch: false },
      { text: 'er', isMatch: true },
      { text: 'ror', isMatch: true, style: { color: 'var(--fail-fg)' } },
      { text: ' here', isMatch: false, style: { color: 'var(--fail-fg)' } },
    ]);
  });
  it('is marked each time', () => {
    expect(text('aXbXc', /x/i)).toEqual(['a', 'X', 'b', 'X', 'c']);
    expect(text('abc', /y*/)).toEqual(['abc']);
  });
});
