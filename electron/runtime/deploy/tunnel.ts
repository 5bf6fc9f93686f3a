import { Duplex } from 'node:stream';

/**
 * A CONNECT stream as a plain byte stream. Node's HTTP client writes its head as a latin1 string; an HTTP/2 stream that is given
 * one together with a body sends freed memory in its place (Node 24.21), so it is only ever given buffers, and one at a time.
 */
export class Tunnel extends Duplex {
  readonly #stream: Duplex;

  constructor(stream: Duplex) {
    super();
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stream.pause();
    });
    stream.once('end', () => this.push(null));
    stream.on('error', error => this.destroy(error));
    stream.once('close', () => this.destroy());
  }

  /** What Node's HTTP agent asks of a socket it keeps between requests; there is nothing to do for a stream within a session. */
  readonly timeout = 0;
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // Node's HTTP client ends a body with an empty write, which would go all the way as a frame of its own.
    if (chunk.length === 0) done();
    else this.#stream.write(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#stream.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#stream.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#stream.destroy();
    done(error);
  }
}
