/** A piece of what a container wrote: `stderr` or not, never more than one chunk of the connection. */
export interface OutputPiece {
  stderr: boolean;
  data: Buffer;
}

/**
 * Takes apart the engine's multiplexed stream: eight bytes of header (stream, three zero bytes, u32 length), then
 * the payload. Payloads are passed on as they arrive, without waiting for a frame to be whole, so nothing is copied
 * or held, however long a line is.
 */
export class FrameParser {
  readonly #header = Buffer.alloc(8);
  #headerBytes = 0;
  #payloadLeft = 0;
  #stderr = false;

  /** False while it is in the middle of a frame: an end there means that the connection was lost. */
  get atBoundary(): boolean {
    return this.#headerBytes === 0 && this.#payloadLeft === 0;
  }

  *feed(chunk: Buffer): Generator<OutputPiece> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#payloadLeft === 0) {
        const taken = chunk.copy(this.#header, this.#headerBytes, at, at + 8 - this.#headerBytes);
        at += taken;
        this.#headerBytes += taken;
        if (this.#headerBytes < 8) return;
        this.#headerBytes = 0;
        this.#stderr = this.#header[0] === 2;
        this.#payloadLeft = this.#header.readUInt32BE(4);
        continue;
      }
      const end = Math.min(chunk.length, at + this.#payloadLeft);
      this.#payloadLeft -= end - at;
      yield { stderr: this.#stderr, data: chunk.subarray(at, end) };
      at = end;
    }
  }
}
