import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { projectDir } from '../../support/workspace.ts';

/** Pictures for people; not kept in git. */
const folder = join(projectDir, 'test/screenshots');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  help: string;
  nodes: { target: string[]; failureSummary: string }[];
}

/** A picture of the window in light and in dark, by the name of what it shows. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const theme of ['light', 'dark']) {
    await page.evaluate(theme => {
      document.documentElement.dataset.theme = theme;
    }, theme);
    await page.waitForTimeout(250);
    await page.screenshot({ path: join(folder, `${name}-${theme}.png`) });
  }
}

/** WCAG 2.2 AA, as far as a program can tell, of what is on screen, in light and in dark. */
export async function expectAccessible(page: Page, screen: string): Promise<void> {
  for (const theme of ['light', 'dark']) {
    await page.evaluate(theme => {
      document.documentElement.dataset.theme = theme;
    }, theme);
    await page.waitForTimeout(200);
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => {
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const checker = (
        globalThis as unknown as {
          axe: { run(context: Document, options: object): Promise<{ violations: Violation[] }> };
        }
      ).axe;
      return (await checker.run(document, { runOnly: tags })).violations;
    });
    const told = violations.flatMap(({ id, help, nodes }) =>
      nodes.slice(0, 5).map(({ target, failureSummary }) => `${id} (${help}): ${target.join(' ')}: ${failureSummary}`),
    );
    expect(told, `${screen} in ${theme}`).toEqual([]);
  }
}
