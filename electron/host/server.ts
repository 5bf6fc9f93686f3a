import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import type { CallContext, Handlers } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { prepare } from './dispatch.ts';
import { Heartbeat, type HeartbeatRate, heartbeatRate } from './heartbeat.ts';
import {
  type Call,
  callRequest,
  connectionOver,
  eventRequest,
  goodbyeRequest,
  type Hello,
  helloRequest,
  pingRequest,
  progressNotification,
  protocolVersion,
  streamRequest,
  toResponseError,
} from './wire.ts';

/** How long a caller may take to hear its last answers when the host leaves. */
const flushTimeoutMs = 500;

export interface ServerOptions {
  path: string;
  version: string;
  handlers: Handlers;
  sessionOpened: (token: string, pid: number) => void;
  /** Its connection broke. */
  sessionLost: (token: string) => void;
  /** It said goodbye, or has not answered for too long; one that answers again is opened again. */
  sessionClosed: (token: string) => void;
  /** Called at each arrival and departure with how many are connected. */
  onCallers: (count: number) => void;
  log: (line: string) => void;
  heartbeat?: HeartbeatRate;
}

/** Carries the contract over the workspace's socket. Inputs are checked here; errors cross with their codes. */
export class HostServer implements AsyncDisposable {
  readonly #options: ServerOptions;
  readonly #server: Server;
  readonly #sockets = new Map<Socket, { flushed(): Promise<void> }>();
  /** Connections of each session: a caller that has come back over a new one is not lost with its old one. */
  readonly #sessions = new Map<string, number>();

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#server = createServer(socket => this.#accept(socket));
  }

  /** The caller holds the workspace's lock, so a socket file that is there already is a dead host's. */
  async listen(): Promise<void> {
    if (process.platform !== 'win32') rmSync(this.#options.path, { force: true });
    const mask = process.umask(0o177);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen(this.#options.path, resolve);
      });
    } finally {
      process.umask(mask);
    }
    if (process.platform !== 'win32') chmodSync(this.#options.path, 0o600);
  }

  get callers(): number {
    return this.#sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
    const flushed = Promise.all([...this.#sockets.values()].map(connection => connection.flushed()));
    let limit: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>(resolve => {
      limit = setTimeout(resolve, flushTimeoutMs);
    });
    await Promise.race([flushed, tooLong]);
    clearTimeout(limit);
    for (const socket of this.#sockets.keys()) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    const connection = connectionOver(socket);
    this.#sockets.set(socket, connection);
    this.#options.onCallers(this.#sockets.size);
    const gone = new AbortController();
    let session: string | undefined;
    let heartbeat: Heartbeat | undefined;
    let saidGoodbye = false;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      gone.abort();
      connection.dispose();
      this.#sockets.delete(socket);
      heartbeat?.[Symbol.dispose]();
      if (session !== undefined && heartbeat?.isSilent === false) this.#departed(session, saidGoodbye);
      this.#options.onCallers(this.#sockets.size);
    });
    connection.onRequest(helloRequest, hello => {
      if (hello.protocol !== protocolVersion) {
        return toResponseError(
          new AppError(
            'conflict',
            `The host of this workspace is Proofbench ${this.#options.version}, of another protocol.`,
            {
              hint: 'Stop it with the ppl it came from: ppl host stop.',
            },
          ),
        );
      }
      session = hello.session;
      this.#arrived(hello);
      heartbeat = new Heartbeat({
        ...(this.#options.heartbeat ?? heartbeatRate),
        ask: () => connection.sendRequest(pingRequest, null),
        onSilent: () => this.#departed(hello.session, true),
        onBack: () => this.#arrived(hello),
      });
      return { version: this.#options.version, pid: process.pid };
    });
    connection.onRequest(goodbyeRequest, () => {
      saidGoodbye = true;
      return null;
    });
    connection.onRequest(callRequest, (call, cancelled) =>
      this.#answer(call, async () => {
        const { input, handler } = prepare(this.#options.handlers, call, 'unary');
        const output = await (handler as (input: unknown, context: CallContext) => Promise<unknown>)(
          input,
          this.#context(connection, call, session, cancelled, gone.signal),
        );
        return output ?? null;
      }),
    );
    connection.onRequest(streamRequest, (call, cancelled) =>
      this.#answer(call, async () => {
        const { input, handler } = prepare(this.#options.handlers, call, 'stream');
        const context = this.#context(connection, call, session, cancelled, gone.signal);
        const events = (handler as (input: unknown, context: CallContext) => AsyncIterable<unknown>)(input, context);
        for await (const event of events) {
          if (context.signal.aborted) break;
          await connection.sendRequest(eventRequest, { id: call.id, event });
        }
        return null;
      }),
    );
    // Before the connection's own listener: a call of one that was silent comes from a session that is open again.
    socket.on('data', () => heartbeat?.heard());
    connection.listen();
  }

  #arrived({ session, pid }: Hello): void {
    this.#sessions.set(session, (this.#sessions.get(session) ?? 0) + 1);
    this.#options.sessionOpened(session, pid);
  }

  #departed(session: string, isOver: boolean): void {
    const others = (this.#sessions.get(session) ?? 1) - 1;
    if (others > 0) {
      this.#sessions.set(session, others);
      return;
    }
    this.#sessions.delete(session);
    if (isOver) this.#options.sessionClosed(session);
    else this.#options.sessionLost(session);
  }

  async #answer<T>(call: Call, work: () => Promise<T>) {
    try {
      return await work();
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (error.code === 'internal')
        this.#options.log(`${call.name}: ${thrown instanceof Error ? thrown.stack : thrown}`);
      return toResponseError(error);
    }
  }

  #context(
    connection: MessageConnection,
    call: Call,
    session: string | undefined,
    cancelled: CancellationToken,
    gone: AbortSignal,
  ): CallContext {
    if (session === undefined) throw new AppError('usage', 'A caller says hello first.');
    const abort = new AbortController();
    cancelled.onCancellationRequested(() => abort.abort());
    return {
      session,
      signal: AbortSignal.any([abort.signal, gone]),
      progress: step =>
        void connection.sendNotification(progressNotification, { id: call.id, step }).catch(() => undefined),
    };
  }
}
