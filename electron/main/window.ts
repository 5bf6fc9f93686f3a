import { BrowserWindow, dialog, nativeTheme, screen } from 'electron';
import { type AppCommand, channels, type Theme } from '../../shared/bridge.ts';
import { appOrigin } from './app-protocol.ts';
import { fitToScreens, leastSize, readWindowState, type WindowState, writeWindowState } from './window-state.ts';

const crashAgainMs = 10_000;
/** Backgrounds of `bg-app` in tokens.css: what shows before the first paint. */
const backgrounds = { light: '#f4f5f7', dark: '#0b0c0e' };

export interface MainWindowOptions {
  preload: string;
  stateFile: string;
  version: string;
  /** The address of the development server instead of the built files. */
  devServer: string | undefined;
  /** It is on screen again. */
  onShown: () => void;
  onTheme: () => void;
}

/** The app's one window: made when it is needed, remembered when it is closed. */
export class MainWindow {
  readonly #options: MainWindowOptions;
  #state: WindowState;
  #window: BrowserWindow | undefined;
  #isListening = false;
  /** Told to the page once it listens. */
  #waiting: AppCommand[] = [];
  #crashedMs = 0;

  constructor(options: MainWindowOptions) {
    this.#options = options;
    this.#state = readWindowState(options.stateFile);
    applyTheme(this.#state.theme);
  }

  get browserWindow(): BrowserWindow | undefined {
    return this.#window;
  }

  /** Opens the window, or brings it to the front. */
  show(): void {
    this.#options.onShown();
    if (this.#window !== undefined) {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.show();
      this.#window.focus();
      return;
    }
    const { preload, version, devServer } = this.#options;
    const place = fitToScreens(
      this.#state,
      screen.getAllDisplays().map(display => display.workArea),
    );
    const window = new BrowserWindow({
      ...(place.x === undefined || place.y === undefined ? {} : { x: place.x, y: place.y }),
      width: place.width,
      height: place.height,
      minWidth: leastSize.width,
      minHeight: leastSize.height,
      title: 'Proofbench',
      show: false,
      backgroundColor: backgrounds[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'],
      ...(process.platform === 'darwin'
        ? { titleBarStyle: 'hiddenInset' as const, trafficLightPosition: { x: 14, y: 13 } }
        : {}),
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
        additionalArguments: [`--app-version=${version}`],
      },
    });
    this.#window = window;
    if (place.isMaximized) window.maximize();
    window.once('ready-to-show', () => window.show());
    window.on('close', () => this.#remember());
    window.on('closed', () => {
      this.#window = undefined;
      this.#isListening = false;
    });
    window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) this.#isListening = false;
    });
    window.webContents.on('render-process-gone', (_event, { reason }) => this.#crashed(window, reason));
    void window.loadURL(`${devServer ?? appOrigin}${place.route}`);
  }

  /** Tells the page, now or as soon as it listens; opens the window for it. */
  command(command: AppCommand): void {
    if (this.#isListening) this.#window?.webContents.send(channels.command, command);
    else this.#waiting.push(command);
    this.show();
  }

  /** The page listens: what waited for it is told. */
  listening(): void {
    this.#isListening = true;
    for (const command of this.#waiting.splice(0)) this.#window?.webContents.send(channels.command, command);
  }

  setTheme(theme: Theme): void {
    this.#state = { ...this.#state, theme };
    applyTheme(theme);
    this.#remember();
    this.#options.onTheme();
  }

  get theme(): Theme {
    return this.#state.theme;
  }

  /** A page that crashed is loaded anew; one that crashes again at once would do so for ever. */
  #crashed(window: BrowserWindow, reason: string): void {
    if (reason === 'clean-exit') return;
    console.error(`The page ended: ${reason}.`);
    const isAgain = Date.now() - this.#crashedMs < crashAgainMs;
    this.#crashedMs = Date.now();
    // Not from within the event: the frame that is gone is still being put away.
    if (!isAgain) setImmediate(() => window.webContents.reload());
    else
      dialog.showErrorBox(
        'Proofbench’s window ended twice',
        `The reason given: ${reason}. What runs goes on; open the window again.`,
      );
    if (isAgain) window.destroy();
  }

  #remember(): void {
    const window = this.#window;
    if (window !== undefined) {
      const isMaximized = window.isMaximized();
      const url = URL.parse(window.webContents.getURL());
      this.#state = {
        ...this.#state,
        ...(isMaximized ? {} : window.getNormalBounds()),
        isMaximized,
        route: url === null || url.pathname === '/' ? '/runs' : `${url.pathname}${url.search}`,
      };
    }
    writeWindowState(this.#options.stateFile, this.#state);
  }
}

/** High contrast is a dark theme of the page's own; the system knows it as dark. */
function applyTheme(theme: Theme): void {
  nativeTheme.themeSource = theme === 'contrast' ? 'dark' : theme;
}
