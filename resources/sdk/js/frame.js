/**
 * A frame: length:u32be (of what follows) json_length:u32be json attachment*. Attachments are handed on as views, on
 * both sides.
 *
 * @typedef {{header: string, attachments: Uint8Array[], bytes: number}} Frame  `bytes`: of the attachments
 */
export const MAX_FRAME_BYTES = 256 * 1024 * 1024;
export const PREFIX_BYTES = 8;
const CHUNK_BYTES = 512 * 1024;
const MIN_READ_BYTES = 128 * 1024;
const LARGE_FRAME_BYTES = 128 * 1024;
const COPY_BELOW_BYTES = 32 * 1024;

/**
 * @param {unknown} json the encoded value
 * @param {Uint8Array[]} attachments
 * @param {string[]} messageIds
 * @returns {Frame}
 */
export function frameOf(json, attachments, messageIds) {
  let bytes = 0;
  let lengths = '';
  for (const { byteLength } of attachments) {
    bytes += byteLength;
    lengths += lengths === '' ? byteLength : `,${byteLength}`;
  }
  const ids = messageIds.length === 1 ? `["${messageIds[0]}"]` : JSON.stringify(messageIds);
  return {
    header: `{"attachments":[${lengths}],"message_ids":${ids},"value":${JSON.stringify(json)}}`,
    attachments,
    bytes,
  };
}

/**
 * Cuts a byte stream into frames. It says where the next bytes are to be read into: small frames come many to a read and
 * are cut out of it, and what is missing of a large one is read straight into the memory it will stay in.
 */
export class FrameReader {
  #onFrame;
  #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #start = 0;
  #end = 0;
  /** Whether attachments were handed out that are views of the chunk, which must then not be written over. */
  #shared = false;
  /** @type {Buffer | undefined} */
  #body;
  #bodyHeld = 0;

  /**
   * @param {(json: any, attachments: Buffer[], bytes: number) => void} onFrame  `bytes`: of both
   * @param {number} maxBytes
   */
  constructor(onFrame, maxBytes) {
    this.#onFrame = onFrame;
    this.maxBytes = maxBytes;
  }

  /** @returns {Buffer} where to read into; then say how much with `received` */
  buffer() {
    if (this.#body) return this.#body.subarray(this.#bodyHeld);
    if (CHUNK_BYTES - this.#end < MIN_READ_BYTES) {
      const rest = this.#chunk.subarray(this.#start, this.#end);
      if (this.#shared) this.#chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      this.#chunk.set(rest);
      this.#shared = false;
      this.#start = 0;
      this.#end = rest.length;
    }
    return this.#chunk.subarray(this.#end);
  }

  /** @param {number} bytes */
  received(bytes) {
    if (this.#body) {
      this.#bodyHeld += bytes;
      if (this.#bodyHeld < this.#body.length) return;
      const body = this.#body;
      this.#body = undefined;
      this.#deliver(body, true);
      return;
    }
    this.#end += bytes;
    while (this.#end - this.#start >= 4) {
      const at = this.#start + 4;
      const length = this.#chunk.readUInt32BE(this.#start);
      if (length < 4 || length > this.maxBytes) throw new RangeError(`a frame of ${length} bytes is not allowed`);
      if (this.#end - at >= length) {
        this.#start = at + length;
        this.#deliver(this.#chunk.subarray(at, at + length), false);
        continue;
      }
      if (length > LARGE_FRAME_BYTES) {
        this.#body = Buffer.allocUnsafeSlow(length);
        this.#bodyHeld = this.#chunk.copy(this.#body, 0, at, this.#end);
        this.#start = this.#end;
      }
      break;
    }
    if (this.#start === this.#end && !this.#shared) {
      this.#start = 0;
      this.#end = 0;
    }
  }

  /**
   * For bytes that are already somewhere.
   * @param {Buffer} bytes
   */
  push(bytes) {
    for (let at = 0; at < bytes.length; ) {
      const copied = bytes.copy(this.buffer(), 0, at);
      at += copied;
      this.received(copied);
    }
  }

  #deliver(body, isOwn) {
    const jsonEnd = 4 + body.readUInt32BE(0);
    if (jsonEnd > body.length) throw new RangeError('the JSON of a frame is longer than the frame');
    const json = JSON.parse(body.utf8Slice(4, jsonEnd));
    const attachments = [];
    let at = jsonEnd;
    for (const length of json.attachments ?? []) {
      if (!Number.isInteger(length) || length < 0 || at + length > body.length) {
        throw new RangeError('the attachments of a frame are longer than the frame');
      }
      const view = body.subarray(at, at + length);
      // A small view would keep the whole chunk in memory for as long as the component holds it.
      const copied = !isOwn && length < COPY_BELOW_BYTES;
      attachments.push(copied ? Buffer.from(view) : view);
      this.#shared ||= !isOwn && !copied;
      at += length;
    }
    this.#onFrame(json, attachments, body.length - 4);
  }
}
