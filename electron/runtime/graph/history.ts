/** How a row of a log belongs to a command, and what that took back or did again. */
export interface StepMark {
  seq: number;
  /** The first operation of the command; 1 for what a log begins as: its creation, a fork's graph, what was compacted. */
  step: number;
  undoes: number | null;
  redoes: number | null;
}

/** Which steps of a log can be undone and which redone; the newest is last. */
export class History {
  readonly undoable: number[] = [];
  readonly redoable: number[] = [];

  /** Whether a row takes back, or does again, what is next to be. */
  mayRecord({ seq, step, undoes, redoes }: StepMark): boolean {
    if (step !== seq) return true;
    return undoes === null ? redoes === null || redoes === this.redoable.at(-1) : undoes === this.undoable.at(-1);
  }

  /** Takes the next row of the log. */
  record({ seq, step, undoes, redoes }: StepMark): void {
    if (step === 1) {
      this.undoable.length = 0;
      this.redoable.length = 0;
      return;
    }
    if (step !== seq) return;
    if (undoes !== null) {
      this.undoable.pop();
      this.redoable.push(undoes);
      return;
    }
    if (redoes === null) this.redoable.length = 0;
    else this.redoable.pop();
    this.undoable.push(step);
  }
}

export function historyOf(marks: Iterable<StepMark>): History {
  const history = new History();
  for (const mark of marks) history.record(mark);
  return history;
}
