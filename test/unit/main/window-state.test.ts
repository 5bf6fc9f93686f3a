import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { firstState, fitToScreens, readWindowState, writeWindowState } from '../../../electron/main/window-state.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1080 };
const file = () => join(mkdtempSync(join(tmpdir(), 'window-state-')), 'window.json');

test('the window comes back where it was, on the screen it showed', () => {
  const path = file();
  const state = { ...firstState, x: 40, y: 50, width: 1200, route: '/runs/run_1', theme: 'dark' as const };
  writeWindowState(path, state);
  expect(readWindowState(path)).toEqual(state);
  expect(fitToScreens(readWindowState(path), [screen])).toMatchObject({ x: 40, y: 50, width: 1200 });
});

test('a torn file counts as none', () => {
  const path = file();
  writeFileSync(path, '{"width": 12');
  expect(readWindowState(path)).toEqual(firstState);
  writeFileSync(path, '{"width": 1200, "height": 900, "isMaximized": false, "route": "https://example.org"}');
  expect(readWindowState(path)).toEqual(firstState);
});

test('a window that was on a screen that is gone comes up on one that is there', () => {
  const placed = fitToScreens({ ...firstState, x: 2500, y: 100 }, [screen]);
  expect(placed).not.toHaveProperty('x');
  expect(placed).toMatchObject({ width: 1440, height: 900 });
});

test('a window is never smaller than what its panes need', () => {
  expect(fitToScreens({ ...firstState, width: 10, height: 10 }, [screen])).toMatchObject({ width: 880, height: 560 });
});
