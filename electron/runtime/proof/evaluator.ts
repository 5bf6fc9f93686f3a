import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { WireType } from '../../../shared/types/wire.ts';

export interface EvaluationRequest {
  expression: string;
  /** All frames of the case as canonical JSON. */
  outputs: unknown[];
  /** The frame that `output` names. */
  index: number;
  type: WireType;
}

/** `error`: the expression threw, or did not end in time. */
export interface EvaluationAnswer {
  ok: boolean;
  error?: string;
}

const timeLimitMs = 1000;
const startLimitMs = 10_000;

/** Evaluates expectations in a thread of their own, each under a time limit. */
export class Evaluator implements AsyncDisposable {
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** One after the other: each has the thread, and its time, for itself. */
  evaluate(request: EvaluationRequest): Promise<EvaluationAnswer> {
    const answer = this.#last.then(() => this.#evaluate(request));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #evaluate(request: EvaluationRequest): Promise<EvaluationAnswer> {
    const worker = await this.#ready();
    return new Promise(resolve => {
      const finish = (answer: EvaluationAnswer) => {
        clearTimeout(timer);
        worker.off('message', finish);
        worker.off('error', failed);
        resolve(answer);
      };
      const failed = (error: Error) => {
        this.#worker = undefined;
        finish({ ok: false, error: error.message });
      };
      const timer = setTimeout(() => {
        this.#worker = undefined;
        void worker.terminate();
        finish({ ok: false, error: `it did not end within ${timeLimitMs} ms` });
      }, timeLimitMs);
      worker.on('message', finish);
      worker.on('error', failed);
      worker.postMessage(request);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.terminate();
  }

  /** Starting takes longer than evaluating, so it has its own limit. */
  async #ready(): Promise<Worker> {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(workerUrl(), { resourceLimits: { maxOldGenerationSizeMb: 256 } });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the evaluation thread did not start')), startLimitMs);
      worker.once('online', () => {
        clearTimeout(timer);
        resolve();
      });
      worker.once('error', reject);
    });
    worker.unref();
    this.#worker = worker;
    return worker;
  }
}

/** Beside this file as source, beside the command line's own file once built. */
function workerUrl(): URL {
  const candidates = ['./cel-worker.ts', './cel-worker.js', '../cel-worker.js'].map(
    path => new URL(path, import.meta.url),
  );
  return candidates.find(url => existsSync(url)) ?? (candidates[1] as URL);
}
