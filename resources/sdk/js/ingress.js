import { sendError, serve } from './http-server.js';
import { newMessageId } from './message-id.js';
import { start } from './run.js';
import { checked, edgesOut, inputs, isCheck, liveConfig, outputs, ready } from './session.js';

const MAX_BODY_BYTES = 64 * 1024 * 1024;
const MAX_BODIES_BYTES = 192 * 1024 * 1024;
const MAX_REQUESTS = 256;
const MAX_WAITING = 16;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
const LINGER_MS = 5_000;
const FULL = 'the graph is full: it takes inputs slower than they come';

/**
 * Messages that were accepted and that the edges have not taken yet. It is bounded: once the graph is full, senders are
 * told so instead of being held in memory.
 */
class Outbox {
  #waiting = [];
  #bytes = 0;
  #pumping = false;

  get full() {
    return this.#waiting.length >= MAX_WAITING || this.#bytes >= MAX_WAITING_BYTES;
  }

  /** @param {(import('./frame.js').Frame | undefined)[]} frames one per output */
  put(frames) {
    const bytes = frames.reduce((sum, frame) => sum + (frame ? frame.bytes + frame.header.length : 0), 0);
    this.#waiting.push({ frames, bytes });
    this.#bytes += bytes;
    if (!this.#pumping) void this.#pump();
  }

  async #pump() {
    this.#pumping = true;
    while (this.#waiting.length > 0) {
      if (edgesOut.congested) await edgesOut.writable();
      const { frames, bytes } = this.#waiting.shift();
      this.#bytes -= bytes;
      for (const [output, frame] of frames.entries()) if (frame) edgesOut.send(output, frame);
    }
    this.#pumping = false;
    // At once, before the sender is answered: the message is on its way while the answer is written.
    edgesOut.flush();
  }
}

const outbox = new Outbox();
let started = false;
let isReady = false;
let requests = 0;
let bodiesBytes = 0;
/** Inputs are decoded one after the other, so that they leave in the order in which they came. */
let line = Promise.resolve();

/** A refusal with its status and code. */
class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * @param {string} endpointName
 * @param {{types: string[], decode(bytes: Buffer, contentType: string | undefined): unknown}} options
 */
export function ingress(endpointName, options) {
  if (inputs.length > 0) throw new Error('pipelogic: a component with an ingress endpoint has no input streams');
  if (isCheck) checked();
  serve(endpointName, {
    methods: ['POST'],
    maxPayload: MAX_BODY_BYTES,
    post: (request, response) => void post(request, response, options),
    socket: socket => readSocket(socket, options),
  });
  if (started) return;
  started = true;
  start();
  void ready.then(() => {
    isReady = true;
  });
}

async function post(request, response, options) {
  request.on('error', () => {});
  requests++;
  let held = 0;
  try {
    const contentType = checkHead(request, options.types);
    if (request.headers.expect !== undefined) response.writeContinue();
    const body = await read(request, bytes => {
      held += bytes;
      bodiesBytes += bytes;
      if (held > MAX_BODY_BYTES) throw tooLarge();
      if (bodiesBytes > MAX_BODIES_BYTES) throw new Refused(429, 'graph_full', FULL);
    });
    const id = await accept(body, contentType, options);
    const answer = JSON.stringify({ message_id: id });
    // With its length it is one write, and one for each that passes it on.
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': answer.length });
    response.end(answer);
  } catch (error) {
    if (error instanceof Refused) refuse(request, response, error);
    else response.destroy();
  } finally {
    requests--;
    bodiesBytes -= held;
  }
}

/**
 * The body, unless `count` refuses it. By events, because leaving a `for await` destroys the request, and with it the
 * connection that has yet to carry the refusal.
 */
function read(request, count) {
  return new Promise((resolve, reject) => {
    const { put, whole } = bodyOf(request);
    const onData = chunk => {
      try {
        count(chunk.length);
        put(chunk);
      } catch (error) {
        request.off('data', onData);
        reject(error);
      }
    };
    request.on('data', onData);
    request.on('end', () => resolve(whole()));
    request.on('close', () => reject(new Error('the sender went away')));
  });
}

/** A body whose length was said is put in its place as it comes: to join its pieces at the end would need its memory twice. */
function bodyOf(request) {
  const said = request.headers['content-length'];
  if (said === undefined) {
    const chunks = [];
    return { put: chunk => chunks.push(chunk), whole: () => Buffer.concat(chunks) };
  }
  const body = Buffer.allocUnsafe(Number(said));
  let held = 0;
  return {
    put: chunk => {
      held += chunk.copy(body, held);
    },
    whole: () => body,
  };
}

/** All that can be said before a byte of the body is read. */
function checkHead(request, types) {
  const contentType = (request.headers['content-type'] ?? '').split(';', 1)[0].trim().toLowerCase();
  if (!types.includes(contentType)) {
    const given = contentType === '' ? 'there is no Content-Type' : `${contentType} is not taken here`;
    throw new Refused(415, 'unsupported_type', `${given}; send ${types.join(' or ')}`);
  }
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  if (requests > MAX_REQUESTS || bodiesBytes > MAX_BODIES_BYTES) throw new Refused(429, 'graph_full', FULL);
  checkRoom();
  return contentType;
}

function checkRoom() {
  if (!isReady) throw new Refused(503, 'not_ready', 'the graph is not connected yet');
  if (outbox.full) throw new Refused(429, 'graph_full', FULL);
}

function tooLarge() {
  return new Refused(413, 'too_large', `the body is over the limit of ${MAX_BODY_BYTES} bytes`);
}

/** @returns {Promise<string>} the message's id, once the graph has it for sure */
function accept(bytes, contentType, { decode }) {
  const accepted = line.then(async () => {
    checkRoom();
    let frames;
    const id = newMessageId();
    try {
      if (liveConfig.unsettled) await liveConfig.settled();
      const result = await liveConfig.during(decode(bytes, contentType));
      const values = outputs.length === 1 ? [result] : result;
      frames = outputs.map((port, index) =>
        values[index] === undefined ? undefined : port.frame(values[index], [id]),
      );
    } catch (error) {
      throw new Refused(400, 'does_not_decode', error instanceof Error ? error.message : String(error));
    }
    outbox.put(frames);
    return id;
  });
  line = accepted.then(
    () => undefined,
    () => undefined,
  );
  return accepted;
}

function refuse(request, response, { status, code, message }) {
  sendError(response, status, code, message, status === 429 || status === 503 ? { 'retry-after': '1' } : {});
  if (request.complete || request.destroyed) return;
  // Closing at once would reset the connection, and a sender that is still writing would never see the answer: what it
  // sends is thrown away instead, for a while.
  const end = setTimeout(() => request.socket.destroy(), LINGER_MS);
  request.once('close', () => clearTimeout(end));
  request.resume();
}

/** One fixture per frame, each answered, in order. The socket is not read while one is on its way. */
function readSocket(socket, options) {
  socket.on('message', async data => {
    socket.pause();
    let answer;
    try {
      answer = { message_id: await accept(data, undefined, options) };
    } catch (error) {
      answer = { error: { code: error.code ?? 'internal', message: error.message } };
    }
    if (socket.readyState !== socket.OPEN) return;
    socket.send(JSON.stringify(answer));
    socket.resume();
  });
}
