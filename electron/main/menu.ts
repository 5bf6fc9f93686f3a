import { app, Menu, type MenuItemConstructorOptions, shell } from 'electron';
import type { AppCommand, Theme } from '../../shared/bridge.ts';

export interface MenuOptions {
  send: (command: AppCommand) => void;
  theme: () => Theme;
  setTheme: (theme: Theme) => void;
  home: string;
}

const themes: readonly [Theme, string][] = [
  ['system', 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
  ['contrast', 'High contrast'],
];

/** The menu bar. What it offers is also in the window's palette; the keys are the same. */
export function installMenu(options: MenuOptions): void {
  const { send } = options;
  const isMac = process.platform === 'darwin';
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    {
      label: '&File',
      submenu: [
        { label: 'New Run…', accelerator: 'CmdOrCtrl+N', click: () => send({ kind: 'new-run' }) },
        { label: 'Open…', accelerator: 'CmdOrCtrl+O', click: () => send({ kind: 'open' }) },
        { label: 'Save Bundle As…', accelerator: 'CmdOrCtrl+S', click: () => send({ kind: 'save-bundle' }) },
        { type: 'separator' },
        { label: 'Show Workspace Folder', click: () => void shell.openPath(options.home) },
        { type: 'separator' },
        { role: isMac ? 'close' : 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        { type: 'separator' },
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
        { type: 'separator' },
        { label: 'Find', accelerator: 'CmdOrCtrl+F', click: () => send({ kind: 'find' }) },
      ],
    },
    {
      label: '&View',
      submenu: [
        { label: 'Commands…', accelerator: 'CmdOrCtrl+K', click: () => send({ kind: 'palette' }) },
        { type: 'separator' },
        { label: 'Runs', accelerator: 'CmdOrCtrl+1', click: () => send({ kind: 'go', route: '/runs' }) },
        { label: 'Leases', accelerator: 'CmdOrCtrl+2', click: () => send({ kind: 'go', route: '/leases' }) },
        { label: 'Bundles', accelerator: 'CmdOrCtrl+3', click: () => send({ kind: 'go', route: '/bundles' }) },
        { label: 'Runtime', accelerator: 'CmdOrCtrl+4', click: () => send({ kind: 'go', route: '/runtime' }) },
        { type: 'separator' },
        {
          label: 'Theme',
          submenu: themes.map(([theme, label]) => ({
            label,
            type: 'radio' as const,
            checked: options.theme() === theme,
            click: () => {
              options.setTheme(theme);
              send({ kind: 'theme', theme });
            },
          })),
        },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : [{ role: 'reload' as const }, { role: 'toggleDevTools' as const }]),
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [{ label: 'Keys', accelerator: 'CmdOrCtrl+/', click: () => send({ kind: 'help' }) }],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
