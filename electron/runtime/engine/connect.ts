import { DockerEngine } from './docker-engine.ts';
import type { Engine } from './engine.ts';
import { locateEngine } from './locate.ts';

export interface ConnectOptions {
  signal?: AbortSignal;
  /** Hears when a call finds the engine gone, this first one included. */
  onLost?: () => void;
}

/** The user's engine, once it has answered; throws `docker_unreachable` or `docker_denied` otherwise. */
export async function connectEngine(env: NodeJS.ProcessEnv, options: ConnectOptions = {}): Promise<Engine> {
  const engine = new DockerEngine(locateEngine({ env }), options.onLost);
  await engine.info(options.signal);
  return engine;
}
