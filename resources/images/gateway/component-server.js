import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { LineReader } from './line-reader.js';

const MAX_LINE_BYTES = 64 * 1024;
const REGISTER_WITHIN_MS = 10_000;
const MAX_CONNECTIONS = 4_096;

/**
 * The components' side: newline-delimited JSON. Anything on a shared network can dial it, so a connection may do nothing
 * but register with a token, and whatever is malformed, too long or too late is closed.
 * @param {import('./deployment.js').Deployments} deployments
 */
export function createComponentServer(deployments) {
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 }, socket => {
    serve(socket, deployments);
  });
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

function serve(socket, deployments) {
  const lines = new LineReader(MAX_LINE_BYTES);
  /** @type {{deployment: import('./deployment.js').Deployment, vertex: import('./deployment.js').Vertex, link: import('./deployment.js').Link} | undefined} */
  let registered;
  const late = setTimeout(() => socket.destroy(), REGISTER_WITHIN_MS);

  socket.on('error', () => {});
  socket.on('close', () => {
    clearTimeout(late);
    registered?.deployment.lost(registered.vertex, registered.link);
  });
  socket.on('data', chunk => {
    try {
      for (const line of lines.push(chunk)) receive(JSON.parse(line));
    } catch (error) {
      refuse(error instanceof RangeError ? error.message : 'not a line of JSON that this gateway understands');
    }
  });

  function receive(message) {
    if (registered) {
      const { deployment, vertex, link } = registered;
      if (message.type === 'ready') deployment.ready(vertex, link);
      else if (message.type === 'config_applied') deployment.applied(vertex, link, message.seq);
      // Other types belong to newer SDKs; they are skipped so that an older gateway still runs them.
      return;
    }
    if (socket.destroyed || socket.writableEnded) return;
    if (message?.type !== 'register' || typeof message.token !== 'string')
      return refuse('the first line must register');
    const found = deployments.findByToken(message.token);
    if (!found) return refuse('the token is not known here');
    if (!isPort(message.edge_port)) return refuse('edge_port is not a port');
    if (message.http_port !== undefined && !isPort(message.http_port)) return refuse('http_port is not a port');
    clearTimeout(late);
    const link = {
      host: socket.remoteAddress.replace(/^::ffff:/, ''),
      edgePort: message.edge_port,
      httpPort: message.http_port ?? 8080,
      instance: typeof message.instance === 'string' ? message.instance : randomUUID(),
      connected: undefined,
      send: reply => socket.write(`${JSON.stringify(reply)}\n`),
      close: () => socket.destroy(),
    };
    registered = { deployment: found.deployment, vertex: found.vertex, link };
    found.deployment.register(found.vertex, link);
  }

  function refuse(reason) {
    if (!registered && !socket.writableEnded) socket.end(`${JSON.stringify({ type: 'refused', reason })}\n`);
    else socket.destroy();
    setTimeout(() => socket.destroy(), 1_000).unref();
  }
}

function isPort(value) {
  return Number.isInteger(value) && value > 0 && value < 65_536;
}
