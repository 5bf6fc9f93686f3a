import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { App } from '../support/app.ts';
import { display, electronArgs, electronPath } from '../support/electron.ts';
import { projectDir, Workspace } from '../support/workspace.ts';

describe('The app', () => {
  let app: App;
  beforeAll(async () => {
    const workspace = new Workspace();
    const bundle = join(workspace.folder({ 'given.proof': 'no bundle at all' }), 'given.proof');
    app = await App.start({ args: [bundle] }, workspace);
  });
  afterAll(() => app[Symbol.asyncDispose]());

  const windows = () => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  const url = () =>
    app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL());
  const answerWith = (response: number) =>
    app.electron.evaluate(({ dialog }, response) => {
      dialog.showMessageBox = async () => ({ response, checkboxChecked: false });
    }, response);
  const quit = () => app.electron.evaluate(({ app }) => setTimeout(() => app.quit()));

  /** Another start of the app on the same workspace, as from the desktop. */
  async function startAgain(...args: string[]): Promise<number | null> {
    const env = { ...app.workspace.env, ...(await display()) };
    const second = spawn(electronPath(), electronArgs(projectDir, args), { env, stdio: 'ignore' });
    return new Promise(resolve => second.once('exit', resolve));
  }

  it('shows the bundle it was started with, and says what is wrong with it', async () => {
    const page = await app.page();
    await page.waitForURL(/bundles\?verify=.*given\.proof/);
    await page
      .getByText(/not a|no bundle|is no zip|cannot/i)
      .first()
      .waitFor();
  });

  it('shows what a second start was given', async () => {
    const manifest = join(app.workspace.home, '..', 'second.yml');
    writeFileSync(manifest, 'graph: {}\n');
    expect(await startAgain(manifest)).toBe(0);
    await expect.poll(url, { timeout: 10_000 }).toMatch(/runs\/new\?manifest=.*second\.yml/);
    expect(await startAgain('proof://leases')).toBe(0);
    await expect.poll(url, { timeout: 10_000 }).toMatch(/\/leases$/);
  });

  it('loads a page that crashed anew', async () => {
    await app.electron.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
    });
    await expect
      .poll(
        () =>
          app.electron.evaluate(async ({ BrowserWindow }) => {
            const contents = BrowserWindow.getAllWindows()[0]?.webContents;
            if (contents === undefined || contents.isCrashed()) return 0;
            const mains = contents.executeJavaScript("document.querySelectorAll('main').length") as Promise<number>;
            // A page that is gone answers nothing.
            return Promise.race([mains, new Promise<number>(resolve => setTimeout(() => resolve(0), 500))]);
          }),
        { timeout: 20_000 },
      )
      .toBe(1);
  });

  it('keeps its window when quitting was thought better of', async () => {
    await app.workspace.json(['lease', 'create', '--ttl', '10m']);
    await answerWith(2);
    await quit();
    await new Promise(resolve => setTimeout(resolve, 1500));
    expect(await windows()).toBe(1);
  });

  it('stays in the tray while a lease is open, and comes back when it is started again', async () => {
    await answerWith(1);
    await quit();
    await expect.poll(windows, { timeout: 10_000 }).toBe(0);
    const { items } = await app.workspace.json<{ items: { state: string }[] }>(['lease', 'list']);
    expect(items.map(({ state }) => state)).toEqual(['open']);
    expect(await startAgain()).toBe(0);
    await expect.poll(windows, { timeout: 10_000 }).toBe(1);
    await answerWith(0);
  });
});
