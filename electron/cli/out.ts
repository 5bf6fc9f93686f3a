import { once } from 'node:events';
import type { Progress } from '../../shared/contract/index.ts';
import type { AppError } from '../../shared/errors.ts';

/** stdout is data, stderr is for people (DESIGN §11). */
export class Out {
  /** Set by `--json`: data stays JSON on a terminal too. */
  json = false;
  /** Set where a stream was ended early: what its reader has not taken is waited for no longer. */
  abandoned = false;
  /**
   * Called when who reads stdout has left, such as head, which has what it wants. A run whose end nobody has seen has set its own
   * exit code.
   */
  readerLeft: () => void = () => process.exit(process.exitCode ?? 0);
  #lastProgress = '';

  get isTerminal(): boolean {
    return process.stdout.isTTY === true && !this.json;
  }

  data(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value, null, this.isTerminal ? 2 : undefined)}\n`);
  }

  /** One JSON object a line. */
  line(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  raw(bytes: Uint8Array): void {
    process.stdout.write(bytes);
  }

  /** Lines for people, where data would be JSON. */
  text(lines: string): void {
    process.stdout.write(`${lines}\n`);
  }

  /** Resolves when what was written is on its way: who reads slowly slows the writer down. */
  async flowing(signal: AbortSignal): Promise<void> {
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain', { signal });
  }

  hint(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  progress({ message, done, total, unit }: Progress): void {
    const amount =
      total === undefined || done === undefined ? '' : ` ${formatAmount(done, unit)} of ${formatAmount(total, unit)}`;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\u001b[K${message}${amount}`);
      this.#lastProgress = message;
    } else if (message !== this.#lastProgress) {
      process.stderr.write(`${message}\n`);
      this.#lastProgress = message;
    }
  }

  progressDone(): void {
    if (process.stderr.isTTY && this.#lastProgress !== '') process.stderr.write('\r\u001b[K');
    this.#lastProgress = '';
  }

  error(error: AppError): void {
    if (process.stderr.isTTY && !this.json) {
      process.stderr.write(`error: ${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`);
    } else {
      process.stderr.write(`${JSON.stringify({ error: error.toData() })}\n`);
    }
  }
}

/** Rows as `{"count", "items"}`, on a terminal as a table of `columns`. */
export function printList(
  out: Out,
  list: { count: number; items: readonly object[] },
  columns: readonly string[],
): void {
  if (!out.isTerminal) out.data(list);
  else if (list.count === 0) out.hint('None.');
  else printTable(list.items, columns);
}

export function printData(out: Out, data: unknown): void {
  out.data({ data });
}

export function printTable(items: readonly object[], columns: readonly string[]): void {
  process.stdout.write(`${tableOf(items, columns).join('\n')}\n`);
}

/** The lines of a table of `columns`, its head first. */
export function tableOf(items: readonly object[], columns: readonly string[]): string[] {
  const cells = items.map(item => columns.map(column => cellOf((item as Record<string, unknown>)[column])));
  const widths = columns.map((column, index) => Math.max(column.length, ...cells.map(row => row[index]?.length ?? 0)));
  return [columns.map(column => column.toUpperCase()), ...cells].map(row =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** One fact a line, with its name; what there is not is left out. */
export function facts(named: Readonly<Record<string, string | null>>): string {
  const width = Math.max(...Object.keys(named).map(name => name.length));
  return Object.entries(named)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name.padEnd(width)}  ${oneLine(value as string)}`)
    .join('\n');
}

/** What somebody named must not move the cursor, nor end a line of a table. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (Array.isArray(value)) return oneLine(value.join(', ')) || '-';
  return oneLine(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function formatAmount(amount: number, unit: Progress['unit']): string {
  return unit === 'bytes' ? `${(amount / 2 ** 20).toFixed(1)} MiB` : String(amount);
}
