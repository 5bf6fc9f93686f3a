import { readFileSync, writeFileSync } from 'node:fs';
import type { Rectangle } from 'electron';
import { z } from 'zod';

const state = z.object({
  x: z.int().optional(),
  y: z.int().optional(),
  width: z.int(),
  height: z.int(),
  isMaximized: z.boolean(),
  theme: z.enum(['system', 'light', 'dark', 'contrast']).default('system'),
  route: z.string().startsWith('/').max(2000).default('/runs'),
});

/** Where the window was, how it looked and what it showed, when it was closed. */
export type WindowState = z.infer<typeof state>;

export const leastSize = { width: 880, height: 560 };
export const firstState: WindowState = {
  width: 1440,
  height: 900,
  isMaximized: false,
  theme: 'system',
  route: '/runs',
};

/** A file that is torn or from another version counts as none. */
export function readWindowState(path: string): WindowState {
  try {
    return state.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return firstState;
  }
}

/** A full disk costs no more than the place of the window. */
export function writeWindowState(path: string, value: WindowState): void {
  try {
    writeFileSync(path, JSON.stringify(value), { mode: 0o600 });
  } catch (error) {
    console.error(`The window's place was not kept: ${error}`);
  }
}

/** The same window, but on a screen that is there: one that was unplugged would hide it. */
export function fitToScreens(value: WindowState, screens: readonly Rectangle[]): WindowState {
  const width = Math.max(value.width, leastSize.width);
  const height = Math.max(value.height, leastSize.height);
  const { x, y } = value;
  const isVisible =
    x !== undefined &&
    y !== undefined &&
    screens.some(
      screen =>
        x + width > screen.x + 100 &&
        x < screen.x + screen.width - 100 &&
        y >= screen.y - 10 &&
        y < screen.y + screen.height - 50,
    );
  const { x: _x, y: _y, ...rest } = value;
  return { ...rest, width, height, ...(isVisible ? { x, y } : {}) };
}
