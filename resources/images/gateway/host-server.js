import { constants, createServer } from 'node:http2';
import { connect } from 'node:net';
import { parsePlan } from './plan.js';

const MAX_PLAN_BYTES = 16 * 1024 * 1024;
const DIAL_WITHIN_MS = 5_000;
/** What one tunnel may hold here while its component does not read: thousands of them must fit this container. */
const STREAM_WINDOW_BYTES = 128 * 1024;
/** What may be on its way at once; Node gives it back as it receives, whoever reads or not. */
const SESSION_WINDOW_BYTES = 1024 * 1024;
const MAX_TUNNELS = 16_384;

/**
 * The host's side: HTTP/2 without TLS. It listens on a Unix socket only, because every TCP port of this container is
 * within reach of the components.
 * @param {import('./deployment.js').Deployments} deployments
 * @param {string} version
 */
export function createHostServer(deployments, version) {
  const server = createServer({
    settings: { initialWindowSize: STREAM_WINDOW_BYTES, maxConcurrentStreams: MAX_TUNNELS },
    maxSessionMemory: 1_024,
    // The host is no attacker: when thousands of its clients go at once, their tunnels are reset at once.
    streamResetBurst: MAX_TUNNELS,
    streamResetRate: MAX_TUNNELS,
  });
  server.on('session', session => {
    session.on('error', () => {});
    session.setLocalWindowSize(SESSION_WINDOW_BYTES);
  });
  server.on('sessionError', () => {});
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    route(stream, headers, deployments, version).catch(error => {
      answer(stream, 500, { error: { code: 'internal', message: String(error?.message ?? error) } });
    });
  });
  return server;
}

async function route(stream, headers, deployments, version) {
  const method = headers[':method'];
  if (method === 'CONNECT') return tunnel(stream, headers, deployments);
  const path = headers[':path'] ?? '';
  if (method === 'GET' && path === '/health') return answer(stream, 200, { version });

  const [, ofDeployment, ofVertex] = /^\/deployments\/([^/?]+)\/vertices\/([^/?]+)\/config$/.exec(path) ?? [];
  if (ofDeployment && method === 'PUT') {
    const deployment = deployments.get(decodeURIComponent(ofDeployment));
    return setConfig(stream, deployment, deployment?.vertices.get(decodeURIComponent(ofVertex)));
  }
  const [, encodedId, events] = /^\/deployments\/([^/?]+)(\/events)?$/.exec(path) ?? [];
  if (!encodedId) return refuse(stream, 404, 'not_found', `there is no ${path}`);
  const id = decodeURIComponent(encodedId);
  if (method === 'PUT' && !events) return put(stream, id, deployments);
  if (method === 'DELETE' && !events) {
    deployments.delete(id);
    return answer(stream, 204);
  }
  if (method === 'GET' && events) return watch(stream, id, deployments);
  return refuse(stream, 405, 'method_not_allowed', `${method} is not possible on ${path}`);
}

async function put(stream, id, deployments) {
  const text = await textOf(stream, MAX_PLAN_BYTES);
  if (text === undefined) return refuse(stream, 413, 'too_large', `a plan may have ${MAX_PLAN_BYTES} bytes`);
  try {
    deployments.put(id, parsePlan(JSON.parse(text)));
  } catch (error) {
    return refuse(stream, 400, 'invalid_plan', error.message);
  }
  answer(stream, 204);
}

/** The end of the queue for each vertex: a large value must not be overtaken by a small one that was asked for after it. */
const queues = new WeakMap();

async function setConfig(stream, deployment, vertex) {
  if (!vertex) return refuse(stream, 404, 'not_found', 'no such deployment or vertex');
  const before = queues.get(vertex);
  const { promise, resolve: handOn } = Promise.withResolvers();
  queues.set(vertex, promise);
  let sent;
  try {
    const text = await textOf(stream, MAX_PLAN_BYTES);
    await before;
    if (text === undefined) return refuse(stream, 413, 'too_large', `a value may have ${MAX_PLAN_BYTES} bytes`);
    const { name, value } = parseJson(text) ?? {};
    if (typeof name !== 'string' || name === '' || value === undefined) {
      return refuse(stream, 400, 'invalid_config', 'give the name and the value of a parameter');
    }
    sent = deployment.setConfig(vertex, name, value);
  } finally {
    handOn();
  }
  const outcome = await sent;
  if (outcome === 'late') return refuse(stream, 504, 'late', 'the component has not said that it applied the value');
  if (outcome === 'gone') return refuse(stream, 404, 'not_found', 'the deployment has ended');
  answer(stream, outcome === 'applied' ? 204 : 202);
}

/** Undefined when there is more than `maxBytes`. */
async function textOf(stream, maxBytes) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function watch(stream, id, deployments) {
  const deployment = deployments.get(id);
  if (!deployment) return refuse(stream, 404, 'not_found', `there is no deployment ${id}`);
  stream.respond({ ':status': 200, 'content-type': 'application/x-ndjson' });
  const stop = deployment.watch(
    event => stream.write(`${JSON.stringify(event)}\n`),
    () => stream.end(),
  );
  stream.on('close', stop);
  stream.resume();
}

function tunnel(stream, headers, deployments) {
  const vertex = deployments.get(headers.deployment)?.vertices.get(headers.vertex);
  const endpoint = vertex?.plan.endpoints.find(({ name }) => name === headers.endpoint);
  if (!endpoint) return refuse(stream, 404, 'not_found', 'no such deployment, vertex or endpoint');
  if (!vertex.link) return refuse(stream, 502, 'not_listening', 'the component has not registered');

  const socket = connect({ host: vertex.link.host, port: vertex.link.httpPort, noDelay: true, allowHalfOpen: true });
  const late = setTimeout(() => socket.destroy(new Error('timed out')), DIAL_WITHIN_MS);
  let open = false;
  socket.once('connect', () => {
    clearTimeout(late);
    if (stream.destroyed) return socket.destroy();
    open = true;
    stream.respond({ ':status': 200 });
    stream.pipe(socket);
    socket.pipe(stream);
  });
  socket.on('error', error => {
    if (!open) refuse(stream, 502, 'not_listening', `the component's endpoint does not answer: ${error.message}`);
  });
  socket.on('close', () => {
    clearTimeout(late);
    // Cut, not ended: the host must not take what it has for the whole.
    if (open && !socket.readableEnded) stream.close(constants.NGHTTP2_CANCEL);
  });
  stream.on('close', () => {
    // Both ends were said: what the component has yet to read still goes out.
    if (stream.readableEnded && socket.writableEnded) socket.destroySoon();
    // A component that does not read would not see an end.
    else socket.resetAndDestroy();
  });
}

function refuse(stream, status, code, message) {
  answer(stream, status, { error: { code, message } });
}

function answer(stream, status, body) {
  if (stream.destroyed || stream.headersSent) return;
  stream.respond(
    { ':status': status, ...(body && { 'content-type': 'application/json' }) },
    { endStream: body === undefined },
  );
  if (body !== undefined) stream.end(JSON.stringify(body));
  stream.resume();
}
