import { app, Menu, Tray } from 'electron';

/** The app's place in the tray while it goes on without a window. */
export class AppTray {
  readonly #icon: string;
  readonly #open: () => void;
  #tray: Tray | undefined;

  /** `open` brings the window back. */
  constructor(icon: string, open: () => void) {
    this.#icon = icon;
    this.#open = open;
  }

  get isThere(): boolean {
    return this.#tray !== undefined;
  }

  enter(): void {
    if (this.#tray !== undefined) return;
    const tray = new Tray(this.#icon);
    tray.setToolTip('Proofbench: leases are open');
    tray.on('click', this.#open);
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: 'Open Proofbench', click: this.#open },
        { label: 'Quit', click: () => app.quit() },
      ]),
    );
    this.#tray = tray;
  }

  leave(): void {
    this.#tray?.destroy();
    this.#tray = undefined;
  }
}
