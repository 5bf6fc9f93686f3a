import { rmSync } from 'node:fs';
import type { Progress, Receipt, ReceiptItem } from '../../../shared/contract/index.ts';
import { parseDuration } from '../../../shared/duration.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import { backoffMs } from '../base/backoff.ts';
import { Signal } from '../base/signal.ts';
import type { Lease, LeaseFilter, OwnedKind } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import { Closing, type Discard } from './closing.ts';
import { collectOutputs } from './collect-outputs.ts';

export const defaultTtlMs = 30 * 60_000;
export const maxTtlMs = 24 * 3600_000;
const maxResultBytes = 2 ** 20;
/** Between so many the host does its other work. */
const deletedAtOnce = 50;
/** The clock is looked at this often at the latest: a timer alone would sleep with the laptop. */
const longestNapMs = 30_000;
/** A sweep that could do nothing, as with a full disk, is tried again at least this often. */
const lastRetryMs = 60_000;
/** What is due is looked at this often while a sweep is under way, which may be waiting for Docker. */
const besideSweepMs = 1000;

export interface LeasesOptions {
  store: Store;
  discard: Discard;
  log: (line: string) => void;
}

/**
 * A lease is a transaction over everything temporary: what is made under it is discarded together (DESIGN §7). Each step of
 * an end is recorded before it is taken and may be repeated, so a crash anywhere only means that the next host goes on.
 */
export class Leases implements Disposable {
  readonly changed = new Signal<string>();
  readonly #options: LeasesOptions;
  readonly #closing: Closing;
  /** In the hands of a sweep under way. */
  readonly #sweeping = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  /** When the timer goes off, by `performance.now()`. */
  #wakesAtMs = 0;
  /** Sweeps that failed one after the other, and why the last did. */
  #failures = 0;
  #trouble = '';
  #disposed = false;

  constructor(options: LeasesOptions) {
    this.#options = options;
    this.#closing = new Closing({ ...options, changed: id => this.changed.emit(id) });
  }

  /** Opens a lease; `tie`: it rolls back when this caller is gone. */
  open(request: {
    ttl?: string | undefined;
    label?: string | undefined;
    runtimeId: string;
    tie?: { session: string; pid: number | null };
  }): Lease {
    const ttlMs = request.ttl === undefined ? defaultTtlMs : ttlOf(request.ttl);
    const now = Date.now();
    const id = newId('lease');
    const row = {
      id,
      label: request.label ?? null,
      runtime_id: request.runtimeId,
      session: request.tie?.session ?? null,
      caller_pid: request.tie?.pid ?? null,
      created_at_ms: now,
      expires_at_ms: now + ttlMs,
    };
    this.#options.store.transaction(() => this.#options.store.leases.insert(row));
    this.schedule();
    return this.get(id);
  }

  get(id: string): Lease {
    const lease = this.#options.store.leases.get(id);
    if (lease === undefined) throw notFound(id);
    return lease;
  }

  /** By id, or by a label that only one lease carries. */
  resolve(ref: string): Lease {
    const { leases } = this.#options.store;
    const found = leases.get(ref);
    if (found !== undefined) return found;
    const labelled = leases.byLabel(ref);
    if (labelled.length > 1) {
      throw new AppError('ambiguous', `${labelled.length} leases are labelled ${ref}.`, {
        hint: `Give an id: ${labelled
          .slice(0, 5)
          .map(lease => lease.id)
          .join(', ')}`,
      });
    }
    if (labelled[0] === undefined) throw notFound(ref);
    return labelled[0];
  }

  /** The lease, if things may still be made under it; throws `lease_closed` otherwise. */
  requireOpen(ref: string): Lease {
    const lease = this.resolve(ref);
    if (lease.state === 'open' && lease.expires_at_ms > Date.now()) return lease;
    throw new AppError(
      'lease_closed',
      `Lease ${lease.id} is ${lease.state === 'open' ? 'past its deadline' : lease.state}.`,
      {
        hint: 'Open another: ppl lease create.',
        details: { lease_id: lease.id, state: lease.state },
      },
    );
  }

  /** Moves the deadline to `ttl` from now, as far as the cap. A deployment's own fixed duration stays as it is. */
  renew(ref: string, ttl: string): Lease {
    const expiresAtMs = Date.now() + ttlOf(ttl);
    const lease = this.requireOpen(ref);
    const { store } = this.#options;
    if (!store.transaction(() => store.leases.renew(lease.id, expiresAtMs))) throw closed(this.get(lease.id));
    this.schedule();
    this.changed.emit(lease.id);
    return this.get(lease.id);
  }

  /** Keeps everything: what the lease owns belongs to the workspace from now on. @throws AppError `lease_closed` past the deadline. */
  commit(ref: string): Receipt {
    const { store } = this.#options;
    const lease = this.resolve(ref);
    if (lease.state === 'committed' && lease.receipt !== null) return lease.receipt;
    this.requireOpen(lease.id);
    return store.transaction(() => {
      const before = lease.receipt ?? noReceipt;
      const kept = [...before.kept, ...store.leases.owned(lease.id)];
      if (!store.leases.beginClosing(lease.id, 'committed')) throw closed(lease);
      store.leases.releaseAll(lease.id);
      const receipt: Receipt = { ...before, kept };
      store.leases.finish(lease.id, receipt, Date.now());
      queueMicrotask(() => this.changed.emit(lease.id));
      store.changed.emit('files');
      return receipt;
    });
  }

