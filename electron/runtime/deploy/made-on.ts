import { AppError } from '../../../shared/errors.ts';
import type { Engine, EngineInfo } from '../engine/engine.ts';
import { deploymentCeilingMs } from '../engine/runtimes.ts';
import type { Deployment } from '../store/deployments.ts';

/** What is recorded of the engine that a deployment is made on; `again` is a second answer of its. */
export function madeOn(
  engine: Engine,
  info: EngineInfo,
  again: EngineInfo,
): Required<Pick<Deployment, 'made_on_id' | 'made_on_host'>> {
  // Podman gives itself another id in each answer: such an engine cannot be told from another.
  const isKnown = info.id !== '' && info.id === again.id;
  return { made_on_id: isKnown ? info.id : null, made_on_host: engine.host };
}

/**
 * Why this engine knows nothing of a deployment, when it was made on another: that it is not there says nothing then. Past the longest
 * that a deployment may live nothing of it runs wherever it was made, and what lies there is swept when that engine is the user's again.
 *
 * Another engine at the same address is taken for the one that was there, reset (Docker Desktop's purge, a virtual machine made anew, a
 * fresh one in CI): what it had is gone with it, and no advice could bring it back. Should the former come back there after all, its
 * containers have ended at their own deadline, and by their labels they are swept.
 */
export function elsewhere(
  { id, made_on_id, made_on_host, created_at_ms }: Deployment,
  engine: Engine,
  info: EngineInfo,
): AppError | undefined {
  const isHere = made_on_id == null || made_on_id === info.id || made_on_host === engine.host;
  if (isHere || Date.now() > created_at_ms + deploymentCeilingMs) return undefined;
  return new AppError(
    'docker_unreachable',
    `Deployment ${id} was made on the Docker engine at ${made_on_host}; the one at ${engine.host} is another and knows nothing of it.`,
    {
      hint: `Choose that engine again (docker context use, or DOCKER_HOST=${made_on_host}): it is tried again.`,
      details: { deployment_id: id, made_on: made_on_host, host: engine.host },
    },
  );
}
