import { AppError } from '../../../shared/errors.ts';
import { SingleFlight } from '../base/single-flight.ts';
import type { Engine } from '../engine/engine.ts';
import { labels } from '../engine/labels.ts';
import { GatewaySession } from './gateway-session.ts';

/** How long a gateway without a deployment stays: the next deploy is then a warm one (DESIGN §1). */
const idleMs = 45_000;

export interface GatewayOptions {
  engine: () => Promise<Engine>;
  /** The gateway's image on the engine, made if need be. */
  image: (signal?: AbortSignal) => Promise<{ ref: string }>;
  workspaceId: string;
  log: (line: string) => void;
}

/** The workspace's one gateway container on an engine: started when first needed, gone when not. */
export class Gateway implements AsyncDisposable {
  readonly #options: GatewayOptions;
  readonly #users = new Set<string>();
  #container: string | undefined;
  #session: GatewaySession | undefined;
  readonly #starts = new SingleFlight();
  /** Settles when no start is under way, those that were given up among them. */
  #started: Promise<unknown> = Promise.resolve();
  #starting = 0;
  #idle: NodeJS.Timeout | undefined;
  #removing: Promise<void> = Promise.resolve();

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Its id on the engine, once it is up. */
  get containerId(): string | undefined {
    return this.#container;
  }

  /** Keeps the gateway until `release(user)`; safe to call again. */
  hold(user: string): void {
    clearTimeout(this.#idle);
    this.#users.add(user);
  }

  release(user: string): void {
    this.#users.delete(user);
    this.#leaveWhenIdle();
  }

  #leaveWhenIdle(): void {
    if (this.#users.size > 0 || this.#container === undefined) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#remove().catch(error => this.#options.log(`gateway not removed: ${error}`));
    }, idleMs);
    this.#idle.unref();
  }

  /** A live session, starting the container or joining the one a former host left. */
  async session(signal?: AbortSignal): Promise<GatewaySession> {
    if (this.#session?.isOpen) return this.#session;
    return this.#starts.run('session', signal, noneIsLeft => {
      const start = this.#started.then(() => this.#start(noneIsLeft));
      this.#starting += 1;
      this.#started = start
        .catch(() => undefined)
        .finally(() => {
          this.#starting -= 1;
          this.#leaveWhenIdle();
        });
      return start;
    });
  }

  /** Removes what a former host left, if nothing has come to need it since. */
  async sweep(): Promise<void> {
    if (this.#users.size > 0 || this.#starting > 0 || this.#container !== undefined) return;
    const swept = (async () => {
      const engine = await this.#options.engine();
      for (const { id } of await engine.listContainers(this.#labels())) await engine.removeContainer(id);
    })();
    this.#removing = swept.catch(() => undefined);
    await swept;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#started;
    clearTimeout(this.#idle);
    if (this.#users.size > 0) return this.#session?.close();
    try {
      await this.#remove();
      // One that was asked for when Docker was lost may have come to be, and nobody was told its id.
      await this.sweep();
    } catch (error) {
      this.#options.log(`gateway not removed: ${AppError.from(error).message}`);
    }
  }

  async #start(signal: AbortSignal): Promise<GatewaySession> {
    if (this.#session?.isOpen) return this.#session;
    const engine = await this.#options.engine();
    const image = await this.#options.image(signal);
    await this.#removing;
    const own = this.#labels();
    const wanted = { ...own, [labels.image]: image.ref };
    for (const container of await engine.listContainers(own)) {
      if (container.running && container.labels[labels.image] === image.ref) this.#container = container.id;
      else await engine.removeContainer(container.id);
    }
    if (this.#container === undefined || (await engine.inspectContainer(this.#container))?.running !== true) {
      this.#container = await engine.createContainer(
        {
          name: `proofbench-gateway-${this.#options.workspaceId.slice(-12)}`,
          image: image.ref,
          env: {},
          labels: wanted,
          network: 'bridge',
          memoryBytes: 512 * 2 ** 20,
          cpus: 1,
          pids: 256,
          tmpfs: { '/tmp': 16 * 2 ** 20, '/run/proofbench': 2 ** 20 },
        },
        signal,
      );
      await engine.startContainer(this.#container);
    }
    this.#session = await this.#connect(engine, this.#container, signal);
    return this.#session;
  }

  /** The relay fails until the gateway listens; a gateway that does not within ten seconds is reported with its words. */
  async #connect(engine: Engine, container: string, signal: AbortSignal): Promise<GatewaySession> {
    let reason = '';
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
      signal.throwIfAborted();
      const exec = await engine.exec(container, ['node', '/opt/gateway/relay.js']);
      const session = new GatewaySession(exec);
      try {
        await session.health();
        return session;
      } catch (error) {
        reason = exec.stderrText() || String(error);
        session.close();
        await new Promise(resolve => setTimeout(resolve, 25));
      }
    }
    throw new AppError('deploy_failed', `The gateway container did not answer within 10 s: ${reason}`, {
      hint: 'Run `ppl doctor`; if Docker is fine, remove the container and try again.',
      details: { container },
    });
  }

  #labels(): Record<string, string> {
    return { [labels.workspace]: this.#options.workspaceId, [labels.role]: 'gateway' };
  }

  #remove(): Promise<void> {
    const container = this.#container;
    this.#session?.close();
    this.#session = undefined;
    this.#container = undefined;
    if (container === undefined) return this.#removing;
    const removed = this.#options.engine().then(engine => engine.removeContainer(container));
    this.#removing = removed.catch(() => undefined);
    return removed;
  }
}
