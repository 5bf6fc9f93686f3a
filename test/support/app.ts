import type { ElectronApplication, Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchElectron } from './electron.ts';
import { Workspace } from './workspace.ts';

export interface AppOptions {
  args?: string[];
  env?: NodeJS.ProcessEnv;
}

/** The real app on a workspace of its own, driven as a person drives it; `workspace.ppl` speaks to the same host. */
export class App implements AsyncDisposable {
  readonly workspace: Workspace;
  #electron: ElectronApplication | undefined;

  private constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  static async start(options: AppOptions = {}, workspace = new Workspace()): Promise<App> {
    const app = new App(workspace);
    await app.launch(options);
    return app;
  }

  async launch({ args = [], env = {} }: AppOptions = {}): Promise<void> {
    this.#electron = await launchElectron({ ...this.workspace.env, ...env }, args);
  }

  get electron(): ElectronApplication {
    if (this.#electron === undefined) throw new Error('The app is not running.');
    return this.#electron;
  }

  /** The window, at the size that the pictures have, with its page there. */
  async page(): Promise<Page> {
    const page = await this.electron.firstWindow();
    await page.waitForSelector('main');
    return page;
  }

  async setSize(width: number, height: number): Promise<void> {
    await this.electron.evaluate(
      ({ BrowserWindow }, [width, height]) => BrowserWindow.getAllWindows()[0]?.setContentSize(width, height),
      [width, height] as const,
    );
  }

  /** Answers the next save dialog of the system. */
  async answerSaveDialog(filePath: string): Promise<void> {
    await this.electron.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath });
    }, filePath);
  }

  /** Answers the next open dialog of the system. */
  async answerOpenDialog(path: string): Promise<void> {
    await this.electron.evaluate(({ dialog }, path) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [path] });
    }, path);
  }

  /** The process of its host, once the workspace is the app's. */
  async hostPid(): Promise<number> {
    let pid = 0;
    const isMine = async () => {
      pid = await this.workspace.hostPid();
      return this.electron.evaluate(({ app }, pid) => app.getAppMetrics().some(process => process.pid === pid), pid);
    };
    await expect.poll(isMine, { timeout: 30_000 }).toBe(true);
    return pid;
  }

  async quit(): Promise<void> {
    await this.#electron?.close();
    this.#electron = undefined;
  }

  async kill(): Promise<void> {
    const child = this.electron.process();
    const gone = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    this.#electron = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.quit().catch(() => undefined);
    await this.workspace[Symbol.asyncDispose]();
  }
}
