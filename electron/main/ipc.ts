import { realpathSync } from 'node:fs';
import { isAbsolute, join, sep } from 'node:path';
import {
  app,
  clipboard,
  dialog,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  ipcMain,
  Notification,
  shell,
} from 'electron';
import { z } from 'zod';
import { channels } from '../../shared/bridge.ts';
import { isOwnUrl } from './app-protocol.ts';
import type { MainWindow } from './window.ts';

export interface IpcOptions {
  window: MainWindow;
  /** The workspace's folder: only what lies in it is opened or dragged out. */
  home: string;
  /** What a file that is dragged out looks like. */
  dragIcon: string;
  devServer: string | undefined;
  requestHost: () => void;
}

const path = z.string().min(1).max(4096);
const chooseKind = z.enum(['manifest', 'fixture', 'bundle', 'any']);
const theme = z.enum(['system', 'light', 'dark', 'contrast']);

const filters: Record<z.infer<typeof chooseKind>, Electron.FileFilter[]> = {
  manifest: [{ name: 'Manifest', extensions: ['yml', 'yaml'] }],
  fixture: [],
  bundle: [{ name: 'Evidence bundle', extensions: ['proof'] }],
  any: [],
};

const takesFolders = (kind: z.infer<typeof chooseKind>) => kind === 'any' || kind === 'manifest';

/**
 * What the window may ask of the app. Each message is taken from the app's own page in the main window only, and its arguments are
 * checked; what does not fit is dropped and logged.
 */
export function answerWindow(options: IpcOptions): void {
  const { window, home } = options;

  on(channels.requestHost, z.tuple([]), () => options.requestHost());
  on(channels.listening, z.tuple([]), () => window.listening());
  handle(channels.choose, z.tuple([chooseKind]), async ([kind]) => {
    const { canceled, filePaths } = await dialog.showOpenDialog(parent(), {
      // Elsewhere than on a Mac a dialog that takes folders takes no files.
      properties: [
        'openFile',
        ...(process.platform === 'darwin' && takesFolders(kind) ? (['openDirectory'] as const) : []),
      ],
      filters: filters[kind],
    });
    return canceled ? null : (filePaths[0] ?? null);
  });
  handle(channels.saveAs, z.tuple([z.string().min(1).max(255)]), async ([name]) => {
    const { canceled, filePath } = await dialog.showSaveDialog(parent(), {
      defaultPath: join(app.getPath('downloads'), name.replaceAll(/[/\\:]/g, '-')),
    });
    return canceled || filePath === '' ? null : filePath;
  });
  handle(channels.openPath, z.tuple([path]), async ([wanted]) => {
    const inside = insideHome(wanted);
    if (inside === undefined) throw new Error('Only files of the workspace are opened.');
    const problem = await shell.openPath(inside);
    if (problem !== '') throw new Error(problem);
  });
  // Saved files lie anywhere. The file manager only points at them; a path of another machine is not followed.
  on(channels.showInFolder, z.tuple([path]), (_event, [wanted]) => {
    if (isAbsolute(wanted) && !wanted.startsWith('\\\\') && !wanted.startsWith('//')) shell.showItemInFolder(wanted);
  });
  on(channels.dragOut, z.tuple([path]), (event, [wanted]) => {
    const inside = insideHome(wanted);
    if (inside !== undefined) event.sender.startDrag({ file: inside, icon: options.dragIcon });
  });
  on(channels.copy, z.tuple([z.string().max(64 * 2 ** 20)]), (_event, [text]) => clipboard.writeText(text));
  on(channels.setTheme, z.tuple([theme]), (_event, [wanted]) => window.setTheme(wanted));
  on(
    channels.notify,
    z.tuple([z.string().max(200), z.string().max(1000), z.string().startsWith('/').max(2000)]),
    (_event, [title, body, route]) => {
      if (window.browserWindow?.isFocused() === true || !Notification.isSupported()) return;
      const notification = new Notification({ title, body });
      notification.on('click', () => window.command({ kind: 'go', route }));
      notification.show();
    },
  );

  function on<A extends z.ZodTuple>(
    channel: string,
    args: A,
    act: (event: IpcMainEvent, args: z.infer<A>) => void,
  ): void {
    ipcMain.on(channel, (event, ...given: unknown[]) => {
      const checked = check(channel, event, args, given);
      if (checked !== undefined) act(event, checked);
    });
  }

  function handle<A extends z.ZodTuple>(channel: string, args: A, act: (args: z.infer<A>) => Promise<unknown>): void {
    ipcMain.handle(channel, async (event, ...given: unknown[]) => {
      const checked = check(channel, event, args, given);
      if (checked === undefined) throw new Error('This message was not accepted.');
      return act(checked);
    });
  }

  function check<A extends z.ZodTuple>(
    channel: string,
    event: IpcMainEvent | IpcMainInvokeEvent,
    args: A,
    given: unknown[],
  ): z.infer<A> | undefined {
    const contents = window.browserWindow?.webContents;
    const frame = event.senderFrame;
    const isPage =
      contents !== undefined &&
      event.sender === contents &&
      frame === contents.mainFrame &&
      (isOwnUrl(frame.url) || (options.devServer !== undefined && frame.url.startsWith(`${options.devServer}/`)));
    const parsed = args.safeParse(given);
    if (isPage && parsed.success) return parsed.data;
    console.error(`${channel}: dropped, ${isPage ? 'its arguments do not fit' : 'it is not from the app’s own page'}`);
    return undefined;
  }

  function parent(): Electron.BrowserWindow {
    return window.browserWindow as Electron.BrowserWindow;
  }

  /** The real path, if it lies in the workspace whatever links it goes through. */
  function insideHome(wanted: string): string | undefined {
    try {
      const real = realpathSync(wanted);
      return real.startsWith(realpathSync(home) + sep) ? real : undefined;
    } catch {
      return undefined;
    }
  }
}
