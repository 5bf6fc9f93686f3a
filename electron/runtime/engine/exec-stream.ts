import { Duplex } from 'node:stream';
import { AppError } from '../../../shared/errors.ts';
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
  readonly #stderr: Buffer[] = [];
  #stderrBytes = 0;
  #wanted: (() => void) | undefined;

  constructor(socket: Duplex, fail: (cause: unknown) => Error, confirmEnd: () => Promise<Error | undefined>) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.#fail = fail;
    this.#confirmEnd = confirmEnd;
    socket.on('error', error => this.destroy(fail(error)));
    void this.#pump().catch(error => this.destroy(error instanceof AppError ? error : fail(error)));
  }

  stderrText(): string {
    return Buffer.concat(this.#stderr).toString();
  }

  async #pump(): Promise<void> {
    const parser = new FrameParser();
    for await (const chunk of this.#socket.iterator({ destroyOnReturn: false })) {
      for (const piece of parser.feed(chunk as Buffer)) {
        if (piece.stderr) this.#keep(piece.data);
        else if (!this.push(piece.data)) await this.#room();
      }
      if (this.destroyed) return;
    }
    const failure = parser.atBoundary ? await this.#confirmEnd() : this.#fail(undefined);
    if (failure) throw failure;
    this.push(null);
  }

  #keep(data: Buffer): void {
    const room = keptStderrBytes - this.#stderrBytes;
    if (room <= 0) return;
    this.#stderr.push(Buffer.from(data.subarray(0, room)));
    this.#stderrBytes += Math.min(room, data.length);
  }

  #room(): Promise<void> {
    return new Promise(resolve => {
      this.#wanted = resolve;
    });
  }

  override _read(): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    wanted?.();
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
    this.#wanted?.();
    this.#socket.destroy();
    done(error);
  }
}
