import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { App } from '../support/app.ts';
import { projectDir } from '../support/workspace.ts';
import { dropFiles } from './support/drop.ts';
import { expectAccessible, picture } from './support/look.ts';

const pets = join(projectDir, 'resources/examples/pets');

describe('A person opens the app for the first time', () => {
  let app: App;
  let page: Page;
  beforeAll(async () => {
    app = await App.start();
    page = await app.page();
    await app.setSize(1440, 900);
  });
  afterAll(() => app[Symbol.asyncDispose]());

  it('and is offered the sample', async () => {
    await page.getByRole('button', { name: 'Run the sample' }).waitFor();
    await expectAccessible(page, 'Runs, empty');
    await picture(page, 'runs-empty');
  });

  it('runs it, and watches graph, events, logs and outputs while it goes', async () => {
    await page.getByRole('button', { name: 'Run the sample' }).click();
    await page.getByText('lease_created').first().waitFor();
    await page.getByRole('tab', { name: 'Graph' }).waitFor();
    await page.getByText('container_status').first().waitFor({ timeout: 120_000 });
    await picture(page, 'run-starting');
    await page.getByText('person').first().waitFor();
  });

  it('sees what came out, drawn into the picture, and the verdict of each case', async () => {
    await page
      .getByText(/^Pass, 1 warning$/)
      .first()
      .waitFor({ timeout: 120_000 });
    const fixtures = page.getByRole('listbox', { name: 'Fixtures' });
    for (const name of ['dog', 'eagle', 'horses', 'person']) {
      await fixtures.getByRole('option', { name: new RegExp(`${name}.*Pass`) }).waitFor();
    }
    await fixtures.getByRole('option', { name: /dog/ }).click();
    await page.getByText('The dog on the porch is found where it sits').first().waitFor();
    await page.getByRole('tab', { name: 'Image' }).click();
    const width = await page
      .locator('#image-panel img')
      .first()
      .evaluate(image => (image as HTMLImageElement).naturalWidth);
    expect(width).toBe(768);
    await expect.poll(() => page.locator('#image-panel svg rect').count()).toBeGreaterThan(1);
    await picture(page, 'run');
    await expectAccessible(page, 'Run');
  });

  it('reads the logs though their containers are gone, filters them, and hides a stream', async () => {
    const log = page.getByRole('log');
    await log.getByText('model centernet_f32.onnx').waitFor();
    await log.getByText('768 × 576').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('horse 0.68|bird');
    await expect.poll(() => log.getByText('768 × 576').count()).toBe(0);
    await log.getByText('bird').first().waitFor();
    await page.keyboard.press('Escape');
    await log.getByText('768 × 576').waitFor();
    await page.getByRole('checkbox', { name: /stdout/ }).click({ force: true });
    await expect.poll(() => log.getByText('768 × 576').count()).toBe(0);
    await page.getByRole('checkbox', { name: /stdout/ }).click({ force: true });
    await log.getByText('768 × 576').waitFor();
  });

  it('reads the output as JSON', async () => {
    await page.getByRole('tab', { name: 'JSON' }).click();
    await page.getByText('confidence').first().waitFor();
  });

  it('sees the graph as a table too', async () => {
    await page.getByRole('tab', { name: 'Table' }).click();
    await page.getByText('Input Image HTTP').first().waitFor();
    await page.getByRole('tab', { name: 'Graph' }).click();
  });

  it('saves the bundle, which is verified, and which the command line verifies too', async () => {
    const saved = join(app.workspace.home, '..', 'saved.proof');
    await app.answerSaveDialog(saved);
    await page.getByRole('button', { name: 'Save bundle' }).first().click();
    await page
      .getByText(/verified/i)
      .first()
      .waitFor({ timeout: 60_000 });
    await picture(page, 'saved');
    await expectAccessible(page, 'Saved bundle');
    expect(existsSync(saved)).toBe(true);
    const verified = await app.workspace.ppl(['evidence', 'verify', saved]);
    expect(verified.code, verified.stderr).toBe(0);
    await page.getByRole('button', { name: 'Close' }).first().click();
  });

  it('drops that bundle on the window and sees each digest checked', async () => {
    await dropFiles(page, 'main', [join(app.workspace.home, '..', 'saved.proof')]);
    await page.waitForURL(/bundles/);
    await page.getByText(/files/).first().waitFor();
    await expect.poll(() => page.getByText(/signature/i).count(), { timeout: 30_000 }).toBeGreaterThan(0);
    await picture(page, 'bundle');
    await expectAccessible(page, 'Bundles');
  });

  it('finds the run in the list, with its verdict and its latencies', async () => {
    await page.getByRole('link', { name: /^Runs/ }).first().click();
    await page.getByText('pets').first().waitFor();
    await expectAccessible(page, 'Runs');
    await picture(page, 'runs');
  });

  it('drops a photo of their own on a fixture: it is frozen, its digest is shown, and it goes in instead', async () => {
    await dropFiles(page, 'main', [join(pets, 'proof.yml')]);
    await page.waitForURL(/runs\/new/);
    await page.getByText('horses').first().waitFor();
    await expectAccessible(page, 'New run');
    await picture(page, 'new-run');
  });

  it('sees leases, the runtime, settings and help', async () => {
    for (const name of ['Leases', 'Runtime', 'Settings', 'Help']) {
      await page
        .getByRole('link', { name: new RegExp(`^${name}`) })
        .first()
        .click();
      await page.getByRole('heading').first().waitFor();
      await page.waitForTimeout(500);
      await expectAccessible(page, name);
      await picture(page, name.toLowerCase());
    }
  });
});
