import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  batchesAhead,
  batchSize,
  type CallContext,
  type FromHost,
  type Handlers,
  type ToHost,
  toHost,
} from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { prepare } from './dispatch.ts';

/** One end of a message port, Electron's or Node's. */
export interface Port {
  postMessage(message: FromHost): void;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
}

export interface PortServerOptions {
  handlers: Handlers;
  /** The caller's session: the same for every port it opens. */
  session: string;
  log: (line: string) => void;
}

interface Work {
  abort: AbortController;
  /** Batches that the caller has not taken yet. */
  ahead: number;
  taken: () => void;
}

/** Carries the contract over a port until it is closed; then whatever its caller still waited for is cancelled. */
export function servePort(port: Port, options: PortServerOptions): void {
  const working = new Map<number, Work>();
  port.onMessage(raw => {
    const parsed = toHost.safeParse(raw);
    if (!parsed.success) return options.log(`port: a message was not understood: ${parsed.error.issues[0]?.message}`);
    const message = parsed.data;
    if (message.kind === 'cancel') working.get(message.id)?.abort.abort();
    else if (message.kind === 'taken') working.get(message.id)?.taken();
    else if (!working.has(message.id)) void serve(message);
  });
  port.onClose(() => {
    for (const { abort } of working.values()) abort.abort();
  });

  async function serve(call: ToHost & { kind: 'call' | 'stream' }): Promise<void> {
    const { id } = call;
    const work: Work = { abort: new AbortController(), ahead: 0, taken: () => {} };
    working.set(id, work);
    const context: CallContext = {
      session: options.session,
      signal: work.abort.signal,
      progress: step => port.postMessage({ kind: 'progress', id, step }),
    };
    try {
      const { input, handler } = prepare(options.handlers, call, call.kind === 'call' ? 'unary' : 'stream');
      if (call.kind === 'call') {
        const answer = handler as (input: unknown, context: CallContext) => Promise<unknown>;
        port.postMessage({ kind: 'answer', id, output: await answer(input, context) });
      } else {
        const stream = handler as (input: unknown, context: CallContext) => AsyncIterable<unknown>;
        await sendBatches(port, id, stream(input, context), work);
        port.postMessage({ kind: 'end', id });
      }
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (error.code === 'internal')
        options.log(`${call.name}: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
      port.postMessage({ kind: 'failed', id, error: error.toData() });
    } finally {
      working.delete(id);
    }
  }
}

/** Events that are there at once travel together; one that comes alone goes alone, and at once. */
async function sendBatches(port: Port, id: number, events: AsyncIterable<unknown>, work: Work): Promise<void> {
  const { signal } = work.abort;
  const iterator = events[Symbol.asyncIterator]();
  let next = iterator.next();
  const aborted = new Promise<{ done: true; value: undefined }>(resolve => {
    signal.addEventListener('abort', () => resolve({ done: true, value: undefined }), { once: true });
  });
  try {
    let batch: unknown[] = [];
    while (!signal.aborted) {
      const result = await (batch.length === 0
        ? Promise.race([next, aborted])
        : Promise.race([next, nextTurn(undefined)]));
      if (result?.done === false) {
        batch.push(result.value);
        next = iterator.next();
        if (batch.length < batchSize) continue;
      }
      if (batch.length > 0) {
        await allowed(work);
        if (signal.aborted) return;
        port.postMessage({ kind: 'events', id, events: batch });
        batch = [];
      }
      if (result?.done === true) return;
    }
  } finally {
    // What comes after an abort, an error too, nobody waits for.
    next.catch(() => undefined);
    iterator.return?.().catch(() => undefined);
  }
}

/** Resolves when one more batch may be sent; a caller that takes none holds its stream. */
async function allowed(work: Work): Promise<void> {
  const { signal } = work.abort;
  work.ahead++;
  work.taken = () => {
    work.ahead--;
  };
  if (work.ahead <= batchesAhead) return;
  await new Promise<void>(resolve => {
    work.taken = () => {
      work.ahead--;
      if (work.ahead <= batchesAhead) resolve();
    };
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
