import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DeploymentPlan } from '../deploy/plan.ts';
import { RangeReader } from '../deploy/range-reader.ts';
import type { Store } from '../store/store.ts';
import { type ArchiveEntry, textEntry } from './archive.ts';
import { SecretMask } from './secret-mask.ts';

const tailBytes = 2 ** 20;

/** The end of what the host wrote of its work. It tells of other leases, too: no token of theirs is given away either. */
export function hostLogEntry(store: Store, secrets: ReadonlySet<string>): ArchiveEntry | undefined {
  const path = join(store.home, 'host.log');
  if (!existsSync(path)) return undefined;
  const { size } = statSync(path);
  using reader = new RangeReader(path);
  const bytes = reader.read(Math.max(0, size - tailBytes), Math.min(size, tailBytes));
  const tail = size > tailBytes ? bytes.subarray(bytes.indexOf(0x0a) + 1) : bytes;
  const text = tail.toString('utf8');
  const inIt = [...text.matchAll(/(?<![\w-])[\w-]{32}(?![\w-])/g)].map(([token]) => token);
  const tokens = inIt.filter(
    token => store.backends.endpointByTokenHash(createHash('sha256').update(token).digest('hex')) !== undefined,
  );
  const ofContainers = store.deployments
    .notGone()
    .flatMap(({ plan }) => (JSON.parse(plan) as DeploymentPlan).vertices.map(vertex => vertex.token));
  const mask = new SecretMask([...secrets, ...tokens, ...ofContainers]);
  const entry = textEntry('host.log', text);
  return { path: entry.path, masked: true, read: onMasked => mask.mask(entry.read(onMasked), onMasked) };
}
