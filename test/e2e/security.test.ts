import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { App } from '../support/app.ts';
import { display, electronArgs, electronPath } from '../support/electron.ts';
import { projectDir } from '../support/workspace.ts';

let app: App;
let page: Page;
const visited: string[] = [];
const outside = createServer((request, response) => {
  visited.push(request.url ?? '');
  response.end('outside');
});
let outsideUrl: string;

beforeAll(async () => {
  await new Promise<void>(resolve => outside.listen(0, '127.0.0.1', resolve));
  outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  app = await App.start();
  page = await app.page();
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  outside.close();
});

describe('The window', () => {
  it('is sandboxed, isolated, and has no Node', async () => {
    const preferences = await app.electron.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as Electron.WebContents & {
        getLastWebPreferences(): Electron.WebPreferences;
      };
      return contents.getLastWebPreferences();
    });
    expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false });
    expect(await page.evaluate('[typeof require, typeof process, typeof module]')).toEqual([
      'undefined',
      'undefined',
      'undefined',
    ]);
  });

  it('comes from app:// with a policy in its header that allows no inline script and no other address', async () => {
    expect(page.url()).toMatch(/^app:\/\/proofbench\//);
    const policy = await page.evaluate(async () => (await fetch('/index.html')).headers.get('content-security-policy'));
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  });

  it('runs no script that was written into the page', async () => {
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.wasRun = true';
      document.head.append(script);
      const image = document.createElement('img');
      image.setAttribute('onerror', 'window.wasRun = true');
      image.src = '/nothing.png';
      document.body.append(image);
      await new Promise(resolve => setTimeout(resolve, 200));
      script.remove();
      image.remove();
      return 'wasRun' in window;
    });
    expect(ran).toBe(false);
  });

  it('evaluates no text as code', async () => {
    // From a timer: what the developer tools call themselves may evaluate.
    const outcome = await page.evaluate(
      () =>
        new Promise(resolve => {
          setTimeout(() => {
            try {
              resolve(String(new Function('return 1')()));
            } catch (error) {
              resolve((error as Error).name);
            }
          });
        }),
    );
    expect(outcome).toBe('EvalError');
  });

  it('reaches no address but its own', async () => {
    const outcome = await page.evaluate(
      url =>
        fetch(url).then(
          () => 'reached',
          () => 'refused',
        ),
      outsideUrl,
    );
    expect(outcome).toBe('refused');
    expect(visited).toEqual([]);
  });

  it('does not leave for another address, and opens no other window', async () => {
    const before = page.url();
    await page.evaluate(url => {
      window.open(url);
      window.location.href = url;
    }, outsideUrl);
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(page.url()).toBe(before);
    expect(await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    expect(visited).toEqual([]);
  });

  it('is given no permission', async () => {
    const states = await page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'] as const;
      const answers = names.map(name => navigator.permissions.query({ name: name as PermissionName }));
      return (await Promise.all(answers)).map(({ state }) => state);
    });
    expect(new Set(states)).toEqual(new Set(['denied']));
  });

  it('embeds nothing', async () => {
    const loaded = await page.evaluate(async url => {
      const frame = document.createElement('iframe');
      frame.src = url;
      document.body.append(frame);
      await new Promise(resolve => setTimeout(resolve, 300));
      frame.remove();
      return true;
    }, outsideUrl);
    expect(loaded).toBe(true);
    expect(visited).toEqual([]);
  });

  it.each(['/../main/index.js', '/..%2fmain%2findex.js', '/%2e%2e/%2e%2e/package.json', '/..%5c..%5cpackage.json'])(
    'gets no file outside of the app by %s',
    async path => {
      const answer = await page.evaluate(async path => {
        const response = await fetch(`app://proofbench${path}`);
        return { status: response.status, text: await response.text() };
      }, path);
      expect(answer.text).not.toContain('electron');
      expect([403, 404, 200]).toContain(answer.status);
      if (answer.status === 200) expect(answer.text).toContain('<div id="root">');
    },
  );

  it('has a bridge of functions and texts, and not the app’s own message channel', async () => {
    const kinds = await page.evaluate(() =>
      Object.fromEntries(Object.entries(window.proofbench).map(([name, value]) => [name, typeof value])),
    );
    expect(new Set(Object.values(kinds))).toEqual(new Set(['function', 'string']));
    expect(kinds).not.toHaveProperty('send');
    expect(kinds).not.toHaveProperty('invoke');
  });

  it('is refused what does not fit: other kinds, other types, files outside of the workspace', async () => {
    const outcomes = await page.evaluate(async () => {
      const attempts = [
        () => window.proofbench.choose('root' as 'any'),
        () => window.proofbench.saveAs(7 as unknown as string),
        () => window.proofbench.openPath('/etc/passwd'),
        () => window.proofbench.openPath('x'.repeat(100_000)),
      ];
      return Promise.all(
        attempts.map(attempt =>
          attempt().then(
            () => 'accepted',
            () => 'refused',
          ),
        ),
      );
    });
    expect(outcomes).toEqual(['refused', 'refused', 'refused', 'refused']);
  });

  it('is refused a link in the workspace that leads out of it', async () => {
    const link = join(app.workspace.home, 'reports', 'link.html');
    mkdirSync(join(app.workspace.home, 'reports'), { recursive: true });
    symlinkSync('/etc/passwd', link);
    const outcome = await page.evaluate(
      path =>
        window.proofbench.openPath(path).then(
          () => 'accepted',
          () => 'refused',
        ),
      link,
    );
    expect(outcome).toBe('refused');
  });
});

describe('The app', () => {
  it('takes no message from a page that is not its own', async () => {
    writeFileSync(join(app.workspace.home, 'stranger.html'), '<title>stranger</title>');
    const answered = await app.electron.evaluate(
      async ({ BrowserWindow, clipboard, ipcMain }, file) => {
        const stranger = new BrowserWindow({
          show: false,
          webPreferences: { sandbox: false, contextIsolation: false, nodeIntegration: true },
        });
        await stranger.loadFile(file).catch(() => undefined);
        const listeners = ipcMain.listeners('clipboard:copy').length;
        clipboard.writeText('before');
        await stranger.webContents
          .executeJavaScript("require('electron').ipcRenderer.send('clipboard:copy', 'stolen')")
          .catch(() => undefined);
        await new Promise(resolve => setTimeout(resolve, 200));
        const text = clipboard.readText();
        stranger.destroy();
        return { listeners, text };
      },
      join(app.workspace.home, 'stranger.html'),
    );
    expect(answered.listeners).toBe(1);
    expect(answered.text).toBe('before');
  });

  it('is one for a workspace: a second start brings the first to the front and ends', async () => {
    const env = { ...app.workspace.env, ...(await display()) };
    const second = spawn(electronPath(), electronArgs(projectDir), { env, stdio: 'ignore' });
    const code = await new Promise(resolve => second.once('exit', resolve));
    expect(code).toBe(0);
    expect(await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });
});
