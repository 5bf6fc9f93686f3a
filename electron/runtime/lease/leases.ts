import { rmSync } from 'node:fs';
import type { Progress, Receipt, ReceiptItem } from '../../../shared/contract/index.ts';
import { parseDuration } from '../../../shared/duration.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import { Signal } from '../base/signal.ts';
import type { Lease, LeaseFilter, OwnedKind } from '../store/leases.ts';
import type { Store } from '../store/store.ts';

export const defaultTtlMs = 30 * 60_000;
export const maxTtlMs = 24 * 3600_000;
const maxResultBytes = 2 ** 20;
/** Between so many the host does its other work. */
const deletedAtOnce = 200;
const firstRetryMs = 1000;
const lastRetryMs = 60_000;
/** The clock is looked at this often at the latest: a timer alone would sleep with the laptop. */
const longestNapMs = 30_000;

/** Discards one thing a lease owns; idempotent. Receives nothing of the lease but the thing's id. */
export type Discard = (id: string) => Promise<ReceiptItem[]>;

export interface LeasesOptions {
  store: Store;
  /** In the order in which they must go. */
  discard: Record<'deployment' | 'backend' | 'version' | 'file', Discard>;
  log: (line: string) => void;
}

/**
 * A lease is a transaction over everything temporary: what is made under it is discarded together (DESIGN §7). Each step of
 * an end is recorded before it is taken and may be repeated, so a crash anywhere only means that the next host goes on.
 */
