import type { Handlers } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { openRuntime, type Runtime } from '../runtime/runtime.ts';
import { takeLock } from './lock.ts';
import { type Port, servePort } from './port-server.ts';
import { HostServer } from './server.ts';
import { socketPath } from './socket-path.ts';

export interface HostOptions {
  home: string;
  env: NodeJS.ProcessEnv;
  resources: string;
  version: string;
  log: (line: string) => void;
  /** The app that this host belongs to: its session is there for as long as the host is. */
  owner?: { session: string; pid: number };
  /**
   * A background host leaves by itself when nobody is connected and nothing is live for so long: longer while the workspace has endpoints,
   * whose URLs were given away and answer 404 only as long as somebody listens.
   */
  lingerMs?: { idle: number; withEndpoints: number };
}

/** A host at work: it owns the workspace until it has left. */
export interface Host extends AsyncDisposable {
  /** Resolves when it has left: asked to, or because nobody needed it. */
  readonly left: Promise<void>;
  /** Finishes what cannot be interrupted, lets go of the workspace and leaves. Idempotent. */
  leave(): Promise<void>;
  /** Serves a window of the owner over a port. */
  serve(port: Port): void;
}

/** Takes the workspace and serves it; undefined when another process owns it. */
export async function startHost(options: HostOptions): Promise<Host | undefined> {
  const lock = await takeLock(options.home);
  if (lock === undefined) return undefined;
  let runtime: Runtime;
  try {
    runtime = await openRuntime(options);
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
  const left = Promise.withResolvers<void>();
  let leaving: Promise<void> | undefined;
  const leave = () => {
    leaving ??= (async () => {
      clearInterval(idleWatch);
      try {
        await server[Symbol.asyncDispose]();
        await runtime[Symbol.asyncDispose]();
      } catch (error) {
        options.log(`leaving: ${error instanceof Error ? error.stack : error}`);
      } finally {
        lock[Symbol.dispose]();
        left.resolve();
      }
    })();
    return leaving;
  };
  const handlers: Handlers = {
    ...runtime.handlers,
    'host.leave': async ({ unless_running }) => {
      if (unless_running === true && runtime.isRunning()) return { leaving: false };
      setImmediate(() => void leave());
      return { leaving: true };
    },
  };
  const server: HostServer = new HostServer({
    path: socketPath(options.home),
    version: options.version,
    handlers,
    sessionOpened: (token, pid) => runtime.sessionOpened(token, pid),
    sessionLost: token => runtime.sessionLost(token),
    sessionClosed: token => runtime.sessionClosed(token),
    onCallers: () => {
      idleSinceMs = undefined;
    },
    log: options.log,
  });
  let idleSinceMs: number | undefined;
  const idleWatch = setInterval(() => {
    if (options.lingerMs === undefined) return;
    if (server.callers > 0 || runtime.isLive()) idleSinceMs = undefined;
    else if (idleSinceMs === undefined) idleSinceMs = Date.now();
    else if (Date.now() - idleSinceMs >= lingerOf(options.lingerMs, runtime)) void leave();
  }, 100);
  try {
    await server.listen();
  } catch (error) {
    clearInterval(idleWatch);
    await runtime[Symbol.asyncDispose]();
    lock[Symbol.dispose]();
    throw new AppError('internal', `The workspace's socket could not be opened: ${AppError.from(error).message}`, {
      cause: error,
    });
  }
  const { owner } = options;
  if (owner !== undefined) runtime.sessionOpened(owner.session, owner.pid);
  return {
    left: left.promise,
    leave,
    serve: port => servePort(port, { handlers, session: options.owner?.session ?? '', log: options.log }),
    [Symbol.asyncDispose]: leave,
  };
}

function lingerOf({ idle, withEndpoints }: NonNullable<HostOptions['lingerMs']>, runtime: Runtime): number {
  return runtime.hasEndpoints() ? withEndpoints : idle;
}
