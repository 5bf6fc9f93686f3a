import { AppError } from '../../../shared/errors.ts';
import { isAlive } from '../base/process.ts';
import type { Store } from '../store/store.ts';
import type { Leases } from './leases.ts';

/** How long a caller whose process lives may be without a connection before what is tied to it rolls back (DESIGN §7). */
const silenceMs = 10_000;

/**
 * Rolls back the leases of callers that are gone. A caller whose connection broke and whose process lives has ten seconds to
 * come back with its session token, to this host or to the next.
 */
export class Callers implements Disposable {
  readonly #store: Store;
  readonly #leases: Leases;
  readonly #log: (line: string) => void;
  readonly #pids = new Map<string, number>();
  readonly #silent = new Map<string, NodeJS.Timeout>();

  constructor(store: Store, leases: Leases, log: (line: string) => void) {
    this.#store = store;
    this.#leases = leases;
    this.#log = log;
  }

  pidOf(session: string): number | null {
    return this.#pids.get(session) ?? null;
  }

  opened(session: string, pid: number): void {
    this.#pids.set(session, pid);
    clearTimeout(this.#silent.get(session));
    this.#silent.delete(session);
  }

  /** The connection broke. */
  lost(session: string): void {
    const pid = this.#pids.get(session);
    if (pid === undefined || !isAlive(pid)) this.#end(session);
    else this.#expectBack(session, pid);
  }

  /** The caller said goodbye, or holds a connection and no longer answers. */
  closed(session: string): void {
    this.#end(session);
  }

  /** After a former host's end: every tied caller has its ten seconds, those whose process is gone have none. */
  recover(): void {
    for (const lease of this.#store.leases.tied()) {
      const session = lease.session as string;
      if (this.#pids.has(session)) continue;
      if (lease.caller_pid === null || !isAlive(lease.caller_pid)) this.#end(session);
      else this.#expectBack(session, lease.caller_pid);
    }
  }

  [Symbol.dispose](): void {
    for (const timer of this.#silent.values()) clearTimeout(timer);
    this.#silent.clear();
  }

  /** Looks once a second whether the process is still there: a killed caller need not cost ten. */
  #expectBack(session: string, pid: number): void {
    const until = Date.now() + silenceMs;
    const look = () => {
      if (Date.now() >= until || !isAlive(pid)) this.#end(session);
      else this.#silent.set(session, setTimeout(look, 500));
    };
    clearTimeout(this.#silent.get(session));
    this.#silent.set(session, setTimeout(look, 500));
  }

  #end(session: string): void {
    clearTimeout(this.#silent.get(session));
    this.#silent.delete(session);
    this.#pids.delete(session);
    for (const lease of this.#store.leases.openOfSession(session)) {
      this.#leases
        .rollback(lease.id)
        .catch(error => this.#log(`${lease.id}: rollback after its caller was gone: ${AppError.from(error).message}`));
    }
  }
}
