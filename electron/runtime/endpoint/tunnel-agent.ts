import { Agent, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';

export interface TunnelTarget {
  /** The running deployment: tunnels of one that is gone are never used for the next. */
  deployment_id: string;
  vertex_id: string;
  name: string;
}

/**
 * Keeps tunnels to components open between requests, as an http.Agent keeps sockets: a POST then costs no new connection
 * inside the engine.
 */
export class TunnelAgent extends Agent {
  readonly #open: (target: TunnelTarget) => Promise<Duplex>;

  constructor(open: (target: TunnelTarget) => Promise<Duplex>) {
    super({ keepAlive: true, maxFreeSockets: 16 });
    this.#open = open;
  }

  override getName(options?: ClientRequestArgs & { target?: TunnelTarget }): string {
    const target = options?.target;
    return target === undefined ? '' : `${target.deployment_id}/${target.vertex_id}/${target.name}`;
  }

  override createConnection(
    options: ClientRequestArgs & { target?: TunnelTarget },
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#open(options.target as TunnelTarget).then(
      stream => callback?.(null, stream),
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  }
}
