import { createRequire } from 'node:module';
import { httpPort, isCheck, met, ready, requires } from './session.js';

// An import would also load what node:http exports but loads only when it is read: fetch's client, longer than all else here.
const { createServer } = process.getBuiltinModule('node:http');
const require = createRequire(import.meta.url);

const MAX_CONNECTIONS = 4_096;
const HEADERS_WITHIN_MS = 30_000;
const REQUEST_WITHIN_MS = 300_000;
/** The subprotocol whose readers are told the message ids of every output. */
export const SUBPROTOCOL = 'proofbench.v1';

/**
 * @typedef {{post?(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse): void,
 *   socket(socket: import('ws').WebSocket): void, maxPayload: number, methods: string[]}} Endpoint
 */

/** @type {Map<string, {endpoint: Endpoint, sockets?: import('ws').WebSocketServer}>} */
const served = new Map();

let listening = false;

/**
 * @param {string} name
 * @param {Endpoint} endpoint
 */
export function serve(name, endpoint) {
  if (served.has(name)) throw new Error(`pipelogic: the endpoint ${name} is already served`);
  if (isCheck) return;
  const entry = { endpoint };
  served.set(`/${name}`, entry);
  // Not before the component is ready, which would wait for it; the first reader need not.
  void ready.then(() => setImmediate(() => socketsOf(entry)));
  if (listening) return;
  listening = true;
  listen();
}

function socketsOf(entry) {
  entry.sockets ??= new (require('ws').WebSocketServer)({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: entry.endpoint.maxPayload,
    handleProtocols: protocols => (protocols.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  return entry.sockets;
}

/** An error as every endpoint says it. */
export function sendError(response, status, code, message, headers = {}) {
  if (response.headersSent) return;
  const body = Buffer.from(JSON.stringify({ error: { code, message } }));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length, ...headers });
  response.end(body);
}

function listen() {
  requires('http');
  const http = createServer({ requestTimeout: REQUEST_WITHIN_MS, headersTimeout: HEADERS_WITHIN_MS, noDelay: true });
  http.maxConnections = MAX_CONNECTIONS;
  http.keepAliveTimeout = 60_000;
  http.on('request', answer);
  // Whoever asks before sending the body is told 413 or 415 without having to send it.
  http.on('checkContinue', answer);
  http.on('upgrade', upgrade);
  http.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });
  http.on('error', error => {
    process.stderr.write(`pipelogic: cannot listen on port ${httpPort}: ${error.message}\n`);
    process.exit(1);
  });
  http.listen({ port: httpPort, host: '0.0.0.0', backlog: MAX_CONNECTIONS }, () => met('http'));
}

function answer(request, response) {
  const entry = served.get(pathOf(request));
  if (!entry) return sendError(response, 404, 'not_found', `there is no endpoint at ${pathOf(request)}`);
  const { post, methods } = entry.endpoint;
  if (post && request.method === 'POST') return post(request, response);
  const allow = { allow: methods.join(', ') };
  if (!post && request.method === 'GET') {
    const message = 'this endpoint is a WebSocket: connect to it with ws:// instead of http://';
    return sendError(response, 426, 'upgrade_required', message, { upgrade: 'websocket', ...allow });
  }
  sendError(response, 405, 'method_not_allowed', `${request.method} is not possible here`, allow);
}

function upgrade(request, socket, head) {
  const entry = served.get(pathOf(request));
  if (!entry) {
    const body = JSON.stringify({
      error: { code: 'not_found', message: `there is no endpoint at ${pathOf(request)}` },
    });
    socket.end(
      `HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    return;
  }
  socketsOf(entry).handleUpgrade(request, socket, head, webSocket => {
    webSocket.on('error', () => {});
    entry.endpoint.socket(webSocket);
  });
}

function pathOf(request) {
  const path = (request.url ?? '/').split('?', 1)[0];
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
