import type { Socket } from 'node:net';
import {
  createMessageConnection,
  type Message,
  type MessageConnection,
  NotificationType,
  RequestType,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type { Progress } from '../../shared/contract/index.ts';
import { AppError, type ErrorData } from '../../shared/errors.ts';

/** Goes up when what crosses the socket changes in a way that an older peer would not understand. */
export const protocolVersion = 1;

export interface Hello {
  protocol: number;
  /** The caller's session: the same on every connection it makes. */
  session: string;
  pid: number;
}

export interface Call {
  /** Chosen by the caller; progress and events of this call carry it. */
  id: string;
  name: string;
  input: unknown;
}

export const helloRequest = new RequestType<Hello, { version: string; pid: number }, ErrorData>('hello');
/** The caller says that it ends: what is tied to it need not wait for it. */
export const goodbyeRequest = new RequestType<null, null, ErrorData>('goodbye');
/** From host to caller: whether it still does anything. */
export const pingRequest = new RequestType<null, null, ErrorData>('ping');
export const callRequest = new RequestType<Call, unknown, ErrorData>('call');
/** Answered when the stream is over. */
export const streamRequest = new RequestType<Call, null, ErrorData>('stream');
/** From host to caller; answered when the caller has taken it, so that a slow one slows the host. */
export const eventRequest = new RequestType<{ id: string; event: unknown }, boolean, ErrorData>('event');
export const progressNotification = new NotificationType<{ id: string; step: Progress }>('progress');

/** `flushed` resolves when all that was said so far is on its way, or cannot be. */
export function connectionOver(socket: Socket): MessageConnection & { flushed(): Promise<void> } {
  const writer = new CountedWriter(socket);
  const reader = new StreamMessageReader(socket);
  // A message that its sender did not live to finish would be waited for, and keep this process, for ever.
  reader.partialMessageTimeout = 0;
  const connection = createMessageConnection(reader, writer);
  // A broken connection is told by `onClose`; the same said as an error has no other listener.
  connection.onError(() => undefined);
  return Object.assign(connection, { flushed: () => writer.flushed() });
}

/** The writer queues by itself, so a socket that is ended at once would swallow the answer that was just given. */
class CountedWriter extends StreamMessageWriter {
  readonly #unwritten = new Set<Promise<void>>();

  override write(message: Message): Promise<void> {
    const written = super.write(message);
    this.#unwritten.add(written);
    const done = () => this.#unwritten.delete(written);
    written.then(done, done);
    return written;
  }

  async flushed(): Promise<void> {
    await Promise.allSettled(this.#unwritten);
  }
}

export function toResponseError(thrown: unknown): ResponseError<ErrorData> {
  const error = AppError.from(thrown);
  return new ResponseError(1, error.message, error.toData());
}

export function fromResponseError(thrown: unknown): unknown {
  return thrown instanceof ResponseError && thrown.data !== undefined
    ? AppError.fromData(thrown.data as ErrorData)
    : thrown;
}
