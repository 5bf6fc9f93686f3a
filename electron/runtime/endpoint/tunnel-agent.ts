import { Agent, type ClientRequest, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';

export interface TunnelTarget {
  /** The running deployment: tunnels of one that is gone are never used for the next. */
  deployment_id: string;
  vertex_id: string;
  name: string;
}

/** Less than a component keeps an idle connection, so that none is used again that is just being closed. */
const idleMs = 30_000;

/**
 * Keeps tunnels to components open between requests, as an http.Agent keeps sockets: a POST then costs no new connection
 * inside the engine.
 */
export class TunnelAgent extends Agent {
  readonly #open: (target: TunnelTarget) => Promise<Duplex>;
  readonly #idle = new WeakMap<Duplex, NodeJS.Timeout>();
  readonly #free = new WeakSet<Duplex>();

  constructor(open: (target: TunnelTarget) => Promise<Duplex>) {
    super({ keepAlive: true, maxFreeSockets: 16 });
    this.#open = open;
  }

  override keepSocketAlive(stream: Duplex): boolean {
    const idle = this.#idle.get(stream) ?? setTimeout(() => this.#free.has(stream) && stream.destroy(), idleMs).unref();
    this.#idle.set(stream, idle.refresh());
    this.#free.add(stream);
    return true;
  }

  override reuseSocket(stream: Duplex, request: ClientRequest): void {
    this.#free.delete(stream);
    super.reuseSocket(stream, request);
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
      stream => {
        // An end from the component is the end: it must not be kept for another request.
        stream.once('end', () => stream.end());
        callback?.(null, stream);
      },
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  }
}
