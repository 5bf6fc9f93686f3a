import { describe, expect, it } from 'vitest';
import { Evaluator } from '../../../../electron/runtime/proof/evaluator.ts';

describe('evaluating expectations', () => {
  const request = (expression: string, outputs: unknown[] = [null], index = 0) => ({
    expression,
    outputs,
    index,
    type: 'any' as const,
  });

  it('answers with what the expression says of the frame that is meant', async () => {
    await using evaluator = new Evaluator();
    expect(await evaluator.evaluate(request('output == 2 && outputs.size() == 3', [1, 2, 3], 1))).toEqual({ ok: true });
    expect(await evaluator.evaluate(request('output == 2', [1, 2, 3], 2))).toEqual({ ok: false });
  });

  it('ends an expression that does not end, and evaluates the next one', async () => {
    await using evaluator = new Evaluator();
    const endless = await evaluator.evaluate(request('output.matches("^(a+)+$")', [`${'a'.repeat(40)}!`]));
    expect(endless).toEqual({ ok: false, error: 'it did not end within 1000 ms' });
    expect(await evaluator.evaluate(request('1 + 1 == 2'))).toEqual({ ok: true });
  });

  it('tells an expression that throws, in one line, and evaluates the next one', async () => {
    await using evaluator = new Evaluator();
    for (const expression of ['output.nothing == 1', 'output ==', '1', '[1][5] == 1']) {
      const answer = await evaluator.evaluate(request(expression, [{ a: 1 }]));
      expect(answer, expression).toEqual({ ok: false, error: expect.stringMatching(/^[^\n]+$/) });
    }
    expect(await evaluator.evaluate(request('output.a == 1', [{ a: 1 }]))).toEqual({ ok: true });
  });

  it('holds nothing open when nothing was evaluated', async () => {
    await using _evaluator = new Evaluator();
  });

  it('answers each of several that were asked at once with its own', async () => {
    await using evaluator = new Evaluator();
    await evaluator.evaluate(request('true'));
    const both = await Promise.all([evaluator.evaluate(request('1 == 1')), evaluator.evaluate(request('1 == 2'))]);
    expect(both).toEqual([{ ok: true }, { ok: false }]);
  });
});
