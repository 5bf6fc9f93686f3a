import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';
import { AppError } from '../../../shared/errors.ts';
import { Signal } from '../base/signal.ts';

/** One message as it left the graph. */
export interface Frame {
  atMs: number;
  /** By the clock that only goes forward, for latencies. */
  monotonicMs: number;
  /** The inputs it came of. */
  message_ids: string[];
  bytes: Buffer;
  isBinary: boolean;
  /** What the endpoint says of the bytes: the text frame that came before them. */
  metadata?: Record<string, unknown>;
}

/** What precedes the frames of a message. */
interface Header {
  message_ids: string[];
  frames: number;
}

/** As large as a message may be inside a graph. */
const maxFrameBytes = 256 * 2 ** 20;

/**
 * Listens to an egress the way any client would: a WebSocket, with the subprotocol that names each frame's inputs. Open it
 * before anything is sent, or the first answer may be missed (docs/test-with-a-live-backend.txt, Driving the test).
 */
export class EgressReader implements Disposable {
  readonly frames: Frame[] = [];
  readonly #socket: WebSocket;
  readonly #changed = new Signal<void>();
  #closed: string | undefined;
  #header: Header | undefined;
  #metadata: Record<string, unknown> | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer, isBinary) => this.#receive(data, isBinary));
    socket.on('close', (code, reason) => this.#end(`closed with ${code}${reason.length > 0 ? `: ${reason}` : ''}`));
    socket.on('error', error => this.#end(error.message));
  }

  static async open(url: string, signal: AbortSignal): Promise<EgressReader> {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), 'proofbench.v1', {
      perMessageDeflate: false,
      handshakeTimeout: 10_000,
      maxPayload: maxFrameBytes,
    });
    const reader = new EgressReader(socket);
    while (socket.readyState === WebSocket.CONNECTING) await reader.#changed.next({ signal, ms: 50 });
    signal.throwIfAborted();
    if (socket.readyState !== WebSocket.OPEN) {
      throw new AppError('deploy_failed', `The output endpoint could not be opened: ${reader.#closed ?? 'closed'}.`);
    }
    return reader;
  }

  /**
   * The frames of one message: waits for the n-th, then `settleMs` for one too many. Returns what has come when `timeoutMs`
   * have passed.
   */
  async collect(
    messageId: string,
    count: number,
    timeoutMs: number,
    settleMs: number,
    signal: AbortSignal,
  ): Promise<Frame[]> {
    const of = () => this.framesOf(messageId);
    const deadline = performance.now() + timeoutMs;
    while (of().length < count && performance.now() < deadline && this.#closed === undefined && !signal.aborted) {
      await this.#changed.next({ signal, ms: deadline - performance.now() });
    }
    signal.throwIfAborted();
    const settled = performance.now() + (of().length < count ? 0 : settleMs);
    while (performance.now() < settled && of().length <= count)
      await this.#changed.next({ signal, ms: settled - performance.now() });
    return of();
  }

  framesOf(messageId: string): Frame[] {
    return this.frames.filter(frame => frame.message_ids.includes(messageId));
  }

  /** Why the endpoint ended, if it did. */
  get closedReason(): string | undefined {
    return this.#closed;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
    setTimeout(() => this.#socket.terminate(), 500).unref();
  }

  #receive(bytes: Buffer, isBinary: boolean): void {
    if (this.#header === undefined && !isBinary) {
      this.#header = parseHeader(bytes);
      if (this.#header !== undefined) return;
    }
    const { message_ids, frames } = this.#header ?? { message_ids: [], frames: 1 };
    this.#header = frames > 1 ? { message_ids, frames: frames - 1 } : undefined;
    // Only where more is to come can a text frame be metadata: a message of one frame may look the same.
    if (frames > 1 && !isBinary) {
      this.#metadata = parseMetadata(bytes);
      if (this.#metadata !== undefined) return;
    }
    this.frames.push({
      atMs: Date.now(),
      monotonicMs: performance.now(),
      message_ids,
      bytes,
      isBinary,
      ...(this.#metadata === undefined || !isBinary ? {} : { metadata: this.#metadata }),
    });
    this.#metadata = undefined;
    this.#changed.emit();
  }

  #end(reason: string): void {
    this.#closed ??= reason;
    this.#changed.emit();
  }
}

/**
 * Sends a fixture to an ingress and returns the message id it was given.
 * @throws AppError `fixture_rejected` with the endpoint's own reason when it does not take it.
 */
export async function sendFixture(
  url: string,
  path: string,
  contentType: string,
  signal: AbortSignal,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body: readFileSync(path),
      signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]),
    }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new AppError(
        'deploy_failed',
        `The input endpoint did not answer: ${error instanceof Error ? error.message : error}.`,
      );
    });
    const text = await response.text();
    if (response.status === 202) return (JSON.parse(text) as { message_id: string }).message_id;
    if (response.status === 429 && attempt < 20) {
      await new Promise(resolve => setTimeout(resolve, 1000 * Number(response.headers.get('retry-after') ?? 1)));
      signal.throwIfAborted();
      continue;
    }
    throw new AppError(
      'fixture_rejected',
      `The input endpoint refused the fixture with ${response.status}: ${reasonOf(text)}`,
      {
        hint: 'Check that the fixture is what the harness takes (its content type and that it decodes).',
        details: { status: response.status, answer: text.slice(0, 2000) },
      },
    );
  }
}

function parseHeader(bytes: Buffer): Header | undefined {
  const header = parseObject(bytes);
  if (header?.type !== 'message' || !Array.isArray(header.message_ids)) return undefined;
  return { message_ids: header.message_ids.map(String), frames: Number(header.frames ?? 1) };
}

function parseMetadata(bytes: Buffer): Record<string, unknown> | undefined {
  const frame = parseObject(bytes);
  if (frame?.type !== 'metadata' || typeof frame.metadata !== 'object' || frame.metadata === null) return undefined;
  return frame.metadata as Record<string, unknown>;
}

function parseObject(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    return (JSON.parse(bytes.toString('utf8')) ?? undefined) as Record<string, unknown> | undefined;
  } catch {
    return undefined;
  }
}

function reasonOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } };
    return error?.message ?? text;
  } catch {
    return text.slice(0, 500);
  }
}
