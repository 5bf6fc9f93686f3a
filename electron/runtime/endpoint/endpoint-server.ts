import { createHash } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestOptions,
  request,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Duplex, pipeline } from 'node:stream';
import { AppError } from '../../../shared/errors.ts';
import { TunnelAgent, type TunnelTarget } from './tunnel-agent.ts';

/** Chosen for a new workspace unless it is taken (DESIGN §5). */
export const defaultPort = 7420;
const maxTunnelWaitMs = 10_000;
/** Thousands of clients may come at once. */
const backlog = 4_096;

interface Refusal {
  status: number;
  code: string;
  message: string;
}

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
    this.#server.on('request', (incoming, response) => this.#forward(incoming, response, false));
    // Who asks first hears from the component whether it wants the body.
    this.#server.on('checkContinue', (incoming, response) => this.#forward(incoming, response, true));
    this.#server.on('upgrade', (incoming, socket, head) => this.#upgrade(incoming, socket, head));
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

  #forward(incoming: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const found = this.#target(incoming);
    if ('status' in found) return answer(response, found);
    const headers = without(notForComponent, incoming.rawHeaders);
    headers.push('host', 'component');
    // Whether there is a body must be said as it was said to us, or it would be taken for the next request.
    if (incoming.headers['transfer-encoding'] !== undefined) headers.push('transfer-encoding', 'chunked');
    if (expectsContinue) headers.push('expect', '100-continue');
    const outgoing = request({
      agent: this.#agent,
      target: found.target,
      method: incoming.method,
      path: found.path,
      headers,
    } as RequestOptions);
    outgoing.on('response', upstream => {
      response.writeHead(upstream.statusCode ?? 502, without(ofOneHop, upstream.rawHeaders));
      upstream.on('error', () => response.destroy());
      upstream.pipe(response);
    });
    outgoing.on('error', (error: Error) => {
      // Cut off, so that nobody takes half an answer for the whole.
      if (response.headersSent) response.destroy();
      else answer(response, refusalOf(error));
    });
    response.on('close', () => {
      if (!response.writableFinished) outgoing.destroy();
    });
    incoming.on('error', () => outgoing.destroy());
    // An answer may come before the whole body was taken (413): what is left of it is read and dropped, not cut off, so
    // that the sender sees the answer.
    outgoing.on('close', () => {
      incoming.unpipe(outgoing);
      incoming.resume();
    });
    if (!expectsContinue) incoming.pipe(outgoing);
    else {
      outgoing.on('continue', () => {
        response.writeContinue();
        incoming.pipe(outgoing);
      });
      outgoing.flushHeaders();
    }
  }

  #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    this.#upgraded.add(socket);
    socket.on('close', () => this.#upgraded.delete(socket));
    const found = this.#target(incoming);
    if ('status' in found) return answerRaw(socket, found);
    const outgoing = request({
      createConnection: (_options, connected) => {
        this.#open(found.target).then(
          tunnel => connected(null, tunnel),
          error => connected(error, undefined as never),
        );
        return undefined;
      },
      path: found.path,
      headers: { ...incoming.headers, host: 'component' },
    });
    socket.once('close', () => outgoing.destroy());
    outgoing.on('upgrade', (upstream, tunnel, first) => {
      socket.write(headOf(upstream, upstream.rawHeaders));
      if (first.length > 0) socket.write(first);
      if (head.length > 0) tunnel.write(head);
      if ('setNoDelay' in socket && typeof socket.setNoDelay === 'function') socket.setNoDelay(true);
      // Each direction ends by itself; an error in either ends both.
      pipeline(tunnel, socket, error => error && tunnel.destroy());
      pipeline(socket, tunnel, error => error && socket.destroy());
    });
    outgoing.on('response', upstream => {
      socket.write(headOf(upstream, [...without(ofOneHop, upstream.rawHeaders), 'connection', 'close']));
      pipeline(upstream, socket, () => undefined);
    });
    outgoing.on('error', error => {
      if (socket.writable) answerRaw(socket, refusalOf(error));
    });
    outgoing.end();
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

  #target(incoming: IncomingMessage): { target: TunnelTarget; path: string } | Refusal {
    return this.#refusal(incoming) ?? this.#route(incoming.url ?? '/');
  }

  #route(url: string): { target: TunnelTarget; path: string } | Refusal {
    const match = /^\/e\/([A-Za-z0-9_-]{20,64})(\/[^?]*)?(\?.*)?$/.exec(url);
    const token = match?.[1];
    const endpoint =
      token === undefined ? undefined : this.#options.resolve(createHash('sha256').update(token).digest('hex'));
    if (match === null || endpoint === undefined) {
      return { status: 404, code: 'not_found', message: 'No endpoint has this token.' };
    }
    const deployment_id = this.#options.running(endpoint.backend_id);
    if (deployment_id === undefined) {
      return {
        status: 404,
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

  #refusal(incoming: IncomingMessage): Refusal | undefined {
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
    server.listen({ port, host: '127.0.0.1', backlog }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** What concerns one connection only, not what is carried over it. */
const ofOneHop = new Set(['connection', 'keep-alive', 'proxy-connection', 'upgrade', 'transfer-encoding']);
const notForComponent = new Set([...ofOneHop, 'host', 'expect']);

/** Names and values in turn, as they came: to make an object of them costs more than all else here. */
function without(names: ReadonlySet<string>, rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (!names.has(name.toLowerCase())) kept.push(name, rawHeaders[at + 1] as string);
  }
  return kept;
}

/** The head of an answer for a socket that is no longer the server's. */
function headOf(upstream: IncomingMessage, headers: readonly string[]): string {
  let head = `HTTP/1.1 ${upstream.statusCode} ${upstream.statusMessage}\r\n`;
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return `${head}\r\n`;
}

function refusalOf(error: Error): Refusal {
  const known = AppError.from(error);
  return known.code === 'not_found'
    ? { status: 404, code: 'not_running', message: known.message }
    : { status: 502, code: 'bad_gateway', message: `The component did not answer: ${known.message}` };
}

function answer(response: ServerResponse, { status, code, message }: Refusal): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { code, message } }));
}

function answerRaw(socket: Duplex, { status, code, message }: Refusal): void {
  const body = JSON.stringify({ error: { code, message } });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
