import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { App } from '../support/app.ts';
import { DockerSocket } from '../support/docker-socket.ts';
import { projectDir, Workspace } from '../support/workspace.ts';
import { expectAccessible, picture } from './support/look.ts';

const pets = join(projectDir, 'resources/examples/pets');

describe('Docker is not running when the app opens', () => {
  const docker = new DockerSocket();
  let app: App;
  let page: Page;
  beforeAll(async () => {
    app = await App.start({}, new Workspace({ DOCKER_HOST: `unix://${docker.path}` }));
    page = await app.page();
    await app.setSize(1440, 900);
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await docker[Symbol.asyncDispose]();
  });

  it('the window says so, quotes what was said, and shows where it looked', async () => {
    await page
      .getByRole('link', { name: /^Runtime/ })
      .first()
      .click();
    await page.getByText(`ENOENT ${docker.path}`).first().waitFor();
    await page.getByText('DOCKER_HOST').first().waitFor();
    await picture(page, 'docker-wrong-context');
    await expectAccessible(page, 'Docker not answering');
  });

  it('help, settings and bundles work all the same', async () => {
    await page
      .getByRole('link', { name: /^Bundles/ })
      .first()
      .click();
    await page
      .getByRole('heading', { name: /Bundles|No bundle/ })
      .first()
      .waitFor();
  });

  it('once it is started the window goes on by itself, and a run is possible', async () => {
    await docker.start();
    await page
      .getByText(/^Docker \d+\.\d+/)
      .first()
      .waitFor({ timeout: 15_000 });
    await page.getByRole('link', { name: /^Runs/ }).first().click();
    await page.getByRole('button', { name: 'Run the sample' }).click();
    await page.getByText('lease_created').first().waitFor();
  });

  it('and when it stops in the middle of that run, the run says so; when it is back, everything is removed', async () => {
    await page.getByText('deploy_started').first().waitFor({ timeout: 120_000 });
    await docker.stop();
    await page
      .getByText(/docker_unreachable|does not answer|stopped answering|cannot be reached/i)
      .first()
      .waitFor({ timeout: 60_000 });
    await page.waitForTimeout(2500);
    await picture(page, 'run-docker-lost');
    await expectAccessible(page, 'Run, Docker lost');
    await docker.start();
    await page
      .getByText(/^Docker \d+\.\d+/)
      .first()
      .waitFor({ timeout: 15_000 });
    await expect
      .poll(async () => (await app.workspace.json<{ items: { state: string }[] }>(['lease', 'list'])).items[0]?.state, {
        timeout: 30_000,
      })
      .toBe('rolled_back');
    expect(await app.workspace.besideGateway()).toEqual([]);
  });
});

describe('A run that was started in a terminal', () => {
  let app: App;
  let page: Page;
  beforeAll(async () => {
    app = await App.start();
    page = await app.page();
    await app.setSize(1440, 900);
  });
  afterAll(() => app[Symbol.asyncDispose]());

  it('shows up in the list while it goes, and survives a reload of the page', async () => {
    const run = app.workspace.start(['proof', 'run', join(pets, 'proof.yml')]);
    await page.getByText('pets').first().waitFor({ timeout: 30_000 });
    await page
      .getByText(/^Running/)
      .first()
      .waitFor();
    await picture(page, 'runs-live');
    await page.getByText('pets').first().dblclick();
    await page.waitForURL(/runs\/run_/);
    await page.reload();
    await page.getByText('lease_created').first().waitFor();
    const outcome = await run.outcome;
    expect(outcome.code, outcome.stderr).toBe(0);
    await page
      .getByText(/^Pass, 1 warning$/)
      .first()
      .waitFor({ timeout: 30_000 });
  });

  it('goes on when the app’s host is killed: the window finds the next one and shows what there is', async () => {
    const { pid } = await app.workspace.json<{ pid: number }>(['host', 'info']);
    process.kill(pid, 'SIGKILL');
    await expect
      .poll(async () => (await app.workspace.json<{ pid: number }>(['host', 'info'])).pid, { timeout: 30_000 })
      .not.toBe(pid);
    await page.getByRole('link', { name: /^Runs/ }).first().click();
    await page.getByText('pets').first().waitFor();
  });
});

describe('A background host', () => {
  it('leaves for the app; its callers go on with the app’s host', async () => {
    await using workspace = new Workspace();
    const before = await workspace.hostPid();
    const { data } = await workspace.json<{ data: { backend_id: string } }>(['backend', 'create', '--name', 'mine']);
    const app = await App.start({}, workspace);
    try {
      await app.page();
      await expect.poll(() => workspace.hostPid(), { timeout: 20_000 }).not.toBe(before);
      const list = await workspace.json<{ items: { id: string }[] }>(['backend', 'list']);
      expect(list.items.map(({ id }) => id)).toEqual([data.backend_id]);
    } finally {
      await app.quit();
    }
  });

  it('that is busy with a run finishes it; the window shows that run, and the app takes over after it', async () => {
    await using workspace = new Workspace();
    const run = workspace.start(['proof', 'run', join(pets, 'proof.yml')]);
    await expect.poll(async () => (await workspace.json<{ count: number }>(['run', 'list'])).count).toBe(1);
    const before = await workspace.hostPid();
    const app = await App.start({}, workspace);
    try {
      const page = await app.page();
      await page.getByText('pets').first().waitFor();
      const outcome = await run.outcome;
      expect(outcome.code, outcome.stderr).toBe(0);
      await expect.poll(() => workspace.hostPid(), { timeout: 20_000 }).not.toBe(before);
      await page.getByText(/^Pass/).first().waitFor();
    } finally {
      await app.quit();
    }
  });
});
