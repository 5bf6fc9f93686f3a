import { AppError } from '../errors.ts';
import { printType } from './print.ts';
import type { Type } from './type.ts';

/** So that no value makes a check slow: a list of thousands against a union of hundreds. */
const maxSteps = 5_000_000;

/** What does not fit a type, and where. Made often, where a union is tried option by option: nothing is printed before it is thrown. */
export class Misfit {
  readonly type: Type;
  readonly #shown: () => string;
  /** From the inside out. */
  readonly #steps: string[] = [];

  constructor(type: Type, shown: () => string) {
    this.type = type;
    this.#shown = shown;
  }

  /** The same, as seen from one level further out. */
  under(step: string): this {
    this.#steps.push(step);
    return this;
  }

  /** AppError `value_invalid`, cut to what one can read. */
  toError(path: string): AppError {
    const place = `${path}${this.#steps.reverse().join('')}`;
    const type = printType(this.type);
    return new AppError(
      'value_invalid',
      `${cut(place, 200)} is not of type ${cut(type, 200)}: ${cut(this.#shown(), 80)}.`,
      {
        details: { path: cut(place, 1000), type: cut(type, 1000) },
      },
    );
  }
}

/** How much work one check may still do. */
export class Effort {
  #left = maxSteps;

  /** @throws AppError `value_invalid` when it is too much. */
  spend(steps = 1): void {
    this.#left -= steps;
    if (this.#left < 0)
      throw new AppError('value_invalid', 'The value is too large to check against its type.', {
        hint: 'Give a smaller value, or a type with fewer options in its unions.',
      });
  }
}

export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
