import { AppError } from '../../../shared/errors.ts';
import type { EngineInfo } from '../engine/engine.ts';
import type { DeploymentPlan, PlannedVertex } from './plan.ts';
import { maxVertices } from './subnet.ts';

/** Kept free for containers' logs and the database: with less, everything on the laptop begins to fail. */
const spareDiskBytes = 512 * 2 ** 20;

/**
 * Refuses what cannot run before anything is started (docs/deployments.txt, Lifecycle): memory, CPUs that were asked for, GPUs, disk and
 * network addresses are what the engine has less what live deployments reserved.
 * @throws AppError `no_nodes_available` naming need and headroom.
 */
export function checkPlacement(plan: DeploymentPlan, engine: EngineInfo, live: readonly DeploymentPlan[]): void {
  const reserved = (of: (vertex: PlannedVertex) => number) => sum(live.flatMap(other => other.vertices.map(of)));
  const needed = (of: (vertex: PlannedVertex) => number) => sum(plan.vertices.map(of));

  if (plan.vertices.length > maxVertices) {
    throw noRoom(
      `its ${plan.vertices.length} vertices need as many network addresses, and a deployment's network has ${maxVertices}`,
      'Split the graph over two backends.',
      { need_addresses: plan.vertices.length, headroom_addresses: maxVertices },
    );
  }
  const memory = (vertex: PlannedVertex) => vertex.memory_bytes;
  const freeMemory = Math.max(0, engine.memoryBytes - reserved(memory));
  if (needed(memory) > freeMemory) {
    throw noRoom(
      `it needs ${mebibytes(needed(memory))} of memory and ${mebibytes(freeMemory)} of ${mebibytes(engine.memoryBytes)} are free of other deployments`,
      'Undeploy something, lower resources.memory in component.yml, or give Docker more memory.',
      { need_bytes: needed(memory), headroom_bytes: freeMemory, engine_bytes: engine.memoryBytes },
    );
  }
  const greedy = plan.vertices.find(vertex => vertex.cpus > engine.cpus);
  if (greedy !== undefined) {
    throw noRoom(
      `vertex ${greedy.alias} needs ${greedy.cpus} CPUs and the engine has ${engine.cpus}`,
      'Lower resources.cpus in component.yml.',
      { need_cpus: greedy.cpus, headroom_cpus: engine.cpus, engine_cpus: engine.cpus },
    );
  }
  const cpus = (vertex: PlannedVertex) => vertex.reserved_cpus ?? 0;
  const freeCpus = Math.max(0, engine.cpus - reserved(cpus));
  if (needed(cpus) > freeCpus) {
    throw noRoom(
      `it needs ${needed(cpus)} CPUs and ${freeCpus} of ${engine.cpus} are free of other deployments`,
      'Undeploy something, or lower resources.cpus in component.yml.',
      { need_cpus: needed(cpus), headroom_cpus: freeCpus, engine_cpus: engine.cpus },
    );
  }
  const gpus = (vertex: PlannedVertex) => vertex.gpus ?? 0;
  if (needed(gpus) > 0 && !engine.hasGpu) {
    throw noRoom(
      `it needs ${needed(gpus)} GPU${needed(gpus) === 1 ? '' : 's'} and this engine has none for containers`,
      'Install the NVIDIA container toolkit where Docker runs, or set resources.gpu to 0 in component.yml.',
      { need_gpus: needed(gpus), headroom_gpus: 0 },
    );
  }
  if (engine.diskFreeBytes !== null && engine.diskFreeBytes < spareDiskBytes) {
    throw noRoom(
      `it needs ${mebibytes(spareDiskBytes)} free on Docker's disk and ${mebibytes(engine.diskFreeBytes)} are`,
      'Free some space, for example with: docker system prune.',
      { need_disk_bytes: spareDiskBytes, headroom_disk_bytes: engine.diskFreeBytes },
    );
  }
}

function noRoom(what: string, hint: string, details: Record<string, number>): AppError {
  return new AppError('no_nodes_available', `No room for this backend: ${what}.`, { hint, details });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
