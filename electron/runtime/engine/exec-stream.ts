import { Duplex } from 'node:stream';
import type { ExecSession } from './engine.ts';
import { FrameParser } from './frame-parser.ts';

const keptStderrBytes = 64 * 1024;

/**
 * A process's stdin and stdout as one duplex over the engine's hijacked connection; its stderr is kept as text.
 * `confirmEnd` is asked when the connection ends: it returns the error if the end was not the process's own.
 */
export function execSession(
  socket: Duplex,
  fail: (cause: unknown) => Error,
  confirmEnd: () => Promise<Error | undefined>,
): ExecSession {
  const stream = new ExecStream(socket, fail, confirmEnd);
  return { stream, stderrText: () => stream.stderrText() };
}

class ExecStream extends Duplex {
  readonly #socket: Duplex;
  readonly #fail: (cause: unknown) => Error;
  readonly #confirmEnd: () => Promise<Error | undefined>;
  readonly #parser = new FrameParser();
  readonly #stderr: Buffer[] = [];
  #stderrBytes = 0;

  constructor(socket: Duplex, fail: (cause: unknown) => Error, confirmEnd: () => Promise<Error | undefined>) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.#fail = fail;
    this.#confirmEnd = confirmEnd;
    socket.on('error', error => this.destroy(fail(error)));
    // By events: each message between host and gateway comes this way, and an iterator's turns would delay it.
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => void this.#ended().catch(error => this.destroy(error)));
    socket.on('close', () => {
      if (!socket.readableEnded && !this.destroyed) this.destroy(fail(undefined));
    });
  }

  stderrText(): string {
    return Buffer.concat(this.#stderr).toString();
  }

  #receive(chunk: Buffer): void {
    for (const piece of this.#parser.feed(chunk)) {
      if (piece.stderr) this.#keep(piece.data);
      else if (!this.push(piece.data)) this.#socket.pause();
    }
  }

  async #ended(): Promise<void> {
    const failure = this.#parser.atBoundary ? await this.#confirmEnd() : this.#fail(undefined);
    if (failure) this.destroy(failure);
    else this.push(null);
  }

  #keep(data: Buffer): void {
    const room = keptStderrBytes - this.#stderrBytes;
    if (room <= 0) return;
    this.#stderr.push(Buffer.from(data.subarray(0, room)));
    this.#stderrBytes += Math.min(room, data.length);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, error => done(error ? this.#fail(error) : null));
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#socket.cork();
    chunks.forEach(({ chunk }, index) => {
      if (index < chunks.length - 1) this.#socket.write(chunk);
      else this.#socket.write(chunk, error => done(error ? this.#fail(error) : null));
    });
    this.#socket.uncork();
  }

  /** Closes the process's stdin; its stdout stays open. */
  override _final(done: (error?: Error | null) => void): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) done();
    else this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
