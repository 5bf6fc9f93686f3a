import type { Engine } from '../engine/engine.ts';

/** Whether something of ours on an engine belongs to nothing any more. */
export type IsOrphan = (labels: Record<string, string>, name: string) => boolean;

/** Removes the containers, networks and volumes that carry `own` labels and are orphans, in the order in which they let go of each other. */
export async function sweepEngine(engine: Engine, own: Record<string, string>, isOrphan: IsOrphan): Promise<void> {
  for (const { id, labels, name } of await engine.listContainers(own)) {
    if (isOrphan(labels, name)) await engine.removeContainer(id);
  }
  for (const { id, labels, name } of await engine.listNetworks(own)) {
    if (isOrphan(labels, name)) await engine.removeNetwork(id);
  }
  for (const { name, labels } of await engine.listVolumes(own)) {
    if (isOrphan(labels, name)) await engine.removeVolume(name);
  }
}
