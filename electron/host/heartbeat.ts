/** How often a caller is asked, and after how many beats without a word it counts as silent. */
export interface HeartbeatRate {
  everyMs: number;
  /** After so many beats without a sign of life the caller is silent. */
  beats: number;
}

/** Ten seconds (DESIGN §7). */
export const heartbeatRate: HeartbeatRate = { everyMs: 2000, beats: 5 };

/** `ask` sends what the caller must answer; `onSilent` and `onBack` take turns. */
export interface HeartbeatOptions extends HeartbeatRate {
  /** Asks the caller for a sign of life; one question at a time is under way. */
  ask: () => Promise<unknown>;
  onSilent: () => void;
  /** One that was silent is heard again. */
  onBack: () => void;
}

/**
 * Tells whether the caller at the other end of an open connection still does anything: one that is stopped keeps its connection. It counts
 * its own beats and reads no clock, so neither a machine that slept nor a host that was busy is taken for the caller's silence.
 */
export class Heartbeat implements Disposable {
  readonly #options: HeartbeatOptions;
  readonly #timer: NodeJS.Timeout;
  #unheard = 0;
  #isAsked = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#beat(), options.everyMs);
    this.#timer.unref();
  }

  get isSilent(): boolean {
    return this.#unheard >= this.#options.beats;
  }

  /** Anything came from the caller. */
  heard(): void {
    const wasSilent = this.isSilent;
    this.#unheard = 0;
    if (wasSilent) this.#options.onBack();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    if (this.isSilent) return;
    if (this.#isAsked && ++this.#unheard === this.#options.beats) return this.#options.onSilent();
    if (this.#isAsked) return;
    this.#isAsked = true;
    const answered = () => {
      this.#isAsked = false;
    };
    this.#options.ask().then(answered, answered);
  }
}
