import type { Receipt, ReceiptItem } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { backoffMs } from '../base/backoff.ts';
import type { OwnedKind } from '../store/leases.ts';
import type { Store } from '../store/store.ts';

const lastRetryMs = 60_000;
/** Rows that change in one transaction: it is over before anybody waits for the host. */
const rowsAtOnce = 200;
const beginAtOnce = 1000;
/** Leases whose work on the engine is under way at the same time. */
const leasesAtOnce = 8;

/** Takes single things away. Each is idempotent, receives nothing of the lease but the thing's id, and throws when it must stay. */
export interface Discard {
  /** Resolves when nothing of it is left on the engine. */
  deployment(id: string): Promise<void>;
  backend(id: string): void;
  version(id: string): void;
  file(id: string): void;
  /** False when it stays because something else needs it. */
  image(digest: string, ref: string): Promise<boolean>;
}

export interface ClosingOptions {
  store: Store;
  discard: Discard;
  /** Told when a lease begins to close, and when something of it has gone. */
  changed: (leaseId: string) => void;
  log: (line: string) => void;
}

type RowKind = Exclude<OwnedKind, 'deployment'>;
type Reasons = Map<string, string>;

/** In the order in which they let go of each other. */
const rowKinds: readonly RowKind[] = ['backend', 'version', 'file'];

/**
 * Discards what leases own until nothing is left. What a lease owned is written down before anything of it goes, or in the same step, and
 * the receipt says of each thing what has become of it: whoever goes on after a crash, wherever it was, comes to the same receipt.
 */
export class Closing implements Disposable {
  readonly #options: ClosingOptions;
  /** Passes under way. */
  readonly #passes = new Map<string, Promise<Receipt>>();
  /** What could not be removed is tried again: when, and after how many times. */
  readonly #retries = new Map<string, { timer: NodeJS.Timeout; failures: number }>();
  #disposed = false;

  constructor(options: ClosingOptions) {
    this.#options = options;
  }

  /** Closes a lease that is open, and tries once to discard what it owns. What is left then is retried behind the caller. */
  async end(id: string, outcome: 'rolled_back' | 'expired'): Promise<Receipt> {
    const { store, changed } = this.#options;
    if (store.transaction(() => store.leases.beginClosing(id, outcome))) changed(id);
    return this.#pass(id);
  }

  /** Closes all of these that are open, many in one transaction, and then discards what they own. What fails is retried. */
  async endAll(ids: readonly string[], outcome: 'rolled_back' | 'expired'): Promise<void> {
    const { store, changed } = this.#options;
    for (let at = 0; at < ids.length; at += beginAtOnce) {
      const some = ids.slice(at, at + beginAtOnce);
      for (const id of store.transaction(() => some.filter(id => store.leases.beginClosing(id, outcome)))) changed(id);
      await turn();
    }
    const left = await this.#settleRows(ids);
    const work = async () => {
      for (let id = left.shift(); id !== undefined && !this.#disposed; id = left.shift()) {
        await this.#pass(id).catch(() => undefined);
        await turn();
      }
    };
    await Promise.all(Array.from({ length: leasesAtOnce }, work));
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const { timer } of this.#retries.values()) clearTimeout(timer);
    this.#retries.clear();
  }

