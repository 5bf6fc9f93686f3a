import { connect } from 'node:net';
import { MAX_FRAME_BYTES, PREFIX_BYTES } from './frame.js';

const BATCH_BYTES = 64 * 1024;
const WRITE_AHEAD_BYTES = 512 * 1024;
const COPY_BELOW_BYTES = 8 * 1024;
const REDIAL_MS = 50;

/**
 * The producer's end of one edge. Small frames are gathered in a batch buffer and written as one; large attachments are
 * written as they are. When the consumer is slow, or gone and not yet back, the edge is `congested` and its owner waits.
 */
export class EdgeOut {
  #plan;
  #socket;
  #open = false;
  #closed = false;
  #batch = Buffer.allocUnsafeSlow(BATCH_BYTES);
  #batched = 0;
  #corked = false;
  /** @type {import('./frame.js').Frame[]} what was sent while the consumer was away; the owner stops soon after */
  #held = [];
  #onChange;

  /**
   * @param {{id: string, output: number, host: string, port: number, token: string, instance?: string}} plan
   * @param {() => void} onChange called when the edge opens or drains
   */
  constructor(plan, onChange) {
    this.#plan = plan;
    this.#onChange = onChange;
    this.#dial();
  }

  get output() {
    return this.#plan.output;
  }

  get open() {
    return this.#open;
  }

  get congested() {
    return !this.#open || this.#socket.writableNeedDrain;
  }

  get idle() {
    return this.#batched === 0 && this.#held.length === 0 && (!this.#open || this.#socket.writableLength === 0);
  }

  /** The consumer may have restarted: dial again unless it is the very process already connected to. */
  redirect(plan) {
    const same = this.#open && plan.instance !== undefined && plan.instance === this.#plan.instance;
    this.#plan = plan;
    if (same) return;
    this.#socket.destroy();
    this.#dial();
  }

  /** @param {import('./frame.js').Frame} frame */
  send(frame) {
    if (!this.#open) {
      this.#held.push(frame);
      return;
    }
    const { header, attachments, bytes } = frame;
    // A UTF-16 unit is at most three bytes of UTF-8: with that much room the length is known after writing.
    const worst = PREFIX_BYTES + header.length * 3 + bytes;
    const isSmall = worst <= BATCH_BYTES && bytes <= COPY_BELOW_BYTES;
    if (!isSmall || worst > BATCH_BYTES - this.#batched) this.#writeBatch();
    if (isSmall) {
      this.#append(header, attachments, bytes);
      return;
    }
    const jsonBytes = Buffer.byteLength(header);
    const length = 4 + jsonBytes + bytes;
    if (length > MAX_FRAME_BYTES) throw new RangeError(`a message of ${length} bytes is over the limit of 256 MiB`);
    const head = Buffer.allocUnsafe(PREFIX_BYTES + jsonBytes);
    head.writeUInt32BE(length, 0);
    head.writeUInt32BE(jsonBytes, 4);
    head.write(header, PREFIX_BYTES);
    if (!this.#corked) this.#socket.cork();
    this.#corked = true;
    this.#socket.write(head);
    for (const attachment of attachments) if (attachment.byteLength > 0) this.#socket.write(attachment);
  }

  #append(header, attachments, bytes) {
    const batch = this.#batch;
    const start = this.#batched;
    const jsonBytes = batch.write(header, start + PREFIX_BYTES);
    batch.writeUInt32BE(4 + jsonBytes + bytes, start);
    batch.writeUInt32BE(jsonBytes, start + 4);
    let at = start + PREFIX_BYTES + jsonBytes;
    for (const attachment of attachments) {
      batch.set(attachment, at);
      at += attachment.byteLength;
    }
    this.#batched = at;
  }

  flush() {
    if (!this.#open) return;
    this.#writeBatch();
    if (this.#corked) this.#socket.uncork();
    this.#corked = false;
  }

  #writeBatch() {
    if (this.#batched === 0) return;
    this.#socket.write(this.#batch.subarray(0, this.#batched));
    // Still ours to write on if the kernel took all of it at once.
    if (this.#socket.writableLength > 0) this.#batch = Buffer.allocUnsafeSlow(BATCH_BYTES);
    this.#batched = 0;
  }

  close() {
    this.#closed = true;
    this.#socket.destroy();
  }

  #dial() {
    const plan = this.#plan;
    this.#open = false;
    this.#corked = false;
    const socket = connect({
      host: plan.host,
      port: plan.port,
      noDelay: true,
      keepAlive: true,
      highWaterMark: WRITE_AHEAD_BYTES,
    });
    this.#socket = socket;
    socket.on('connect', () => {
      const hello = Buffer.from(JSON.stringify({ edge: plan.id, token: plan.token }));
      const prefix = Buffer.allocUnsafe(PREFIX_BYTES);
      prefix.writeUInt32BE(4 + hello.length, 0);
      prefix.writeUInt32BE(hello.length, 4);
      socket.write(Buffer.concat([prefix, hello]));
      this.#open = true;
      this.flush();
      const held = this.#held;
      this.#held = [];
      for (const frame of held) this.send(frame);
      this.flush();
      this.#onChange();
    });
    socket.on('drain', this.#onChange);
    socket.on('error', () => {});
    socket.on('close', () => {
      if (socket !== this.#socket || this.#closed) return;
      this.#open = false;
      setTimeout(() => {
        if (socket === this.#socket && !this.#closed) this.#dial();
      }, REDIAL_MS);
    });
    socket.resume();
  }
}

/** All out edges of a component. Edges of one output each get their own copy of what it emits. */
export class EdgesOut {
  /** @type {Map<string, EdgeOut>} */
  #edges = new Map();
  /** @type {EdgeOut[][]} */
  #byOutput = [];
  #waiting = [];
  #onOpen;

  /** @param {() => void} onOpen called whenever an edge has connected */
  constructor(onOpen) {
    this.#onOpen = onOpen;
  }

  /** @param {{id: string, output: number, host: string, port: number, token: string, instance?: string}[]} plans */
  connect(plans) {
    for (const plan of plans) {
      const edge = this.#edges.get(plan.id);
      if (edge) edge.redirect(plan);
      else this.#edges.set(plan.id, new EdgeOut(plan, () => this.#changed()));
    }
    this.#byOutput = [];
    for (const edge of this.#edges.values()) {
      this.#byOutput[edge.output] ??= [];
      this.#byOutput[edge.output].push(edge);
    }
  }

  get connected() {
    for (const edge of this.#edges.values()) if (!edge.open) return false;
    return true;
  }

  get congested() {
    for (const edge of this.#edges.values()) if (edge.congested) return true;
    return false;
  }

  /**
   * @param {number} output
   * @param {import('./frame.js').Frame} frame
   */
  send(output, frame) {
    const edges = this.#byOutput[output];
    if (!edges) return;
    for (const edge of edges) edge.send(frame);
  }

  flush() {
    for (const edge of this.#edges.values()) edge.flush();
  }

  /** Resolves when every edge takes more. */
  async writable() {
    this.flush();
    while (this.congested) await new Promise(resolve => this.#waiting.push(resolve));
  }

  /** What was emitted before a failure still goes out, if the consumers take it within `ms`. */
  async drain(ms) {
    this.flush();
    const until = Date.now() + ms;
    const busy = () => [...this.#edges.values()].some(edge => !edge.idle);
    while (busy() && Date.now() < until) await new Promise(resolve => setTimeout(resolve, 5));
  }

  #changed() {
    this.#onOpen();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
