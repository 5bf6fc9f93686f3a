import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ReceiptItem } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Version } from '../store/components.ts';
import type { KeptKind } from '../store/evidence.ts';
import type { Store } from '../store/store.ts';

const prefix = 'unrecorded:';
/** In the order in which they let go of each other. */
const kinds = ['backend', 'version', 'file'] as const;
type Kind = (typeof kinds)[number];
export type Thing = { kind: KeptKind; id: string };
/** What evidence keeps that a lease owned until then. */
type Note = { lease_id: string; things: Thing[] };

export interface UnrecordedOptions {
  store: Store;
  /** Each takes a thing away, or throws when something needs it. */
  discard: Readonly<Record<Kind, (id: string) => void>>;
  /** Takes the image of versions from the engine, unless another needs it. */
  discardImage: (digest: string, ref: string) => Promise<unknown>;
  log: (line: string) => void;
}

/**
 * Evidence on its way: what it names is kept from the end of its lease, and belongs to the workspace then. Of evidence that does not come to
 * be recorded nobody was told, so nothing of it stays.
 */
export class Unrecorded {
  readonly #options: UnrecordedOptions;

  constructor(options: UnrecordedOptions) {
    this.#options = options;
  }

  /** Keeps what new evidence of a lease's run names. */
  begin(evidenceId: string, leaseId: string, named: readonly Thing[]): void {
    const { store } = this.#options;
    const owned = new Set(store.leases.owned(leaseId).map(({ id }) => id));
    const note: Note = { lease_id: leaseId, things: named.filter(({ id }) => owned.has(id)) };
    store.transaction(() => {
      store.evidence.keep(evidenceId, named);
      store.settings.set(prefix + evidenceId, JSON.stringify(note));
    });
  }

  /** Part of the transaction that records it. */
  recorded(evidenceId: string): void {
    this.#options.store.settings.delete(prefix + evidenceId);
  }

  /** Lets go of all that evidence of a lease's run would have kept, and of its bundle. What something else came to need meanwhile stays. */
  async dropOf(leaseId: string): Promise<void> {
    const { discardImage, log } = this.#options;
    for (const evidenceId of this.#ids()) {
      const note = this.#note(evidenceId);
      if (note.lease_id !== leaseId) continue;
      for (const { image_digest, image_ref } of this.#drop(evidenceId, note))
        await discardImage(image_digest, image_ref).catch(error =>
          log(`${image_ref}: ${AppError.from(error).message}`),
        );
    }
  }

  /** For the start of a host, when no proof is under way; images that nothing needs any more are looked for after it. */
  dropAll(): void {
    for (const evidenceId of this.#ids()) {
      try {
        this.#drop(evidenceId, this.#note(evidenceId));
      } catch (error) {
        this.#options.log(`${evidenceId}: ${AppError.from(error).message}`);
      }
    }
  }

  #ids(): string[] {
    return this.#options.store.settings.keysAfter(prefix);
  }

  #note(evidenceId: string): Note {
    return JSON.parse(this.#options.store.settings.get(prefix + evidenceId) as string) as Note;
  }

  /** Returns the versions that are gone. */
  #drop(evidenceId: string, { lease_id, things }: Note): Version[] {
    const { store } = this.#options;
    const versions = things.flatMap(({ id }) => store.components.version(id) ?? []);
    rmSync(join(store.home, 'bundles', `${evidenceId}.proof`), { force: true });
    store.transaction(() => {
      store.evidence.dropKeeps(evidenceId);
      const gone = new Set(
        kinds.flatMap(kind =>
          things.filter(thing => thing.kind === kind && this.#discard(kind, thing.id)).map(({ id }) => id),
        ),
      );
      this.#tell(lease_id, gone);
      store.settings.delete(prefix + evidenceId);
    });
    store.blobs.collect();
    return versions.filter(({ id }) => store.components.version(id) === undefined);
  }

  /** What its lease owns still goes with that. */
  #discard(kind: Kind, id: string): boolean {
    const { store, discard } = this.#options;
    if (!store.leases.isKept(kind, id)) return false;
    try {
      discard[kind](id);
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'in_use') return false;
      throw error;
    }
  }

  /** The receipt of a lease that has ended said that they were kept. */
  #tell(leaseId: string, gone: ReadonlySet<string>): void {
    const { leases } = this.#options.store;
    const receipt = leases.get(leaseId)?.receipt;
    if (gone.size === 0 || receipt == null) return;
    const isGone = ({ id }: ReceiptItem) => gone.has(id);
    leases.saveReceipt(leaseId, {
      ...receipt,
      kept: receipt.kept.filter(item => !isGone(item)),
      removed: [...receipt.removed, ...receipt.kept.filter(isGone)],
    });
  }
}
