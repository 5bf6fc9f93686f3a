import { parentPort } from 'node:worker_threads';
import { evaluate, toCel } from './cel.ts';
import type { EvaluationAnswer, EvaluationRequest } from './evaluator.ts';

/** Evaluates one expression a message. It runs apart so that one that never ends can be ended. */
parentPort?.on('message', ({ expression, outputs, index, type }: EvaluationRequest) => {
  let answer: EvaluationAnswer;
  try {
    const values = outputs.map(output => toCel(output, type));
    answer = { ok: evaluate(expression, values[index], values) };
  } catch (error) {
    answer = { ok: false, error: (error instanceof Error ? error.message : String(error)).split('\n')[0] as string };
  }
  parentPort?.postMessage(answer);
});
