import type { EngineStatus } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { Signal } from '../base/signal.ts';
import { engineStateOf, saidOf } from './engine-state.ts';
import type { LocateOptions } from './locate.ts';
import { type EngineView, lookForEngine } from './look.ts';
import { engineVersion } from './probe.ts';
import { type Launch, launch, type StartCommand, startCommandOf } from './start-engine.ts';

export interface EngineMonitorOptions extends LocateOptions {
  /** Lets go of the engine that calls go to: it was lost, or another is the user's now. */
  forget: () => void;
  /** It answers again: what waits for it can be tried at once. */
  back: () => void;
  log: (line: string) => void;
  /** What a start command writes goes here. */
  startLog: string;
  pollMs?: number;
  /** How long one look waits for a sign of life. */
  answerMs?: number;
  startTimeoutMs?: number;
}

/**
 * How the user's Docker is. It looks when asked to and, while somebody watches, every 2 s; it never looks when nobody is
 * interested.
 */
export class EngineMonitor implements Disposable {
  readonly #options: EngineMonitorOptions;
  readonly #changed = new Signal<EngineStatus>();
  readonly #disposed = new AbortController();
  #status: EngineStatus = {
    state: 'checking',
    version: null,
    host: '',
    source: '',
    said: [],
    looked: [],
    start_command: null,
    checked_at: new Date().toISOString(),
  };
  #start: StartCommand | null = null;
  #looking: Promise<EngineStatus> | undefined;
  #starting: Promise<EngineStatus> | undefined;
  /** The start command is at work, and the engine may still come up. */
  #launched = false;
  #watchers = 0;
  /** Somebody came to watch when nobody did, and no look has ended since. */
  #isStale = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: EngineMonitorOptions) {
    this.#options = options;
  }

  /** What the last look found. */
  status(): EngineStatus {
    return this.#status;
  }

  /** Looks now; calls that come while a look is under way share it. */
  check(): Promise<EngineStatus> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** A call to the engine found it gone: whoever watches hears of it at once. */
  lost(): void {
    if (this.#watchers > 0 && this.#status.state === 'ready') void this.check();
  }

  /**
   * The status as it is, then each time it is another. Whoever comes when nobody watched is told what a look of then finds;
   * before the very first look, that there was none.
   */
  async *watch(signal: AbortSignal): AsyncGenerator<EngineStatus> {
    const over = AbortSignal.any([signal, this.#disposed.signal]);
    this.#watchers += 1;
    if (this.#watchers === 1) {
      this.#isStale = this.#status.state !== 'checking';
      this.#poll();
    }
    try {
      let told = '';
      while (!over.aborted) {
        if (this.#isStale) {
          await Promise.race([this.check(), new Signal<void>().next({ signal: over })]);
          continue;
        }
        const status = this.#status;
        if (told === essence(status)) {
          await this.#changed.next({ signal: over });
        } else {
          told = essence(status);
          yield status;
        }
      }
    } finally {
      this.#watchers -= 1;
      if (this.#watchers === 0) clearTimeout(this.#timer);
    }
  }

  /**
   * Starts the user's Docker and answers when it answers. Callers share one start, which goes on when one of them leaves.
   * Throws `docker_unreachable` where it does not come up or cannot be started from here.
   */
  async start(signal: AbortSignal): Promise<EngineStatus> {
    this.#starting ??= this.#bringUp().finally(() => {
      this.#starting = undefined;
    });
    return orAborted(this.#starting, signal);
  }

  [Symbol.dispose](): void {
    this.#disposed.abort();
    clearTimeout(this.#timer);
  }

  #poll(): void {
    clearTimeout(this.#timer);
    void this.check().finally(() => {
      clearTimeout(this.#timer);
      if (this.#watchers === 0 || this.#disposed.signal.aborted) return;
      // Each look at an engine behind SSH is a login.
      const pollMs = (this.#options.pollMs ?? 2000) * (this.#status.host.startsWith('ssh:') ? 5 : 1);
      this.#timer = setTimeout(() => this.#poll(), pollMs).unref();
    });
  }

  async #look(): Promise<EngineStatus> {
    try {
      const view = await lookForEngine(this.#options, this.#options.answerMs);
      this.#publish(await this.#statusOf(view));
    } catch (error) {
      // Looking reports what fails; this is a bug, and no reason to stop.
      this.#options.log(`looking for Docker: ${AppError.from(error).message}`);
    }
    this.#isStale = false;
    return this.#status;
  }

  async #statusOf(view: EngineView): Promise<EngineStatus> {
    const located = view.taken?.located;
    const state = engineStateOf(view, this.#launched);
    const known = this.#status.state === 'ready' && this.#status.host === located?.host ? this.#status.version : null;
    this.#start =
      state === 'ready' || state === 'denied' || (view.taken && !located)
        ? null
        : startCommandOf(located, view.installed, this.#options);
    return {
      state,
      version: state === 'ready' && located ? (known ?? (await engineVersion(located, this.#options.answerMs))) : null,
      host: located?.host ?? '',
      source: located?.source ?? '',
      said: saidOf(view),
      looked: view.looked,
      start_command: this.#start?.shown ?? null,
      checked_at: new Date().toISOString(),
    };
  }

  async #bringUp(): Promise<EngineStatus> {
    const { startLog, startTimeoutMs = 90_000, pollMs = 2000, log } = this.#options;
    const found = await this.check();
    if (found.state === 'ready') return found;
    const start = this.#start;
    if (start === null) throw cannotStart(found);
    log(`starting Docker: ${start.shown}`);
    const launched = launch(start, startLog);
    this.#launched = true;
    this.#publish({ ...found, state: 'starting' });
    const end = Date.now() + startTimeoutMs;
    try {
      while (Date.now() < end && !this.#disposed.signal.aborted) {
        const status = await this.check();
        if (status.state === 'ready') return status;
        const code = launched.exitCode();
        if (code !== undefined && code !== 0) break;
        await pause(Math.min(pollMs, 500), this.#disposed.signal);
      }
    } finally {
      this.#launched = false;
    }
    const last = await this.check();
    if (last.state === 'ready') return last;
    throw notStarted(start, launched, last);
  }

  #publish(status: EngineStatus): void {
    const before = this.#status;
    this.#status = status;
    if (essence(before) === essence(status)) return;
    const lost = before.state === 'ready' && status.state !== 'ready';
    if (lost || (before.state !== 'checking' && before.host !== status.host)) this.#options.forget();
    if (before.state !== status.state) this.#options.log(`Docker: ${[status.state, ...status.said].join(', ')}`);
    this.#changed.emit(status);
    if (status.state === 'ready' && before.state !== 'ready' && before.state !== 'checking') this.#options.back();
  }
}

/** All of it but when it was found out. */
function essence(status: EngineStatus): string {
  return JSON.stringify({ ...status, checked_at: '' });
}

function cannotStart(status: EngineStatus): AppError {
  return new AppError('docker_unreachable', 'Docker does not answer and cannot be started from here.', {
    hint:
      status.state === 'wrong_context'
        ? `Docker is looked for at ${status.host || status.source || 'a context that is not there'}: start it there, or choose another with: docker context use default.`
        : status.state === 'absent'
          ? 'Install Docker, then try again.'
          : 'Start Docker yourself (sudo systemctl start docker), then try again.',
    details: { state: status.state, said: status.said },
  });
}

function notStarted(start: StartCommand, launched: Launch, status: EngineStatus): AppError {
  const code = launched.exitCode();
  const happened =
    code === undefined || code === 0
      ? 'was started and does not answer'
      : code === null
        ? 'cannot be run'
        : `ended with exit code ${code}`;
  const said = [...launched.said(), ...status.said];
  const message = `Docker did not start: ${start.shown} ${happened}: ${launched.said().at(-1) ?? status.said.at(0) ?? ''}`;
  return new AppError('docker_unreachable', message, {
    hint: 'Start Docker yourself, then try again.',
    details: { state: status.state, command: start.shown, said },
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Signal<void>().next({ ms, signal });
}

/** `work` for as long as the caller stays; it goes on without one. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(new AppError('cancelled', 'Cancelled: waiting for Docker to start.'));
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
