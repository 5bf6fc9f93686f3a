import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, dialog } from 'electron';
import { type AppCommand, channels } from '../../shared/bridge.ts';
import { AppError } from '../../shared/errors.ts';
import { workspaceHome } from '../host/workspace-home.ts';
import { AppHost } from './app-host.ts';
import { declareAppScheme, serveApp } from './app-protocol.ts';
import { AppTray } from './app-tray.ts';
import { answerWindow } from './ipc.ts';
import { lockDown } from './lock-down.ts';
import { installMenu } from './menu.ts';
import { openRequestOf } from './open-request.ts';
import { Quit } from './quit.ts';
import { MainWindow } from './window.ts';

const here = dirname(fileURLToPath(import.meta.url));
const root = app.isPackaged ? process.resourcesPath : join(here, '../..');
const resources = join(root, 'resources');
const version = app.isPackaged ? app.getVersion() : versionOf(join(root, 'package.json'));
const devServer = app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL;
// A binding for another Electron is for development only: a packaged app loads what it was shipped with.
if (app.isPackaged) delete process.env.PROOFBENCH_SQLITE_BINDING;

const home = workspaceHome(process.env);
// One app a workspace: the lock on a single instance, caches and window state lie beside it.
const appFolder = join(home, 'app');
mkdirSync(appFolder, { recursive: true, mode: 0o700 });
app.setPath('userData', appFolder);
app.setName('Proofbench');
declareAppScheme();
// As root there is no sandbox to be had; that is for test machines.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();

/** What the system asked to open before there was a window to show it. */
const asked: AppCommand[] = [];
let open = (command: AppCommand): void => void asked.push(command);
// A Mac tells of a file or link that starts the app before the app is ready.
app.on('open-file', (event, path) => {
  event.preventDefault();
  open({ kind: 'open-path', path });
});
app.on('open-url', (event, url) => {
  event.preventDefault();
  const request = openRequestOf(['', url], home);
  if (request !== undefined) open(request);
});

if (app.requestSingleInstanceLock()) app.whenReady().then(start, fail);
else app.quit();

function start(): void {
  lockDown(devServer);
  serveApp(join(here, '../renderer'));
  const icon = join(resources, 'icons/tray.png');
  const tray = new AppTray(icon, () => window.show());
  const window: MainWindow = new MainWindow({
    preload: join(here, '../preload/index.cjs'),
    stateFile: join(appFolder, 'window.json'),
    version,
    devServer,
    onShown: () => tray.leave(),
    onTheme: menu,
  });
  const host = new AppHost({
    script: join(here, 'host-process.js'),
    home,
    resources,
    version,
    onReady: givePort,
    onFailed: error => fail(AppError.fromData(error)),
  });
  let isAsked = false;

  answerWindow({
    window,
    home,
    devServer,
    dragIcon: icon,
    requestHost: () => {
      isAsked = true;
      givePort();
    },
  });
  menu();
  new Quit({
    home,
    host,
    stayInTray: () => {
      tray.enter();
      window.browserWindow?.close();
    },
    show: () => window.show(),
  });
  app.on('second-instance', (_event, args, cwd) => {
    const request = openRequestOf(args, cwd);
    if (request === undefined) window.show();
    else window.command(request);
  });
  app.on('activate', () => window.show());
  app.on('window-all-closed', () => {
    if (!tray.isThere) app.quit();
  });

  host.start();
  window.show();
  open = command => window.command(command);
  const request = openRequestOf(process.argv.slice(app.isPackaged ? 0 : 1), process.cwd());
  for (const command of [...asked, ...(request === undefined ? [] : [request])]) open(command);

  function givePort(): void {
    const contents = window.browserWindow?.webContents;
    if (!isAsked || contents === undefined) return;
    const port = host.openPort();
    if (port !== undefined) contents.postMessage(channels.hostPort, null, [port]);
  }

  function menu(): void {
    installMenu({
      send: command => window.command(command),
      theme: () => window.theme,
      setTheme: theme => window.setTheme(theme),
      home,
    });
  }
}

function fail(thrown: unknown): void {
  const error = AppError.from(thrown);
  console.error(thrown);
  dialog.showErrorBox('Proofbench cannot go on', [error.message, error.hint ?? ''].join('\n\n').trim());
  app.exit(1);
}

function versionOf(path: string): string {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version : app.getVersion();
}
