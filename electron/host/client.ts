import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { CancellationTokenSource, type MessageConnection } from 'vscode-jsonrpc/node';
import type {
  Input,
  Output,
  ProcedureName,
  Progress,
  StreamEvent,
  StreamName,
  UnaryName,
} from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import {
  callRequest,
  connectionOver,
  eventRequest,
  fromResponseError,
  goodbyeRequest,
  helloRequest,
  pingRequest,
  progressNotification,
  protocolVersion,
  streamRequest,
} from './wire.ts';

export interface CallOptions {
  signal?: AbortSignal;
  onProgress?: (step: Progress) => void;
}

/** Who calls: one token for as long as the caller lives, whatever host it speaks to. */
export function newSession(): string {
  return randomBytes(24).toString('base64url');
}

/** One connection to a workspace's host, typed by the contract. */
export class HostClient implements AsyncDisposable {
  readonly hostVersion: string;
  readonly #socket: Socket;
  readonly #connection: MessageConnection;
  readonly #progress = new Map<string, (step: Progress) => void>();
  readonly #events = new Map<string, (event: unknown) => Promise<boolean>>();
  #nextId = 1;

  private constructor(socket: Socket, connection: MessageConnection, hostVersion: string) {
    this.#socket = socket;
    this.#connection = connection;
    this.hostVersion = hostVersion;
    connection.onNotification(progressNotification, ({ id, step }) => this.#progress.get(id)?.(step));
    connection.onRequest(pingRequest, () => null);
    connection.onRequest(eventRequest, ({ id, event }) => this.#events.get(id)?.(event) ?? false);
  }

  /** Throws the system's ENOENT or ECONNREFUSED when nobody listens there. `pid` is the process that the session stands for. */
  static async connect(path: string, session: string, pid = process.pid): Promise<HostClient> {
    const socket = await new Promise<Socket>((resolve, reject) => {
      const opening = connect(path);
      opening.once('error', reject);
      opening.once('connect', () => {
        opening.off('error', reject);
        opening.on('error', () => opening.destroy());
        resolve(opening);
      });
    });
    const connection = connectionOver(socket);
    connection.listen();
    try {
      const { version } = await untilClosed(
        socket,
        connection.sendRequest(helloRequest, { protocol: protocolVersion, session, pid }),
      );
      return new HostClient(socket, connection, version);
    } catch (error) {
      socket.destroy();
      throw fromResponseError(error);
    }
  }

  get isOpen(): boolean {
    return this.#socket.writable && !this.#socket.readableEnded;
  }

  /** Throws the handler's AppError, or `host_lost` when the host ended before it answered. */
  async call<N extends UnaryName>(name: N, input: Input<N>, options: CallOptions = {}): Promise<Output<N>> {
    return (await this.#request('call', name, input, options)) as Output<N>;
  }

  /** Events as they come; the host waits for each to be taken. Ends with the stream, or with an AppError. */
  async *stream<N extends StreamName>(
    name: N,
    input: Input<N>,
    options: CallOptions = {},
  ): AsyncGenerator<StreamEvent<N>> {
    const stop = new AbortController();
    const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
    const queue: { event: StreamEvent<N>; taken: (more: boolean) => void }[] = [];
    let wake = () => {};
    let outcome: { error?: unknown } | undefined;
    const receive = (event: unknown) =>
      new Promise<boolean>(taken => {
        queue.push({ event: event as StreamEvent<N>, taken });
        wake();
      });
    this.#request('stream', name, input, { ...options, signal }, receive).then(
      () => {
        outcome = {};
        wake();
      },
      (error: unknown) => {
        outcome = { error };
        wake();
      },
    );
    try {
      while (true) {
        const next = queue.shift();
        if (next !== undefined) {
          next.taken(true);
          yield next.event;
        } else if (outcome !== undefined) {
          if ('error' in outcome) throw outcome.error;
          return;
        } else {
          await new Promise<void>(resolve => {
            wake = resolve;
          });
        }
      }
    } finally {
      stop.abort();
      for (const { taken } of queue) taken(false);
    }
  }

  /** Says goodbye, so that what is tied to this caller need not wait for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isOpen)
      await untilClosed(this.#socket, this.#connection.sendRequest(goodbyeRequest, null)).catch(() => undefined);
    this.#connection.dispose();
    this.#socket.destroy();
  }

  async #request(
    kind: 'call' | 'stream',
    name: ProcedureName,
    input: unknown,
    options: CallOptions,
    receive?: (event: unknown) => Promise<boolean>,
  ): Promise<unknown> {
    // What was aborted before is never told again: the call would go out and nothing could cancel it.
    if (options.signal?.aborted) throw new AppError('cancelled', 'Cancelled.');
    const id = String(this.#nextId++);
    const cancellation = new CancellationTokenSource();
    const cancel = () => cancellation.cancel();
    options.signal?.addEventListener('abort', cancel);
    if (options.onProgress !== undefined) this.#progress.set(id, options.onProgress);
    if (receive !== undefined) this.#events.set(id, receive);
    try {
      const request = kind === 'call' ? callRequest : streamRequest;
      return await untilClosed(
        this.#socket,
        this.#connection.sendRequest(request, { id, name, input }, cancellation.token),
      );
    } catch (thrown) {
      const error = fromResponseError(thrown);
      // The host's end may be heard first as a write that failed.
      throw error instanceof AppError || this.isOpen ? error : hostLost();
    } finally {
      options.signal?.removeEventListener('abort', cancel);
      this.#progress.delete(id);
      this.#events.delete(id);
      cancellation.dispose();
    }
  }
}

/** The request's answer, or `host_lost` once the socket is closed: nobody will answer then. */
function untilClosed<T>(socket: Socket, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const lost = () => reject(hostLost());
    if (socket.destroyed) lost();
    socket.once('close', lost);
    answer.then(resolve, reject).finally(() => socket.off('close', lost));
  });
}

function hostLost(): AppError {
  return new AppError('host_lost', 'The host of this workspace ended before it answered.', {
    hint: 'Look at what is there before you repeat the command; what was acknowledged is kept. Its log: host.log in the workspace.',
  });
}
