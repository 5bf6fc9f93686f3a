/** What the preload gives the window: the little that only the app itself can do. Everything else goes over the host's port. */
export interface Bridge {
  readonly platform: string;
  readonly version: string;
  /**
   * Asks for a port to the host. It arrives as a `message` event of the window whose data is `hostPortMessage` and whose first port it
   * is; another one arrives by itself when a host that ended was started again.
   */
  requestHost(): void;
  /** Commands are told from now on; those that came before are told at once. */
  listening(): void;
  /** The absolute path of a file or folder that was dropped; empty for one that is not on a disk. */
  pathOf(file: File): string;
  /** The system's open dialog; null when it was left. */
  choose(kind: ChooseKind): Promise<string | null>;
  /** The system's save dialog, which also asks before it replaces a file; null when it was left. */
  saveAs(suggestedName: string): Promise<string | null>;
  /** Opens a file of the workspace with the program the system has for it. */
  openPath(path: string): Promise<void>;
  showInFolder(path: string): void;
  /** Begins a drag of a file of the workspace out of the window; call it from a dragstart handler. */
  dragOut(path: string): void;
  copy(text: string): void;
  setTheme(theme: Theme): void;
  /** A message of the system, shown when the window is not in front. */
  notify(title: string, body: string, route: string): void;
  /** Calls back for menu commands; returns how to stop. */
  onCommand(listener: (command: AppCommand) => void): () => void;
}

export type Theme = 'system' | 'light' | 'dark' | 'contrast';
export type ChooseKind = 'manifest' | 'fixture' | 'bundle' | 'any';

/** What the menu, the system or another start of the app asks of the window. */
export type AppCommand =
  | { kind: 'open' }
  | { kind: 'new-run' }
  | { kind: 'palette' }
  | { kind: 'find' }
  | { kind: 'help' }
  | { kind: 'save-bundle' }
  | { kind: 'go'; route: string }
  | { kind: 'theme'; theme: Theme }
  /** A file given to the app: a bundle or a manifest. */
  | { kind: 'open-path'; path: string };

export const hostPortMessage = 'proofbench:host-port';

/** Names of the messages between the window and the app. */
export const channels = {
  requestHost: 'host:request',
  listening: 'page:listening',
  hostPort: 'host:port',
  choose: 'dialog:choose',
  saveAs: 'dialog:save-as',
  openPath: 'shell:open-path',
  showInFolder: 'shell:show-in-folder',
  dragOut: 'window:drag-out',
  copy: 'clipboard:copy',
  setTheme: 'app:set-theme',
  notify: 'app:notify',
  command: 'app:command',
} as const;
