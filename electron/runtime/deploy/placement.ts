import { AppError } from '../../../shared/errors.ts';
import type { EngineInfo } from '../engine/engine.ts';
import type { DeploymentPlan } from './plan.ts';

/**
 * Refuses what cannot run before anything is started (docs/deployments.txt, Lifecycle): memory is what the engine has
 * less what live deployments reserved; a CPU limit may not exceed the engine's.
 * @throws AppError `no_nodes_available` naming need and headroom.
 */
export function checkPlacement(plan: DeploymentPlan, engine: EngineInfo, live: readonly DeploymentPlan[]): void {
  const reserved = live.reduce((sum, other) => sum + memoryOf(other), 0);
  const need = memoryOf(plan);
  const headroom = engine.memoryBytes - reserved;
  if (need > headroom) {
    throw new AppError(
      'no_nodes_available',
      `No room for this backend: it needs ${mebibytes(need)} of memory and ${mebibytes(Math.max(0, headroom))} of ${mebibytes(engine.memoryBytes)} are free of other deployments.`,
      {
        hint: 'Undeploy something, lower resources.memory in component.yml, or give Docker more memory.',
        details: { need_bytes: need, headroom_bytes: headroom, engine_bytes: engine.memoryBytes },
      },
    );
  }
  for (const vertex of plan.vertices) {
    if (vertex.cpus <= engine.cpus) continue;
    throw new AppError(
      'no_nodes_available',
      `Vertex ${vertex.alias} needs ${vertex.cpus} CPUs and the engine has ${engine.cpus}.`,
      { hint: 'Lower resources.cpus in component.yml.', details: { need_cpus: vertex.cpus, engine_cpus: engine.cpus } },
    );
  }
}

function memoryOf(plan: DeploymentPlan): number {
  return plan.vertices.reduce((sum, vertex) => sum + vertex.memory_bytes, 0);
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
