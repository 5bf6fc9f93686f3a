import { describe, expect, it } from 'vitest';
import { byteProgress, itemProgress } from '../../../../electron/runtime/base/byte-progress.ts';
import type { Progress } from '../../../../shared/contract/index.ts';

describe('progress', () => {
  it('is told now and then, and at the end', () => {
    const steps: Progress[] = [];
    const tell = byteProgress('Saving', 1000, step => steps.push(step));
    for (let done = 1; done <= 1000; done++) tell(done);
    expect(steps.length).toBeLessThan(20);
    expect(steps.at(-1)).toEqual({ message: 'Saving', done: 1000, total: 1000, unit: 'bytes' });
  });

  it('tells its end at once only once, however much comes after it', () => {
    const steps: Progress[] = [];
    const tell = byteProgress('Saving', 0, step => steps.push(step));
    for (let done = 0; done < 1000; done++) tell(done);
    expect(steps.length).toBeLessThan(20);
  });

  it('of many files is told now and then, and at the last', () => {
    const steps: Progress[] = [];
    const tell = itemProgress('Checking', step => steps.push(step));
    for (let done = 1; done <= 1000; done++) tell(done, 1000);
    expect(steps.length).toBeLessThan(20);
    expect(steps.at(-1)).toEqual({ message: 'Checking', done: 1000, total: 1000, unit: 'items' });
  });
});
