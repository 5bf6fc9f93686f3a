import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, Socket } from 'node:net';
import { FrameReader, MAX_FRAME_BYTES } from './frame.js';

const MAX_WAITING = 16;
const MAX_HELLO_BYTES = 4 * 1024;
const HELLO_WITHIN_MS = 5_000;
const QUIET_MS = 1_000;

/** @typedef {{value: unknown, messageIds: string[]}} Message */

/**
 * What waits at one input port, in the order it arrived. A connection that has put more than 16 messages here is not
 * read further until the component has caught up, which is what slows the producer down.
 */
class Port {
  /** @type {Message[]} */
  #messages = [];
  #first = 0;
  /** @type {Set<import('node:net').Socket>} */
  #paused = new Set();

  /**
   * @param {import('./codec.js').Decoder | undefined} decode
   * @param {() => void} onMessage
   */
  constructor(decode, onMessage) {
    this.decode = decode;
    this.onMessage = onMessage;
  }

  get waiting() {
    return this.#messages.length - this.#first;
  }

  push(message) {
    this.#messages.push(message);
    if (this.waiting === 1) this.onMessage();
  }

  /** @param {import('node:net').Socket} socket */
  pauseIfFull(socket) {
    if (this.waiting <= MAX_WAITING) return;
    socket.pause();
    this.#paused.add(socket);
  }

  take() {
    const message = this.#messages[this.#first];
    this.#messages[this.#first++] = undefined;
    if (this.#first === this.#messages.length) {
      this.#messages = [];
      this.#first = 0;
    }
    if (this.#paused.size > 0 && this.waiting <= MAX_WAITING / 2) {
      for (const socket of this.#paused) socket.resume();
      this.#paused.clear();
    }
    return message;
  }

  forget(socket) {
    this.#paused.delete(socket);
  }
}

/** The consumer's end: accepts the edges that the gateway announced, and merges them port by port. */
export class EdgesIn {
  /** @type {Port[]} */
  #ports = [];
  /** @type {Map<string, {token: Buffer, port: Port, socket?: import('node:net').Socket}>} */
  #edges = new Map();
  #expected;
  #expect;
  #wake = () => {};
  #onAccepted;
  #server = createServer({ noDelay: true, keepAlive: true, pauseOnConnect: true }, socket => {
    socket.on('error', () => {});
    // A producer may be faster than our own welcome: it waits in the kernel until we know whom to expect.
    this.#expected.then(() => this.#accept(socket));
  });

  /** @param {() => void} onAccepted called for every edge that was accepted */
  constructor(onAccepted) {
    this.#onAccepted = onAccepted;
    this.#expected = new Promise(resolve => {
      this.#expect = resolve;
    });
  }

  /**
   * @param {number} port 0: any
   * @returns {Promise<number>} the port
   */
  async listen(port) {
    await new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '0.0.0.0', () => resolve(undefined));
    });
    return this.#server.address().port;
  }

  /**
   * @param {{decode: import('./codec.js').Decoder | undefined, edges: {id: string, token: string}[]}[]} inputs
   */
  expect(inputs) {
    for (const [index, { decode, edges }] of inputs.entries()) {
      this.#ports[index] ??= new Port(decode, () => this.#wake());
      for (const { id, token } of edges) {
        this.#edges.set(id, { port: this.#ports[index], token: digestOf(token), socket: this.#edges.get(id)?.socket });
      }
    }
    this.#expect();
  }

  get accepted() {
    for (const { socket } of this.#edges.values()) if (!socket) return false;
    return true;
  }

  /** How many ticks could be taken at once, as far as one can tell without waiting. */
  get waiting() {
    return this.#ports.length > 0 && this.#ports.every(port => port.waiting > 0);
  }

  /** @returns {Promise<void>} when there is a message at every port */
  async available() {
    while (!this.waiting) {
      await new Promise(resolve => {
        this.#wake = () => resolve(undefined);
      });
    }
  }

  /** @returns {Message[]} one message of every port */
  take() {
    return this.#ports.map(port => port.take());
  }

  #accept(accepted) {
    /** @type {Port | undefined} */
    let port;
    let id = '';
    /** What came while the producer's connection before this one still had messages of its own. */
    /** @type {Message[] | undefined} */
    let early;
    const reader = new FrameReader((json, attachments, bytes) => {
      if (port) {
        const { decode } = port;
        const value = decode ? decode(json.value, attachments) : json.value;
        const message = { value, messageIds: json.message_ids, bytes };
        if (early) early.push(message);
        else port.push(message);
      } else {
        const edge = this.#edgeOf(json);
        port = edge.port;
        id = json.edge;
        const before = edge.socket;
        edge.socket = socket;
        if (before) {
          early = [];
          whenOver(before, () => {
            for (const message of early) port.push(message);
            early = undefined;
            socket.resume();
            guarded(() => {});
          });
        }
        reader.maxBytes = MAX_FRAME_BYTES;
        clearTimeout(late);
        this.#onAccepted();
      }
    }, MAX_HELLO_BYTES);

    const guarded = read => {
      try {
        read();
        if (early) socket.pause();
        else port?.pauseIfFull(socket);
      } catch (error) {
        const from = id === '' ? `a connection from ${socket.remoteAddress}` : `edge ${id}`;
        process.stderr.write(`pipelogic: closed ${from}: ${error.message}\n`);
        socket.destroy();
      }
    };
    const socket = readingInto(accepted, reader, guarded);
    const late = setTimeout(() => {
      if (!port) socket.destroy();
    }, HELLO_WITHIN_MS);
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(late);
      port?.forget(socket);
      const edge = this.#edges.get(id);
      if (edge?.socket === socket) edge.socket = undefined;
    });
  }

  /** The edge that `hello` proves to be. */
  #edgeOf(hello) {
    const edge = this.#edges.get(hello.edge);
    if (!edge || !timingSafeEqual(edge.token, digestOf(String(hello.token)))) throw new Error('unknown edge or token');
    return edge;
  }
}

/**
 * A producer that was started again: what it said before it ended comes first. A connection that nothing comes out of any
 * more, although there is room, was never closed: it is given up.
 * @param {Socket} socket
 * @param {() => void} then
 */
function whenOver(socket, then) {
  if (socket.destroyed) return then();
  let read = socket.bytesRead;
  const quiet = setInterval(() => {
    if (socket.bytesRead === read && !socket.isPaused()) socket.destroy();
    read = socket.bytesRead;
  }, QUIET_MS);
  socket.once('close', () => {
    clearInterval(quiet);
    then();
  });
}

/**
 * Node lets a socket read into memory of our choosing, in reads of any size, but only one that we make, not one that a
 * server accepted: so the connection is moved to a socket of ours. That halves the cost of large messages. Should a later
 * Node hide the handle, the ordinary way still works.
 * @param {Socket} accepted
 * @param {FrameReader} reader
 * @param {(read: () => void) => void} guarded
 * @returns {Socket}
 */
function readingInto(accepted, reader, guarded) {
  const handle = /** @type {any} */ (accepted)._handle;
  if (!handle) {
    accepted.on('data', chunk => guarded(() => reader.push(chunk)));
    accepted.resume();
    return accepted;
  }
  const onread = {
    buffer: () => reader.buffer(),
    callback: bytes => {
      guarded(() => reader.received(bytes));
      return true;
    },
  };
  const socket = new Socket(/** @type {any} */ ({ handle, onread, readable: true, writable: true }));
  // Nothing comes out of it as data, but it must flow to notice its end.
  socket.resume();
  return socket;
}

function digestOf(token) {
  return createHash('sha256').update(token).digest();
}
