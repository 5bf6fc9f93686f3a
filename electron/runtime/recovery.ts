import { AppError } from '../../shared/errors.ts';
import { within } from './base/within.ts';
import type { Catalog } from './catalog/catalog.ts';
import type { ImageBuilder } from './catalog/images/image-builder.ts';
import type { Deployer } from './deploy/deployer.ts';
import type { Gateway } from './deploy/gateway.ts';
import type { Unrecorded } from './evidence/unrecorded.ts';
import type { Callers } from './lease/callers.ts';
import type { Leases } from './lease/leases.ts';
import type { Runs } from './proof/runs.ts';
import type { Store } from './store/store.ts';

/** So long leases that are due wait for runs that were broken off to tell of what goes with them. */
const headStartMs = 10_000;

/** What a former host left things in. */
export interface Recovered {
  store: Pick<Store, 'blobs' | 'sweepLogs' | 'sweepUnfinished'>;
  unrecorded: Pick<Unrecorded, 'dropAll'>;
  catalog: Pick<Catalog, 'sweepImages'>;
  images: Pick<ImageBuilder, 'sweep'>;
  gateway: Pick<Gateway, 'sweep'>;
  deployer: Pick<Deployer, 'recover'>;
  leases: Pick<Leases, 'sweep' | 'schedule'>;
  callers: Pick<Callers, 'recover'>;
  runs: Pick<Runs, 'recover'>;
  log: (line: string) => void;
}

/**
 * Takes over what a former host left. What needs Docker is tried now and, if Docker does not answer, left as it is recorded: the next host
 * tries again. Leases end without waiting for it. Nothing more is begun once `left` aborts.
 */
export async function recover(
  { store, unrecorded, catalog, images, gateway, deployer, leases, callers, runs, log }: Recovered,
  left: AbortSignal,
): Promise<void> {
  const attempt = async (what: string, work: () => unknown) => {
    if (left.aborted) return;
    try {
      await work();
    } catch (error) {
      if (!left.aborted) log(`recovery, ${what}: ${AppError.from(error).message}`);
    }
  };
  await attempt('blobs', () => dropUnowned(store, unrecorded));
  const broken = attempt('runs', () => runs.recover());
  await within(headStartMs, broken);
  await attempt('callers', () => callers.recover());
  const swept = attempt('leases', () => leases.sweep());
  await attempt('deadlines', () => leases.schedule());
  // A deployment of a run that was broken off is not one to take over.
  await broken;
  await attempt('deployments', () => deployer.recover());
  await swept;
  await attempt('images', () => catalog.sweepImages());
  await attempt('gateway', () => gateway.sweep());
  await attempt('cache', () => images.sweep());
}

/** What a host that died had begun to keep and nobody came to own. */
function dropUnowned(store: Recovered['store'], unrecorded: Recovered['unrecorded']): void {
  unrecorded.dropAll();
  store.sweepLogs();
  store.sweepUnfinished();
  store.blobs.sweepFiles();
  store.blobs.collect();
}
