import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron';
import { AppError, type ErrorData } from '../../shared/errors.ts';
import { hostLogPath } from '../host/host-log.ts';
import type { FromHostProcess, HostProcessData, ToHostProcess } from './host-messages.ts';

const firstRestartMs = 200;
const lastRestartMs = 10_000;
/** One that was up for this long did not end of what it was started with. */
const settledMs = 30_000;
const leaveTimeoutMs = 30_000;

export interface AppHostOptions {
  /** The built host process. */
  script: string;
  home: string;
  resources: string;
  version: string;
  /** A port is of use from now on; called again after a restart, when every window needs another. */
  onReady: () => void;
  /** The workspace cannot be opened, or the host ended again and again. */
  onFailed: (error: ErrorData) => void;
}

/** Owns the host's process: starts it, starts it again when it ended, and waits for it when the app quits. */
export class AppHost {
  readonly #options: AppHostOptions;
  readonly #session = randomBytes(24).toString('base64url');
  #process: UtilityProcess | undefined;
  #isReady = false;
  #isLeaving = false;
  #restartMs = firstRestartMs;

  constructor(options: AppHostOptions) {
    this.#options = options;
  }

  start(): void {
    const { script, home, resources, version } = this.#options;
    const data: HostProcessData = { home, resources, version, session: this.#session, appPid: process.pid };
    const child = utilityProcess.fork(script, [JSON.stringify(data)], {
      serviceName: 'Proofbench host',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    const startedMs = Date.now();
    const log = createWriteStream(hostLogPath(home), { flags: 'a', mode: 0o600 });
    // A log that cannot be written must not end the app.
    log.on('error', error => console.error(`host.log: ${error.message}`));
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    child.on('message', (message: FromHostProcess) => this.#heard(message));
    child.once('exit', code => {
      log.end();
      if (Date.now() - startedMs > settledMs) this.#restartMs = firstRestartMs;
      this.#ended(code);
    });
  }

  /** A port to the host for a window; undefined while there is none: `onReady` says when to ask again. */
  openPort(): MessagePortMain | undefined {
    if (!this.#isReady || this.#process === undefined) return undefined;
    const { port1, port2 } = new MessageChannelMain();
    this.#process.postMessage({ kind: 'port' } satisfies ToHostProcess, [port1]);
    return port2;
  }

  /** Lets the host finish what cannot be interrupted and leave the workspace. Resolves when it is gone. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    const child = this.#process;
    if (child === undefined) return;
    await new Promise<void>(resolve => {
      const limit = setTimeout(() => {
        child.kill();
        resolve();
      }, leaveTimeoutMs);
      child.once('exit', () => {
        clearTimeout(limit);
        resolve();
      });
      child.postMessage({ kind: 'leave' } satisfies ToHostProcess);
    });
  }

  #heard(message: FromHostProcess): void {
    if (message.kind === 'ready') {
      this.#isReady = true;
      this.#options.onReady();
    } else if (message.kind === 'failed') {
      this.#isLeaving = true;
      this.#process?.kill();
      this.#options.onFailed(message.error);
    }
  }

  #ended(code: number): void {
    this.#isReady = false;
    this.#process = undefined;
    if (this.#isLeaving) return;
    if (this.#restartMs > lastRestartMs) {
      const error = new AppError('internal', `The host ended again and again, the last time with exit code ${code}.`, {
        hint: `Its log: ${join(this.#options.home, 'host.log')}`,
      });
      this.#options.onFailed(error.toData());
      return;
    }
    setTimeout(() => {
      if (!this.#isLeaving) this.start();
    }, this.#restartMs);
    this.#restartMs *= 2;
  }
}