export class Leases implements Disposable {
  readonly changed = new Signal<string>();
  readonly #options: LeasesOptions;
  readonly #ending = new Map<string, Promise<Receipt>>();
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(options: LeasesOptions) {
    this.#options = options;
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
    this.#options.store.leases.insert({
      id,
      label: request.label ?? null,
      runtime_id: request.runtimeId,
      session: request.tie?.session ?? null,
      caller_pid: request.tie?.pid ?? null,
      created_at_ms: now,
      expires_at_ms: now + ttlMs,
    });
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
    if (!this.#options.store.leases.renew(lease.id, expiresAtMs)) throw closed(this.get(lease.id));
    this.schedule();
    this.changed.emit(lease.id);
    return this.get(lease.id);
  }

  /** Keeps everything: what the lease owns belongs to the workspace from now on. */
  commit(ref: string): Receipt {
    const { store } = this.#options;
    const lease = this.resolve(ref);
    if (lease.state === 'committed' && lease.receipt !== null) return lease.receipt;
    return store.transaction(() => {
      const promoted = lease.receipt?.kept ?? [];
      const kept = [...promoted, ...store.leases.owned(lease.id)];
      if (!store.leases.beginClosing(lease.id, 'committed')) throw closed(lease);
      store.leases.releaseAll(lease.id);
      const receipt: Receipt = { removed: [], saved: [], kept, failed: [] };
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
      const receipt = lease.receipt ?? { removed: [], saved: [], kept: [], failed: [] };
      store.leases.saveReceipt(lease.id, { ...receipt, kept: [...receipt.kept, ...promoted] });
      queueMicrotask(() => this.changed.emit(lease.id));
      store.changed.emit('files');
      return promoted;
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
    this.#options.store.leases.setResult(this.resolve(ref).id, text);
  }

  /** Forgets a lease that has ended, with its runs and their logs. @throws AppError `conflict` while it has not ended. */
  delete(ref: string): string {
    const { store } = this.#options;
    const lease = this.resolve(ref);
    if (lease.state === 'open' || lease.state === 'closing') {
      throw new AppError('conflict', `Lease ${lease.id} is ${lease.state}: only one that has ended is deleted.`, {
        hint: `End it first: ppl lease rollback ${lease.id}`,
        details: { lease_id: lease.id, state: lease.state },
      });
    }
    this.#forget([lease.id]);
    store.blobs.collect();
    void store.giveBack();
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
    store.blobs.collect();
    void store.giveBack();
    return { matched: ids.length, deleted, failed };
  }

  /** Discards everything. Again on a lease that ended, it answers with the receipt of that end. */
  async rollback(ref: string): Promise<Receipt> {
    return this.#end(this.resolve(ref), 'rolled_back');
  }

  /** Rolls back what has reached its deadline, found by the index, and goes on with what was closing. */
  async sweep(): Promise<void> {
    const { leases } = this.#options.store;
    const due = leases.due(Date.now()).map(id => this.get(id));
    const ids = new Map([...leases.closing(), ...due].map(lease => [lease.id, lease]));
    await Promise.allSettled([...ids.values()].map(lease => this.#end(lease, 'expired')));
  }

  /** Sets the clock for the next deadline. */
  schedule(): void {
    clearTimeout(this.#timer);
    if (this.#disposed) return;
    const next = this.#options.store.leases.nextExpiryMs();
    if (next === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.sweep()
          .catch(error => this.#options.log(`sweep: ${AppError.from(error).message}`))
          .finally(() => this.schedule());
      },
      Math.min(Math.max(0, next - Date.now()), longestNapMs),
    );
    this.#timer.unref();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }

  /** Why it could not be ended; undefined when it has. */
  async #endFor(id: string): Promise<string | undefined> {
    try {
      const { state } = this.get(id);
      if (state !== 'open' && state !== 'closing') return undefined;
      const { failed } = await this.rollback(id);
      return failed.length === 0 ? undefined : failed.map(item => `${item.id}: ${item.reason}`).join('; ');
    } catch (error) {
      return AppError.from(error).message;
    }
  }

  #forget(ids: readonly string[]): void {
    const { store } = this.#options;
    const deployments = store.transaction(() => ids.flatMap(id => store.leases.delete(id)));
    for (const id of deployments) rmSync(store.logsOf(id), { recursive: true, force: true });
  }

  #end(lease: Lease, outcome: 'rolled_back' | 'expired'): Promise<Receipt> {
    const running = this.#ending.get(lease.id);
    if (running !== undefined) return running;
    const now = this.get(lease.id);
    if (now.state !== 'open' && now.state !== 'closing') {
      if (now.state === 'committed') return Promise.reject(closed(now));
      return Promise.resolve(now.receipt ?? { removed: [], saved: [], kept: [], failed: [] });
    }
    if (this.#options.store.leases.beginClosing(lease.id, outcome)) this.changed.emit(lease.id);
    const ending = this.#discardAll(lease.id).finally(() => this.#ending.delete(lease.id));
    this.#ending.set(lease.id, ending);
    return ending;
  }

  /** Tries until everything is gone. Callers wait for the first pass only; what is left then is retried behind them. */
  async #discardAll(id: string): Promise<Receipt> {
    const first = await this.#pass(id);
    if (first.failed.length > 0) void this.#retry(id, firstRetryMs);
    return first;
  }

  async #retry(id: string, delayMs: number): Promise<void> {
    await new Promise(resolve => setTimeout(resolve, delayMs).unref());
    if (this.#disposed || this.get(id).state !== 'closing') return;
    const receipt = await this.#pass(id).catch(() => undefined);
    if (receipt === undefined || receipt.failed.length > 0) void this.#retry(id, Math.min(delayMs * 2, lastRetryMs));
  }

  async #pass(id: string): Promise<Receipt> {
    const { store, discard } = this.#options;
    const before = this.get(id).receipt;
    const receipt: Receipt = {
      removed: before?.removed ?? [],
      saved: before?.saved ?? [],
      kept: before?.kept ?? [],
      failed: [],
    };
    for (const kind of ['deployment', 'backend', 'version', 'file'] as const) {
      const items = store.leases.owned(id).filter(item => item.kind === kind);
      await Promise.all(
        items.map(async item => {
          if (kind !== 'deployment' && store.evidence.isKept(kind, item.id)) {
            store.leases.release(kind, item.id);
            receipt.kept.push(item);
            return;
          }
          try {
            const also = await discard[kind](item.id);
            receipt.removed.push(item, ...also);
          } catch (error) {
            receipt.failed.push({ ...item, reason: AppError.from(error).message });
          }
        }),
      );
    }
    store.blobs.collect();
    if (receipt.failed.length > 0) store.leases.saveReceipt(id, receipt);
    else store.leases.finish(id, receipt, Date.now());
    this.changed.emit(id);
    return receipt;
  }
}

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
