import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ReceiptItem } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Version } from '../store/components.ts';
import type { KeptThing } from '../store/evidence.ts';
import type { Store } from '../store/store.ts';

/** In the order in which they let go of each other. */
const kinds = ['backend', 'version', 'file'] as const;
type Kind = (typeof kinds)[number];
type Evidence = ReturnType<Store['evidence']['unrecorded']>[number];

export interface UnrecordedOptions {
  store: Store;
  /** Each takes a thing away, or throws when something needs it. */
  discard: Readonly<Record<Kind, (id: string) => void>>;
  /** Takes the image of versions from the engine, unless another needs it. */
  discardImage: (digest: string, ref: string) => Promise<unknown>;
  log: (line: string) => void;
}

/**
 * Evidence that does not come to be recorded. A lease that ends hands over to the workspace what evidence of its run names; nobody was told of
 * this evidence, so nothing of it stays. What a person committed or promoted was not handed over for it, and stays.
 */
export class Unrecorded {
  readonly #options: UnrecordedOptions;

  constructor(options: UnrecordedOptions) {
    this.#options = options;
  }

  /** Lets go of all that evidence of a lease's run would have kept, and of its bundle. What something else came to need meanwhile stays. */
  async dropOf(leaseId: string): Promise<void> {
    const { store, discardImage, log } = this.#options;
    for (const evidence of store.evidence.unrecorded(leaseId)) {
      for (const { image_digest, image_ref } of this.#drop(evidence))
        await discardImage(image_digest, image_ref).catch(error =>
          log(`${image_ref}: ${AppError.from(error).message}`),
        );
    }
  }

  /** For the start of a host, when no proof is under way; images that nothing needs any more are looked for after it. */
  dropAll(): void {
    const { store, log } = this.#options;
    for (const evidence of store.evidence.unrecorded()) {
      try {
        this.#drop(evidence);
      } catch (error) {
        log(`${evidence.evidence_id}: ${AppError.from(error).message}`);
      }
    }
  }

  /** Returns the versions that are gone. */
  #drop({ evidence_id, lease_id, things }: Evidence): Version[] {
    const { store } = this.#options;
    const versions = things.flatMap(({ id }) => store.components.version(id) ?? []);
    rmSync(join(store.home, 'bundles', `${evidence_id}.proof`), { force: true });
    store.transaction(() => {
      store.evidence.dropKeeps(evidence_id);
      const gone = kinds.flatMap(kind => things.filter(thing => thing.kind === kind && this.#discard(kind, thing)));
      if (lease_id !== null) this.#tell(lease_id, new Set(gone.map(({ id }) => id)));
    });
    store.blobs.collect();
    return versions.filter(({ id }) => store.components.version(id) === undefined);
  }

  #discard(kind: Kind, { id }: KeptThing): boolean {
    const { store, discard } = this.#options;
    if (!store.leases.isKept(kind, id) || store.components.version(id)?.state === 'released') return false;
    try {
      discard[kind](id);
      return true;
    } catch (error) {
      if (error instanceof AppError && inUse.has(error.code)) return false;
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

const inUse: ReadonlySet<string> = new Set(['in_use', 'topology_locked', 'conflict']);
