import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { App } from '../support/app.ts';
import { componentFolder, manifest } from '../support/components.ts';
import { projectDir } from '../support/workspace.ts';
import { dropFiles } from './support/drop.ts';
import { expectAccessible, picture } from './support/look.ts';

const pets = join(projectDir, 'resources/examples/pets');

const shouted = `proof:
  name: shout
  cases:
    - name: hello
      send: {to: in, fixture: hello}
      expect:
        meaning: "The text is shouted."
        from: out
        that: ['output.text == "HELLO"']
`;

describe('A person with a photo and a component of their own', () => {
  let app: App;
  let page: Page;
  let proof: string;
  beforeAll(async () => {
    app = await App.start();
    page = await app.page();
    await app.setSize(1440, 900);
    const dir = app.workspace.folder({
      ...componentFolder({}),
      'proof.yml': manifest({ proof: shouted }),
      'hello.json': '{"text": "hello"}',
    });
    proof = join(dir, 'proof.yml');
  });
  afterAll(() => app[Symbol.asyncDispose]());

  async function leaseState(): Promise<{ state: string; expires_at: string } | undefined> {
    const { items } = await app.workspace.json<{ items: { state: string; expires_at: string }[] }>(['lease', 'list']);
    return items[0];
  }

  it('drops it on a fixture: it is frozen with its digest, and goes in instead', async () => {
    await page.getByRole('button', { name: 'Run the sample' }).waitFor();
    await dropFiles(page, 'main', [join(pets, 'proof.yml')]);
    await page.waitForURL(/runs\/new/);
    const row = page.getByRole('row', { name: /dog/ }).first();
    await row.waitFor();
    await dropFiles(page, 'tr:has-text("dog")', [join(pets, 'fixtures/eagle.jpg')]);
    await row.getByText('f95f5729').waitFor();
    await picture(page, 'new-run-replaced');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/runs\/run_/);
    await page
      .getByText(/^Mismatch/)
      .first()
      .waitFor({ timeout: 120_000 });
    await page
      .getByRole('listbox', { name: 'Fixtures' })
      .getByRole('option', { name: /dog.*Mismatch/ })
      .click();
    await page.getByText('The dog on the porch is found where it sits').first().waitFor();
    await picture(page, 'run-mismatch');
    await expectAccessible(page, 'Run, mismatch');
  });

  it('keeps the containers of a proof, sees its lease count down, and gives it more time', async () => {
    await dropFiles(page, 'main', [proof]);
    await page.waitForURL(/runs\/new/);
    await page.getByText('The text is shouted.').waitFor();
    await page.getByText('Keep containers running after the proof').click();
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/runs\/run_/);
    await page
      .getByText(/^Pass$/)
      .first()
      .waitFor({ timeout: 120_000 });
    await page.getByText('3 of 3 containers running').waitFor();
    await picture(page, 'run-kept');
    const before = Date.parse((await leaseState())?.expires_at ?? '');
    await page.getByRole('button', { name: 'Extend' }).click();
    await page.getByRole('menuitem', { name: /1 ?h/ }).click();
    await expect
      .poll(async () => Date.parse((await leaseState())?.expires_at ?? ''), { timeout: 30_000 })
      .toBeGreaterThan(before + 50 * 60_000);
  });

  it('tears it down after being asked, and reads the receipt', async () => {
    await page.getByRole('button', { name: 'Tear down' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await picture(page, 'tear-down');
    await expectAccessible(page, 'Tear down');
    await dialog.getByRole('button', { name: /^Tear down/ }).click();
    await dialog
      .getByText(/[Rr]emoved/)
      .first()
      .waitFor({ timeout: 60_000 });
    await picture(page, 'receipt');
    await expectAccessible(page, 'Receipt');
    await page.keyboard.press('Escape');
    await expect.poll(async () => (await leaseState())?.state, { timeout: 30_000 }).toBe('rolled_back');
    expect(await app.workspace.besideGateway()).toEqual([]);
  });

  it('stops a run with one key, and nothing of it is left', async () => {
    await dropFiles(page, 'main', [proof]);
    await page.waitForURL(/runs\/new/);
    await page.getByText('The text is shouted.').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/runs\/run_/);
    await page.getByText('deploy_started').first().waitFor({ timeout: 60_000 });
    await page.keyboard.press('.');
    await page.getByText('Stopped', { exact: true }).first().waitFor({ timeout: 60_000 });
    await expect.poll(async () => (await leaseState())?.state, { timeout: 30_000 }).toBe('rolled_back');
    expect(await app.workspace.besideGateway()).toEqual([]);
  });

  it('is asked when quitting with a lease open; torn down, nothing is left', async () => {
    await app.workspace.json(['lease', 'create', '--ttl', '10m']);
    await app.electron.evaluate(({ dialog }) => {
      dialog.showMessageBox = async () => ({ response: 0, checkboxChecked: false });
    });
    await app.quit();
    const { items } = await app.workspace.json<{ items: { state: string }[] }>(['lease', 'list']);
    expect(items.filter(({ state }) => state === 'open')).toEqual([]);
  });
});
