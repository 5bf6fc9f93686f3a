/**
 * A frame: length:u32be (of what follows) json_length:u32be json attachment*. Attachments are handed on as views, on
 * both sides.
 *
 * @typedef {{header: string, attachments: Uint8Array[], bytes: number}} Frame  `bytes`: of the attachments
 */
export const MAX_FRAME_BYTES = 256 * 1024 * 1024;
export const PREFIX_BYTES = 8;

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

/** Cuts a byte stream into frames; a frame that spans chunks is copied once, into a buffer of its own. */
export class FrameReader {
  #onFrame;
  #prefix = Buffer.alloc(4);
  #prefixHeld = 0;
  /** @type {Buffer | undefined} */
  #body;
  #bodyHeld = 0;
  #maxBytes;

  /**
   * @param {(json: any, attachments: Buffer[]) => void} onFrame
   * @param {number} maxBytes
   */
  constructor(onFrame, maxBytes) {
    this.#onFrame = onFrame;
    this.#maxBytes = maxBytes;
  }

  set maxBytes(value) {
    this.#maxBytes = value;
  }

  /** @param {Buffer} chunk */
  push(chunk) {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body) {
        const part = Math.min(this.#body.length - this.#bodyHeld, chunk.length - at);
        chunk.copy(this.#body, this.#bodyHeld, at, at + part);
        this.#bodyHeld += part;
        at += part;
        if (this.#bodyHeld === this.#body.length) {
          const body = this.#body;
          this.#body = undefined;
          this.#deliver(body);
        }
        continue;
      }
      let length;
      if (this.#prefixHeld === 0 && chunk.length - at >= 4) {
        length = chunk.readUInt32BE(at);
        at += 4;
      } else {
        const part = Math.min(4 - this.#prefixHeld, chunk.length - at);
        chunk.copy(this.#prefix, this.#prefixHeld, at, at + part);
        this.#prefixHeld += part;
        at += part;
        if (this.#prefixHeld < 4) return;
        this.#prefixHeld = 0;
        length = this.#prefix.readUInt32BE(0);
      }
      if (length < 4 || length > this.#maxBytes) throw new RangeError(`a frame of ${length} bytes is not allowed`);
      if (chunk.length - at >= length) {
        this.#deliver(chunk.subarray(at, at + length));
        at += length;
      } else {
        this.#body = Buffer.allocUnsafeSlow(length);
        this.#bodyHeld = 0;
      }
    }
  }

  #deliver(body) {
    const jsonEnd = 4 + body.readUInt32BE(0);
    if (jsonEnd > body.length) throw new RangeError('the JSON of a frame is longer than the frame');
    const json = JSON.parse(body.toString('utf8', 4, jsonEnd));
    const attachments = [];
    let at = jsonEnd;
    for (const length of json.attachments ?? []) {
      if (!Number.isInteger(length) || length < 0 || at + length > body.length) {
        throw new RangeError('the attachments of a frame are longer than the frame');
      }
      attachments.push(body.subarray(at, at + length));
      at += length;
    }
    this.#onFrame(json, attachments);
  }
}
