import { DockerEngine } from './docker-engine.ts';
import type { Engine } from './engine.ts';
import { locateEngine } from './locate.ts';

/** The user's engine, once it has answered; throws `docker_unreachable` or `docker_denied` otherwise. */
export async function connectEngine(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<Engine> {
  const engine = new DockerEngine(locateEngine({ env }));
  await engine.info(signal);
  return engine;
}