  #pass(id: string): Promise<Receipt> {
    const running = this.#passes.get(id);
    if (running !== undefined) return running;
    clearTimeout(this.#retries.get(id)?.timer);
    const pass = this.#discardAll(id)
      .then(
        receipt => {
          if (receipt.failed.length > 0) this.#retryLater(id);
          else this.#retries.delete(id);
          return receipt;
        },
        error => {
          if (!this.#disposed) this.#options.log(`${id}: ${AppError.from(error).message}`);
          this.#retryLater(id);
          throw error;
        },
      )
      .finally(() => this.#passes.delete(id));
    this.#passes.set(id, pass);
    return pass;
  }

  #retryLater(id: string): void {
    if (this.#disposed) return;
    const failures = (this.#retries.get(id)?.failures ?? 0) + 1;
    const timer = setTimeout(() => void this.#pass(id).catch(() => undefined), backoffMs(failures, lastRetryMs));
    timer.unref();
    this.#retries.set(id, { timer, failures });
  }

  /** Ends those that own nothing but rows, many in one transaction; returns the others and what is left of these. */
  async #settleRows(ids: readonly string[]): Promise<string[]> {
    const { store, changed } = this.#options;
    const others: string[] = [];
    for (let at = 0; at < ids.length && !this.#disposed; ) {
      const batch: string[] = [];
      try {
        store.transaction(() => {
          for (let rows = 0; rows < rowsAtOnce && at + batch.length < ids.length; ) {
            const id = ids[at + batch.length] as string;
            batch.push(id);
            if (store.leases.get(id)?.state !== 'closing' || this.#passes.has(id)) continue;
            const owned = store.leases.ownedWithImages(id);
            rows += 1 + owned.length;
            if (!isFewRows(owned) || !this.#discardRows(id, owned)) others.push(id);
          }
        });
        for (const id of batch) changed(id);
        store.blobs.collect();
      } catch {
        // Each for itself then, and who fails says why.
        others.push(...batch);
      }
      at += batch.length;
      await turn();
    }
    return [...new Set(others)];
  }

  async #discardAll(id: string): Promise<Receipt> {
    const { store, changed } = this.#options;
    const lease = store.leases.get(id);
    if (lease?.state !== 'closing') return lease?.receipt ?? nothing();
    const noted = lease.owned_at_end ?? store.leases.ownedWithImages(id);
    if (lease.owned_at_end === null) store.transaction(() => store.leases.noteOwned(id, noted));
    const reasons: Reasons = new Map();
    await Promise.all(
      ofKind(store.leases.owned(id), 'deployment').map(item =>
        this.#options.discard.deployment(item.id).catch(error => reasons.set(item.id, AppError.from(error).message)),
      ),
    );
    for (const kind of rowKinds) {
      const items = ofKind(store.leases.owned(id), kind);
      for (let at = 0; at < items.length; at += rowsAtOnce) {
        const some = items.slice(at, at + rowsAtOnce);
        store.transaction(() => {
          for (const item of some) this.#discardRow(id, kind, item.id, reasons);
        });
        if (at + rowsAtOnce < items.length) await turn();
      }
    }
    const images = new Set<string>();
    for (const image of ofKind(noted, 'image')) {
      try {
        if (await this.#options.discard.image(image.id, image.name ?? '')) images.add(image.id);
      } catch (error) {
        reasons.set(image.id, AppError.from(error).message);
      }
    }
    const receipt = store.transaction(() => this.#conclude(id, noted, reasons, images));
    store.blobs.collect();
    changed(id);
    return receipt;
  }

  /** Ends a lease that owns nothing but rows; false when something of it stays. Nothing of this is seen before all of it is done. */
  #discardRows(id: string, owned: readonly ReceiptItem[]): boolean {
    const { leases } = this.#options.store;
    if (leases.get(id)?.owned_at_end !== null) return false;
    const reasons: Reasons = new Map();
    for (const item of owned) this.#discardRow(id, item.kind as RowKind, item.id, reasons);
    const hasEnded = this.#conclude(id, owned, reasons, new Set()).failed.length === 0;
    if (!hasEnded) leases.noteOwned(id, owned);
    return hasEnded;
  }

  /** What evidence names, or something outside of the lease needs, becomes the workspace's: a lease can always end. */
  #discardRow(leaseId: string, kind: RowKind, id: string, reasons: Reasons): void {
    const { store, discard } = this.#options;
    const isKept = store.evidence.isKept(kind, id);
    if (isKept || store.isNeededElsewhere(kind, id, leaseId)) {
      if (isKept) store.evidence.handedOver(kind, id, leaseId);
      store.leases.release(kind, id);
      return;
    }
    try {
      discard[kind](id);
    } catch (error) {
      if (!(error instanceof AppError) || !refusals.has(error.code)) throw error;
      reasons.set(id, error.message);
    }
  }

  /** Ends the lease if nothing of it is left. */
  #conclude(id: string, noted: readonly ReceiptItem[], reasons: Reasons, images: ReadonlySet<string>): Receipt {
    const { leases } = this.#options.store;
    const receipt = this.#receiptOf(id, noted, reasons, images);
    if (receipt.failed.length > 0) leases.saveReceipt(id, receipt);
    else leases.finish(id, receipt, Date.now());
    return receipt;
  }

  #receiptOf(id: string, noted: readonly ReceiptItem[], reasons: Reasons, images: ReadonlySet<string>): Receipt {
    const { leases } = this.#options.store;
    const receipt: Receipt = { ...(leases.get(id)?.receipt ?? nothing()), failed: [] };
    const told = new Set([...receipt.removed, ...receipt.saved, ...receipt.kept].map(({ id }) => id));
    const left = new Set(leases.owned(id).map(item => item.id));
    const removed: ReceiptItem[] = [];
    const kept: ReceiptItem[] = [];
    for (const item of noted) {
      const reason = reasons.get(item.id);
      if (left.has(item.id) || (item.kind === 'image' && reason !== undefined))
        receipt.failed.push({ ...item, reason: reason ?? 'It is not gone yet.' });
      else if (told.has(item.id)) continue;
      else if (item.kind === 'image') {
        if (images.has(item.id)) removed.push(item);
      } else if (leases.isKept(item.kind as OwnedKind, item.id)) kept.push(item);
      else removed.push(item);
    }
    return { ...receipt, removed: [...receipt.removed, ...removed], kept: [...receipt.kept, ...kept] };
  }
}

/** What says of one thing that it cannot go; any other error is of the database or the disk, and of the whole pass. */
const refusals: ReadonlySet<string> = new Set(['in_use', 'topology_locked', 'conflict']);

function isFewRows(owned: readonly ReceiptItem[]): boolean {
  return owned.length < rowsAtOnce && owned.every(({ kind }) => kind === 'backend' || kind === 'file');
}

/** Lets the host do its other work. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

function nothing(): Receipt {
  return { removed: [], saved: [], kept: [], failed: [] };
}

function ofKind(items: readonly ReceiptItem[], kind: ReceiptItem['kind']): ReceiptItem[] {
  return items.filter(item => item.kind === kind);
}