  /**
   * Hands single resources, by id or by a name that only one of them has, to the workspace, with what they cannot be without: a backend's
   * versions and files, a deployment's backend. Returns them all.
   * @throws AppError `not_found` for what the lease does not own.
   */
  promote(ref: string, resources: readonly string[]): ReceiptItem[] {
    const { store } = this.#options;
    const lease = this.requireOpen(ref);
    return store.transaction(() => {
      const owned = store.leases.owned(lease.id);
      const chosen = new Map<string, ReceiptItem>();
      const take = (item: ReceiptItem | undefined) => {
        if (item === undefined || chosen.has(item.id)) return;
        chosen.set(item.id, item);
        for (const id of store.neededBy(item)) take(owned.find(other => other.id === id));
      };
      for (const resource of resources) take(oneOf(owned, resource, lease.id));
      const promoted = [...chosen.values()];
      for (const item of promoted) store.leases.release(item.kind as OwnedKind, item.id);
      const receipt = lease.receipt ?? noReceipt;
      store.leases.saveReceipt(lease.id, { ...receipt, kept: [...receipt.kept, ...promoted] });
      queueMicrotask(() => this.changed.emit(lease.id));
      store.changed.emit('files');
      return promoted;
    });
  }

  /** Saves what the lease's run captured as files of the workspace, and says so in its receipt. Again, it saves only what is new. */
  collectOutputs(ref: string): ReceiptItem[] {
    const { store } = this.#options;
    const { id } = this.resolve(ref);
    return store.transaction(() => {
      const saved = collectOutputs(store, id);
      const receipt = this.get(id).receipt ?? noReceipt;
      if (saved.length > 0) store.leases.saveReceipt(id, { ...receipt, saved: [...receipt.saved, ...saved] });
      return saved;
    });
  }

  /** Keeps a result of the caller's own with a lease. @throws AppError `usage` past 1 MiB. */
  setResult(ref: string, result: unknown): void {
    const text = JSON.stringify(result);
    if (Buffer.byteLength(text) > maxResultBytes) {
      throw new AppError(
        'usage',
        `A lease's result may have ${maxResultBytes} bytes; this has ${Buffer.byteLength(text)}.`,
        {
          hint: 'Upload what is larger as a file: ppl file upload.',
        },
      );
    }
    const { store } = this.#options;
    const { id } = this.resolve(ref);
    store.transaction(() => store.leases.setResult(id, text));
  }

  /** Forgets a lease that has ended, with its runs and their logs. @throws AppError `conflict` before, and while its run is being recorded. */
  delete(ref: string): string {
    const lease = this.resolve(ref);
    if (lease.state === 'open' || lease.state === 'closing') {
      throw new AppError('conflict', `Lease ${lease.id} is ${lease.state}: only one that has ended is deleted.`, {
        hint: `End it first: ppl lease rollback ${lease.id}`,
        details: { lease_id: lease.id, state: lease.state },
      });
    }
    const busy = this.#whyBusy(lease.id);
    if (busy !== undefined) throw new AppError('conflict', busy, { hint: 'Wait until it is over: ppl run list.' });
    this.#forget([lease.id]);
    this.#giveBack();
    return lease.id;
  }

  /** Forgets all that match; those that have not ended are rolled back first. What could not be ended stays, with the reason. */
  async deleteAll(
    filter: LeaseFilter,
    work: { signal: AbortSignal; progress: (step: Progress) => void },
  ): Promise<{ matched: number; deleted: number; failed: { lease_id: string; reason: string }[] }> {
    const { store } = this.#options;
    const ids = store.leases.ids(filter);
    const failed: { lease_id: string; reason: string }[] = [];
    let deleted = 0;
    for (let at = 0; at < ids.length && !work.signal.aborted; at += deletedAtOnce) {
      const page = ids.slice(at, at + deletedAtOnce);
      const ended: string[] = [];
      for (const id of page) {
        const reason = await this.#endFor(id);
        if (reason === undefined) ended.push(id);
        else failed.push({ lease_id: id, reason });
      }
      this.#forget(ended);
      deleted += ended.length;
      work.progress({ message: 'Deleting leases', done: at + page.length, total: ids.length, unit: 'items' });
      await new Promise(resolve => setImmediate(resolve));
    }
    this.#giveBack();
    return { matched: ids.length, deleted, failed };
  }

  /** Discards everything. Again on a lease that ended, it answers with the receipt of that end. */
  async rollback(ref: string): Promise<Receipt> {
    const lease = this.resolve(ref);
    if (lease.state === 'committed') throw closed(lease);
    if (lease.state !== 'open' && lease.state !== 'closing') return lease.receipt ?? noReceipt;
    return this.#closing.end(lease.id, 'rolled_back');
  }

