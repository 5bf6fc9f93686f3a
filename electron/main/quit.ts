import { app, dialog } from 'electron';
import { HostClient, newSession } from '../host/client.ts';
import { socketPath } from '../host/socket-path.ts';
import type { AppHost } from './app-host.ts';

const askTimeoutMs = 3000;

export interface QuitOptions {
  home: string;
  host: AppHost;
  /** Goes on without a window. */
  stayInTray: () => void;
}

/**
 * Quitting waits for the host. With leases open it asks first what becomes of them: torn down, or kept with the app in the tray
 * (DESIGN §1).
 */
export class Quit {
  readonly #options: QuitOptions;
  #state: 'open' | 'asking' | 'leaving' | 'left' = 'open';

  constructor(options: QuitOptions) {
    this.#options = options;
    app.on('before-quit', event => {
      if (this.#state === 'left') return;
      event.preventDefault();
      if (this.#state === 'open') void this.#ask();
    });
    // A signal is no person: what is live stays up, and whoever hosts next takes it over.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void this.#leave());
  }

  async #ask(): Promise<void> {
    this.#state = 'asking';
    const client = await this.#connect();
    try {
      const leases = client === undefined ? [] : (await client.call('lease.list', { state: 'open' })).items;
      if (leases.length > 0) {
        const { response } = await dialog.showMessageBox({
          type: 'question',
          message: leases.length === 1 ? 'One lease is open.' : `${leases.length} leases are open.`,
          detail:
            'Tearing down removes their containers, networks and everything else they own; evidence is kept. Or Proofbench stays in the tray and they go on until their deadline.',
          buttons: ['Tear down and quit', 'Stay in the tray', 'Cancel'],
          defaultId: 1,
          cancelId: 2,
        });
        if (response !== 0) {
          this.#state = 'open';
          if (response === 1) this.#options.stayInTray();
          return;
        }
        await Promise.allSettled(leases.map(({ id }) => client?.call('lease.rollback', { lease: id })));
      }
    } catch (error) {
      // A host that does not answer is left as it is: the next one goes on with what it had begun.
      console.error(`quit: ${error}`);
    } finally {
      await client?.[Symbol.asyncDispose]();
    }
    await this.#leave();
  }

  async #leave(): Promise<void> {
    if (this.#state === 'leaving') return;
    this.#state = 'leaving';
    await this.#options.host.leave();
    this.#state = 'left';
    app.quit();
  }

  async #connect(): Promise<HostClient | undefined> {
    const connecting = HostClient.connect(socketPath(this.#options.home), newSession());
    const tooLong = new Promise<undefined>(resolve => setTimeout(() => resolve(undefined), askTimeoutMs));
    return Promise.race([connecting, tooLong]).catch(() => undefined);
  }
}
