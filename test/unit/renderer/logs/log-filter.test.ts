import { describe, expect, it } from 'vitest';
import type { LogFilter } from '../../../../renderer/logs/log-filter.ts';
import {
  readPattern,
  showAll,
  showContainers,
  showsContainer,
  soloContainer,
  toggleContainer,
} from '../../../../renderer/logs/log-filter.ts';

const all = ['in', 'cut', 'out'];
const shown = (filter: LogFilter) => all.filter(each => showsContainer(filter, each));

describe('the buttons of the containers', () => {
  it('turn one off and on', () => {
    const off = toggleContainer(showAll, 'cut', all);
    expect(shown(off)).toEqual(['in', 'out']);
    expect(shown(toggleContainer(off, 'cut', all))).toEqual(all);
  });
  it('show one alone, and what was muted before comes back as it was', () => {
    const muted = toggleContainer(showAll, 'in', all);
    const solo = soloContainer(muted, 'cut');
    expect(shown(solo)).toEqual(['cut']);
    expect(shown(soloContainer(solo, 'cut'))).toEqual(['cut', 'out']);
    expect(shown(toggleContainer(solo, 'cut', all))).toEqual(['cut', 'out']);
    expect(shown(soloContainer(solo, 'in'))).toEqual(['in']);
  });
  it('add another one to the one that was alone', () => {
    expect(shown(toggleContainer(soloContainer(showAll, 'cut'), 'out', all))).toEqual(['cut', 'out']);
    expect(shown(showContainers(soloContainer(showAll, 'cut')))).toEqual(all);
  });
});

describe('the filter field', () => {
  const test = (typed: string, text: string) => readPattern(typed).pattern?.test(text);
  it('takes a regular expression', () => {
    expect(test('over 0\\.\\d+', 'POST over 0.30')).toBe(true);
    expect(readPattern('').pattern).toBeNull();
  });
  it('tells upper from lower case once a capital was typed', () => {
    expect(test('traceback', 'Traceback')).toBe(true);
    expect(test('Traceback', 'traceback')).toBe(false);
    expect(test('\\Straceback', '-TRACEBACK')).toBe(true);
  });
  it('says what is wrong with it', () => {
    expect(readPattern('(a').problem).toMatch(/^Not a regular expression: .+/);
    expect(readPattern('(a').pattern).toBeNull();
  });
});
