import { createHash } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestOptions,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../shared/errors.ts';
import { TunnelAgent, type TunnelTarget } from './tunnel-agent.ts';

/** Chosen for a new workspace unless it is taken (DESIGN §5). */
export const defaultPort = 7420;
const maxTunnelWaitMs = 10_000;

export interface EndpointServerOptions {
  /** The endpoint of a token, by the token's SHA-256 (hex). */
  resolve: (tokenSha256: string) => { backend_id: string; vertex_id: string; name: string } | undefined;
  /** The backend's running deployment; undefined when none runs. */
  running: (backendId: string) => string | undefined;
  tunnel: (target: TunnelTarget) => Promise<Duplex>;
  log: (line: string) => void;
}

/**
 * Serves every backend's endpoints at `http://127.0.0.1:<port>/e/<token>/`, HTTP and WebSocket alike, for as long as a
 * deployment runs behind them; otherwise 404 with a JSON body. Only this laptop reaches it, and only under its own names:
 * a page of another origin, or a name that was rebound to 127.0.0.1, is refused (DESIGN §12).
 */
export class EndpointServer implements AsyncDisposable {
  readonly #options: EndpointServerOptions;
  readonly #server: Server;
  readonly #agent: TunnelAgent;
  /** What was upgraded is out of the server's sight and is ended by us. */
  readonly #upgraded = new Set<Duplex>();
  #port = 0;