  /**
   * Rolls back what has reached its deadline, found by the index, and goes on with what was closing; what another sweep has in its hands it
   * leaves to that. No deadline is further away than the cap.
   */
  async sweep(): Promise<void> {
    const { leases } = this.#options.store;
    const now = Date.now();
    for (const id of leases.cutDeadlines(now + maxTtlMs)) this.changed.emit(id);
    const ids = [...new Set([...leases.closing(), ...leases.due(now)])].filter(id => !this.#sweeping.has(id));
    for (const id of ids) this.#sweeping.add(id);
    try {
      await this.#closing.endAll(ids, 'expired');
    } finally {
      for (const id of ids) this.#sweeping.delete(id);
    }
  }

  /** Sets the clock for the next deadline. */
  schedule(): void {
    if (this.#disposed) return;
    const next = this.#nextMs();
    if (next === undefined) return;
    const napMs = Math.max(Math.min(next - Date.now(), longestNapMs), this.#restMs());
    const wakesAtMs = performance.now() + napMs;
    // Who wakes too early goes to sleep again; one that is put off each time something asks would never wake.
    if (this.#timer !== undefined && this.#wakesAtMs <= wakesAtMs) return;
    clearTimeout(this.#timer);
    this.#wakesAtMs = wakesAtMs;
    this.#timer = setTimeout(() => this.#wake(), napMs);
    this.#timer.unref();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#closing[Symbol.dispose]();
  }

  #nextMs(): number | undefined {
    try {
      return this.#options.store.leases.nextExpiryMs();
    } catch {
      // The sweep meets the same trouble, and tells it.
      return Date.now();
    }
  }

  /** At least so long until the next sweep. */
  #restMs(): number {
    if (this.#failures > 0) return backoffMs(this.#failures, lastRetryMs);
    return this.#sweeping.size > 0 ? besideSweepMs : 0;
  }

  #wake(): void {
    this.#timer = undefined;
    const sweep = this.sweep().then(
      () => {
        this.#failures = 0;
        this.#trouble = '';
      },
      (error: unknown) => {
        this.#failures += 1;
        const trouble = `sweep: ${AppError.from(error).message}`;
        if (trouble !== this.#trouble && !this.#disposed) this.#options.log(trouble);
        this.#trouble = trouble;
      },
    );
    // What it waits for holds up no deadline after it.
    this.schedule();
    void sweep.then(() => {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.schedule();
    });
  }

  /** Why its run cannot be forgotten yet: its record is written when the lease has ended. */
  #whyBusy(id: string): string | undefined {
    const run = this.#options.store.runs.ofLease(id);
    return run?.state === 'running' ? `Run ${run.id} of lease ${id} is still being recorded.` : undefined;
  }

  /** Why it could not be ended; undefined when it has. */
  async #endFor(id: string): Promise<string | undefined> {
    try {
      const { state } = this.get(id);
      if (state !== 'open' && state !== 'closing') return this.#whyBusy(id);
      const { failed } = await this.rollback(id);
      return failed.length === 0 ? this.#whyBusy(id) : failed.map(item => `${item.id}: ${item.reason}`).join('; ');
    } catch (error) {
      return AppError.from(error).message;
    }
  }

  #forget(ids: readonly string[]): void {
    const { store } = this.#options;
    const deployments = store.transaction(() => ids.flatMap(id => store.leases.delete(id)));
    for (const id of deployments) rmSync(store.logsOf(id), { recursive: true, force: true });
    store.blobs.collect();
  }

  #giveBack(): void {
    const { store, log } = this.#options;
    store.giveBack().catch(error => log(`giving space back: ${AppError.from(error).message}`));
  }
}

const noReceipt: Receipt = { removed: [], saved: [], kept: [], failed: [] };

function oneOf(owned: readonly ReceiptItem[], ref: string, leaseId: string): ReceiptItem {
  const found = owned.find(({ id }) => id === ref);
  const named = owned.filter(({ name }) => name === ref);
  if (found === undefined && named.length > 1) {
    throw new AppError('ambiguous', `Lease ${leaseId} owns ${named.length} things named ${ref}.`, {
      hint: `Give an id: ${named.map(({ id }) => id).join(', ')}`,
    });
  }
  const item = found ?? named[0];
  if (item !== undefined) return item;
  throw new AppError('not_found', `Lease ${leaseId} owns no ${ref}.`, {
    hint: `See what it owns: ppl lease show ${leaseId}`,
  });
}

/** A TTL above the cap is cut to it. */
function ttlOf(ttl: string): number {
  const ttlMs = Math.min(parseDuration(ttl), maxTtlMs);
  if (ttlMs > 0) return ttlMs;
  throw new AppError('usage', `A lease cannot last ${ttl}.`, { hint: 'Give a duration such as 10m or 1h30m.' });
}

function notFound(ref: string): AppError {
  return new AppError('not_found', `There is no lease ${ref}.`, { hint: 'See them all: ppl lease list.' });
}

function closed(lease: Lease): AppError {
  return new AppError('lease_closed', `Lease ${lease.id} is ${lease.state} already.`, {
    details: { lease_id: lease.id, state: lease.state },
  });
}
