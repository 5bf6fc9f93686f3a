import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import type { Duplex } from 'node:stream';
import { AppError } from '../../../shared/errors.ts';
import type { ExecSession } from '../engine/engine.ts';
import { type DeploymentPlan, gatewayPlanOf } from './plan.ts';
import { Tunnel } from './tunnel.ts';

export type VertexStatus = 'waiting' | 'registered' | 'ready' | 'lost';

/** What one endpoint's client that does not read may hold here. */
const streamWindowBytes = 128 * 1024;
/** What may be on its way at once; Node gives it back as it receives, whoever reads or not. */
const sessionWindowBytes = 1024 * 1024;
/** Within this a gateway has answered, unless Docker hangs: the stream of an engine that does stays open and silent. */
const answerMs = 10_000;

export interface VertexReport {
  vertex_id: string;
  status: VertexStatus;
}

/**
 * The host's side of a gateway: HTTP/2 over one `docker exec` stream, so no port is published and the way in is the same
 * on any engine. Deployments are told to it, their vertices' states are heard from it, and endpoints are reached through it.
 */
export class GatewaySession {
  readonly #session: ClientHttp2Session;
  readonly #exec: ExecSession;
  readonly #closeListeners = new Set<() => void>();

  constructor(exec: ExecSession) {
    this.#exec = exec;
    this.#session = connect('http://gateway', {
      createConnection: () => exec.stream,
      settings: { initialWindowSize: streamWindowBytes, enablePush: false },
      // Each stream is bounded by its window; all together by nothing less than what thousands of sockets need.
      maxSessionMemory: 1_024,
    });
    this.#session.once('connect', () => this.#session.setLocalWindowSize(sessionWindowBytes));
    this.#session.on('error', () => this.#session.destroy());
    this.#session.once('close', () => {
      for (const listener of this.#closeListeners) listener();
    });
    exec.stream.on('error', () => this.#session.destroy());
    exec.stream.on('close', () => this.#session.destroy());
  }

  get isOpen(): boolean {
    return !this.#session.closed && !this.#session.destroyed;
  }

  /** Called once when the session has ended, for whatever reason, unless `signal` aborts before. */
  onClose(listener: () => void, signal: AbortSignal): void {
    if (!this.isOpen) return queueMicrotask(listener);
    this.#closeListeners.add(listener);
    signal.addEventListener('abort', () => this.#closeListeners.delete(listener), { once: true });
  }

  async health(): Promise<{ version: string }> {
    return JSON.parse(await this.#exchange('GET', '/health')) as { version: string };
  }

  /** @throws AppError `timed_out` when it does not answer within 10 s. */
  async putDeployment(id: string, plan: DeploymentPlan, logLevel: 'info' | 'debug'): Promise<void> {
    await this.#exchange('PUT', `/deployments/${id}`, JSON.stringify(gatewayPlanOf(plan, logLevel)));
  }

  /**
   * Tells a running component the new value of a parameter: `applied` once it said so, `pending` when it is not registered and will be
   * told as it does.
   * @throws AppError `not_found` when the gateway has no such vertex; `timed_out` when it does not answer within 5 s: it has the value, and applies it after what it is at.
   */
  async setConfig(id: string, vertexId: string, name: string, value: unknown): Promise<'applied' | 'pending'> {
    const path = `/deployments/${id}/vertices/${vertexId}/config`;
    const { status, text } = await this.#answerTo('PUT', path, JSON.stringify({ name, value }));
    if (status === 204) return 'applied';
    if (status === 202) return 'pending';
    if (status === 404) {
      throw new AppError('not_found', `The gateway knows no vertex ${vertexId} of deployment ${id}.`, {
        hint: 'The deployment has ended or was replaced; the value is in the backend and goes with the next one.',
      });
    }
    if (status !== 504) throw refused('PUT', path, status, text);
    throw new AppError(
      'timed_out',
      `Parameter ${name} was sent, and the component has not said yet that it applied it.`,
      {
        hint: 'A component applies new values between two messages: the one it is at takes long.',
      },
    );
  }

  /** @throws AppError `timed_out` when it does not answer within 10 s. */
  async deleteDeployment(id: string): Promise<void> {
    await this.#exchange('DELETE', `/deployments/${id}`);
  }

  /** The state of each vertex, then every change, until `signal` aborts or the session ends. */
  async *reports(id: string, signal: AbortSignal): AsyncGenerator<VertexReport> {
    const stream = this.#request({ ':method': 'GET', ':path': `/deployments/${id}/events` });
    const stop = () => stream.destroy();
    signal.addEventListener('abort', stop);
    try {
      let rest = '';
      stream.setEncoding('utf8');
      for await (const text of stream as AsyncIterable<string>) {
        rest += text;
        const lines = rest.split('\n');
        rest = lines.pop() as string;
        for (const line of lines) if (line !== '') yield JSON.parse(line) as VertexReport;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      stream.destroy();
    }
  }

  /**
   * A raw byte stream to a component's HTTP port.
   * @throws AppError `not_found` when the gateway knows no such endpoint, `deploy_failed` when it does not listen.
   */
  async tunnel(deployment: string, vertex: string, endpoint: string): Promise<Duplex> {
    const stream = this.#request({ ':method': 'CONNECT', ':authority': 'component', deployment, vertex, endpoint });
    const status = await statusOf(stream);
    if (status === 200) return new Tunnel(stream);
    stream.destroy();
    throw status === 404
      ? new AppError('not_found', `The gateway knows no endpoint ${endpoint} of vertex ${vertex}.`)
      : new AppError(
          'deploy_failed',
          `Endpoint ${endpoint} of vertex ${vertex} does not accept connections (${status}).`,
        );
  }

  close(): void {
    this.#session.destroy();
    this.#exec.stream.destroy();
  }

  #request(headers: Record<string, string>): ClientHttp2Stream {
    if (!this.isOpen) throw lost();
    const stream = this.#session.request(headers, {
      endStream: headers[':method'] === 'GET' || headers[':method'] === 'DELETE',
    });
    // Whoever waits on it hears of an error; one that comes later must not end the host.
    stream.on('error', () => undefined);
    return stream;
  }

  async #exchange(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: string): Promise<string> {
    const { status, text } = await this.#answerTo(method, path, body);
    if (status >= 400) throw refused(method, path, status, text);
    return text;
  }

  async #answerTo(
    method: 'GET' | 'PUT' | 'DELETE',
    path: string,
    body?: string,
  ): Promise<{ status: number; text: string }> {
    const stream = this.#request({ ':method': method, ':path': path });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      stream.destroy();
    }, answerMs);
    try {
      // Read from the start: a short answer may be over before anyone awaits it.
      const answer = textOf(stream);
      if (body !== undefined) stream.end(body);
      const status = await statusOf(stream);
      const text = await answer;
      if (!isLate) return { status, text };
    } catch (error) {
      if (!isLate) throw error;
    } finally {
      clearTimeout(timer);
    }
    throw silent(method, path);
  }
}

function refused(method: string, path: string, status: number, text: string): AppError {
  return new AppError('internal', `The gateway answered ${method} ${path} with ${status}: ${text}`);
}

function statusOf(stream: ClientHttp2Stream): Promise<number> {
  return new Promise((resolve, reject) => {
    stream.once('response', headers => resolve(Number(headers[':status'])));
    stream.once('error', () => reject(lost()));
    stream.once('close', () => reject(lost()));
  });
}

function textOf(stream: ClientHttp2Stream): Promise<string> {
  return new Promise(resolve => {
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => {
      text += part;
    });
    stream.once('close', () => resolve(text));
  });
}

function silent(method: string, path: string): AppError {
  return new AppError('timed_out', `The gateway did not answer ${method} ${path} within ${answerMs / 1000} s.`, {
    hint: 'Docker may hang: see what `ppl doctor` says, then try again.',
  });
}

function lost(): AppError {
  return new AppError('docker_unreachable', 'The connection to the gateway container was lost.', {
    hint: 'Check that Docker is running (`ppl doctor`), then try again.',
  });
}
