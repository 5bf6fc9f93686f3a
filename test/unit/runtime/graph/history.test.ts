import { describe, expect, it } from 'vitest';
import { historyOf, type StepMark } from '../../../../electron/runtime/graph/history.ts';

/** A log: each entry a command of one operation, or of as many as it says. */
function log(...commands: (number | 'base' | { undoes: number } | { redoes: number })[]): StepMark[] {
  const marks: StepMark[] = [];
  for (const command of commands) {
    const seq = marks.length + 1;
    const mark = { seq, step: seq, undoes: null, redoes: null };
    if (command === 'base') marks.push({ ...mark, step: 1 });
    else if (typeof command === 'object') marks.push({ ...mark, ...command });
    else for (let each = 0; each < command; each++) marks.push({ ...mark, seq: seq + each });
  }
  return marks;
}

const of = (...commands: Parameters<typeof log>) => {
  const { undoable, redoable } = historyOf(log(...commands));
  return { undoable, redoable };
};

describe('what can be undone and redone', () => {
  it('is nothing of a log that was only begun', () => {
    expect(of('base')).toEqual({ undoable: [], redoable: [] });
    expect(of('base', 'base', 'base')).toEqual({ undoable: [], redoable: [] });
  });

  it('is each command as a whole, the newest first', () => {
    expect(of('base', 1, 3, 1)).toEqual({ undoable: [2, 3, 6], redoable: [] });
  });

  it('moves from the one to the other and back', () => {
    expect(of('base', 1, 1, { undoes: 3 })).toEqual({ undoable: [2], redoable: [3] });
    expect(of('base', 1, 1, { undoes: 3 }, { undoes: 2 })).toEqual({ undoable: [], redoable: [3, 2] });
    expect(of('base', 1, 1, { undoes: 3 }, { redoes: 3 })).toEqual({ undoable: [2, 5], redoable: [] });
    expect(of('base', 1, 1, { undoes: 3 }, { redoes: 3 }, { undoes: 5 })).toEqual({ undoable: [2], redoable: [5] });
  });

  it('can be redone no more after another edit', () => {
    expect(of('base', 1, 1, { undoes: 3 }, 1)).toEqual({ undoable: [2, 5], redoable: [] });
  });

  it('is nothing of what came before a log was written anew', () => {
    expect(of('base', 1, 1, 'base', 'base')).toEqual({ undoable: [], redoable: [] });
    expect(of('base', 1, 'base', 1)).toEqual({ undoable: [4], redoable: [] });
  });
});