  constructor(options: EndpointServerOptions) {
    this.#options = options;
    this.#agent = new TunnelAgent(target => this.#open(target));
    this.#server = createServer({ maxHeaderSize: 16 * 1024 });
    this.#server.requestTimeout = 0;
    // Longer than clients keep theirs, so that none sends on a connection that is being closed.
    this.#server.keepAliveTimeout = 75_000;
    this.#server.on('request', (incoming, response) => void this.#forward(incoming, response));
    this.#server.on('upgrade', (incoming, socket, head) => void this.#upgrade(incoming, socket, head));
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  get port(): number {
    return this.#port;
  }

  url(token: string): string {
    return `http://127.0.0.1:${this.#port}/e/${token}/`;
  }

  /**
   * Listens on `wanted`, or when `mayMove` on any free port if it is taken; does nothing when it listens already.
   * @throws AppError `port_in_use`.
   */
  async listen(wanted: number, mayMove: boolean): Promise<void> {
    this.#port = wanted;
    if (this.#server.listening) return;
    try {
      await listenOn(this.#server, wanted);
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error;
      if (!mayMove) {
        throw new AppError(
          'port_in_use',
          `Port ${wanted}, which this workspace's endpoint URLs use, is taken by another program.`,
          {
            hint: `End that program (lsof -i :${wanted}), or stop the host of the other workspace that has it (ppl host stop), then try again.`,
            details: { port: wanted },
            cause: error,
          },
        );
      }
      await listenOn(this.#server, 0);
    }
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    this.#server.closeAllConnections();
    for (const socket of this.#upgraded) socket.destroy();
    if (this.#server.listening) await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }

  async #forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = this.#refusal(incoming);
    if (refusal !== undefined) return answer(response, refusal.status, refusal.code, refusal.message);
    const route = this.#route(incoming.url ?? '/');
    if ('code' in route) return answer(response, 404, route.code, route.message);
    const outgoing = request({
      agent: this.#agent,
      target: route.target,
      method: incoming.method,
      path: route.path,
      headers: { ...withoutHopHeaders(incoming.headers), host: 'component' },
    } as RequestOptions);
    outgoing.on('response', upstream => {
      response.writeHead(upstream.statusCode ?? 502, withoutHopHeaders(upstream.headers));
      pipeline(upstream, response).catch(() => response.destroy());
    });
    outgoing.on('error', (error: Error) => {
      const known = AppError.from(error);
      if (response.headersSent) response.destroy();
      else if (known.code === 'not_found') answer(response, 404, 'not_running', known.message);
      else answer(response, 502, 'bad_gateway', `The component did not answer: ${known.message}`);
    });
    response.on('close', () => {
      if (!response.writableFinished) outgoing.destroy();
    });
    // An answer may come before the whole body was taken (413): what is left of it is read and dropped, not cut off, so
    // that the sender sees the answer.
    incoming.pipe(outgoing);
    incoming.on('error', () => outgoing.destroy());
    outgoing.on('close', () => {
      incoming.unpipe(outgoing);
      incoming.resume();
    });
  }

  async #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    this.#upgraded.add(socket);
    socket.on('close', () => this.#upgraded.delete(socket));
    const refusal = this.#refusal(incoming);
    if (refusal !== undefined) return answerRaw(socket, refusal.status, refusal.code, refusal.message);
    const route = this.#route(incoming.url ?? '/');
    if ('code' in route) return answerRaw(socket, 404, route.code, route.message);
    try {
      const tunnel = await this.#open(route.target);
      const lines = [`GET ${route.path} HTTP/1.1`, 'host: component'];
      for (const [name, value] of Object.entries(incoming.headers)) {
        if (name === 'host' || value === undefined) continue;
        for (const one of Array.isArray(value) ? value : [value]) lines.push(`${name}: ${one}`);
      }
      tunnel.write(`${lines.join('\r\n')}\r\n\r\n`);
      if (head.length > 0) tunnel.write(head);
      if ('setNoDelay' in socket && typeof socket.setNoDelay === 'function') socket.setNoDelay(true);
      const close = () => {
        tunnel.destroy();
        socket.destroy();
      };
      pipeline(tunnel, socket).catch(close);
      pipeline(socket, tunnel).catch(close);
    } catch (error) {
      const known = AppError.from(error);
      if (known.code === 'not_found') answerRaw(socket, 404, 'not_running', known.message);
      else answerRaw(socket, 502, 'bad_gateway', `The component did not answer: ${known.message}`);
    }
  }

  async #open(target: TunnelTarget): Promise<Duplex> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new AppError('timed_out', 'The engine did not answer in time.')),
        maxTunnelWaitMs,
      );
    });
    try {
      return await Promise.race([this.#options.tunnel(target), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #route(url: string): { target: TunnelTarget; path: string } | { code: string; message: string } {
    const match = /^\/e\/([A-Za-z0-9_-]{20,64})(\/[^?]*)?(\?.*)?$/.exec(url);
    const token = match?.[1];
    const endpoint =
      token === undefined ? undefined : this.#options.resolve(createHash('sha256').update(token).digest('hex'));
    if (match === null || endpoint === undefined) return { code: 'not_found', message: 'No endpoint has this token.' };
    const deployment_id = this.#options.running(endpoint.backend_id);
    if (deployment_id === undefined) {
      return {
        code: 'not_running',
        message: 'No deployment of this backend is running. Deploy it: ppl backend deploy.',
      };
    }
    const rest = match[2] === undefined || match[2] === '/' ? '' : match[2];
    return {
      target: { deployment_id, vertex_id: endpoint.vertex_id, name: endpoint.name },
      path: `/${encodeURIComponent(endpoint.name)}${rest}${match[3] ?? ''}`,
    };
  }

  #refusal(incoming: IncomingMessage): { status: number; code: string; message: string } | undefined {
    const own = [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
    if (!own.includes(incoming.headers.host ?? '')) {
      return { status: 421, code: 'wrong_host', message: `This server answers to ${own.join(' and ')} only.` };
    }
    const { origin } = incoming.headers;
    if (origin !== undefined && !own.some(host => origin === `http://${host}`)) {
      return { status: 403, code: 'wrong_origin', message: 'Pages of other origins may not use these endpoints.' };
    }
    return undefined;
  }
}

function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function withoutHopHeaders(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const {
    connection: _c,
    'keep-alive': _k,
    'proxy-connection': _p,
    upgrade: _u,
    'transfer-encoding': _t,
    ...rest
  } = headers;
  return rest;
}

function answer(response: ServerResponse, status: number, code: string, message: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { code, message } }));
}

function answerRaw(socket: Duplex, status: number, code: string, message: string): void {
  const body = JSON.stringify({ error: { code, message } });
  socket.end(
    `HTTP/1.1 ${status} ${code}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
