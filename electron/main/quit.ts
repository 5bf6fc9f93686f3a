import { setTimeout as sleep } from 'node:timers/promises';
import { app, dialog } from 'electron';
import type { LeaseRow } from '../../shared/contract/index.ts';
import { HostClient, newSession } from '../host/client.ts';
import { socketPath } from '../host/socket-path.ts';
import type { AppHost } from './app-host.ts';

/** How long the host may take to say what is open, and to take it down. */
const askTimeoutMs = 3000;
const tearDownTimeoutMs = 60_000;

export interface QuitOptions {
  home: string;
  host: AppHost;
  /** Goes on without a window. */
  stayInTray: () => void;
  /** It goes on after all: the window is there again. */
  show: () => void;
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
    const client = await within(askTimeoutMs, HostClient.connect(socketPath(this.#options.home), newSession()));
    const goesOn = client === undefined || (await this.#settle(client));
    await client?.[Symbol.asyncDispose]();
    if (goesOn) await this.#leave();
    // A signal may have come in between.
    else if (this.#state === 'asking') this.#state = 'open';
  }

  /** Whether the app may go: nothing is open, or what was is gone, or a person said so. */
  async #settle(client: HostClient): Promise<boolean> {
    const open = (await within(askTimeoutMs, client.call('lease.list', { state: 'open' })))?.items ?? [];
    if (open.length === 0) return true;
    const { response } = await dialog.showMessageBox({
      type: 'question',
      message: open.length === 1 ? 'One lease is open.' : `${open.length} leases are open.`,
      detail:
        'Tearing down removes their containers, networks and everything else they own; evidence is kept. Or Proofbench stays in the tray and they go on until their deadline.',
      buttons: ['Tear down and quit', 'Stay in the tray', 'Cancel'],
      defaultId: 1,
      cancelId: 2,
    });
    if (response === 0) return this.#tearDown(client, open);
    if (response === 1) this.#options.stayInTray();
    else this.#options.show();
    return false;
  }

  async #tearDown(client: HostClient, leases: readonly LeaseRow[]): Promise<boolean> {
    const remains = await within(tearDownTimeoutMs, remainsOf(client, leases));
    if (remains?.length === 0) return true;
    const { response } = await dialog.showMessageBox({
      type: 'warning',
      message: 'Not everything could be removed.',
      detail: `${remains?.join('\n') ?? 'It is not over after a minute.'}\n\nWhoever opens this workspace next goes on with it.`,
      buttons: ['Quit', 'Stay'],
      defaultId: 1,
      cancelId: 1,
    });
    if (response === 1) this.#options.show();
    return response === 0;
  }

  async #leave(): Promise<void> {
    if (this.#state === 'leaving') return;
    this.#state = 'leaving';
    await this.#options.host.leave();
    this.#state = 'left';
    app.quit();
  }
}

/** What rolling these back left, each with its reason. */
async function remainsOf(client: HostClient, leases: readonly LeaseRow[]): Promise<string[]> {
  const ends = await Promise.allSettled(leases.map(({ id }) => client.call('lease.rollback', { lease: id })));
  return ends.flatMap(end =>
    end.status === 'rejected'
      ? [String(end.reason instanceof Error ? end.reason.message : end.reason)]
      : end.value.receipt.failed.map(({ kind, id, reason }) => `${kind} ${id}: ${reason ?? ''}`),
  );
}

/** The answer; undefined when there is none in time, or it is an error. */
async function within<T>(ms: number, answer: Promise<T>): Promise<T | undefined> {
  const over = new AbortController();
  try {
    return await Promise.race([answer, sleep(ms, undefined, { signal: over.signal })]);
  } catch (error) {
    console.error(`quit: ${error}`);
    return undefined;
  } finally {
    over.abort();
  }
}
