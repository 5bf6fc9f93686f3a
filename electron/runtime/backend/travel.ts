import { AppError } from '../../../shared/errors.ts';
import type { GraphOperation } from '../graph/operation.ts';
import { inverseOf } from '../store/backends.ts';
import { type OperationLog, operationOf, type Step } from './operation-log.ts';

/**
 * The steps that take the newest `count` steps back, or do again what was taken back last, each a step of its own.
 * @throws AppError `conflict` where there are not as many.
 */
export function travelSteps(log: OperationLog, id: string, direction: 'undo' | 'redo', count: number): Step[] {
  const { undoable, redoable } = log.history(id);
  const all = direction === 'undo' ? undoable : redoable;
  if (all.length < count) {
    throw new AppError(
      'conflict',
      all.length === 0
        ? `There is nothing to ${direction}.`
        : `There ${all.length === 1 ? 'is 1 step' : `are ${all.length} steps`} to ${direction}, not ${count}.`,
      { hint: `See what was done: ppl backend operations ${id}.`, details: { steps: all.length } },
    );
  }
  return all
    .slice(all.length - count)
    .reverse()
    .map(seq => {
      const rows = log.step(id, seq);
      if (direction === 'redo') return { operations: rows.map(operationOf), redoes: seq };
      return { operations: rows.reverse().map(row => inverseOf(row) as GraphOperation), undoes: seq };
    });
}
