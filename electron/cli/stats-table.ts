import type { ContainerStats } from '../../shared/contract/index.ts';
import { type Out, tableOf } from './out.ts';

const columns = ['container', 'alias', 'cpu', 'memory', 'limit', 'pids', 'received', 'sent'] as const;
/** A container that told nothing for so long has ended. */
const goneMs = 3000;
/** What comes together is drawn together. */
const drawMs = 100;

/** Use of containers on a terminal, drawn over itself while it goes on. */
export class StatsTable {
  readonly #out: Out;
  readonly #follow: boolean;
  readonly #rows = new Map<string, ContainerStats>();
  #drawnLines = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(out: Out, follow: boolean) {
    this.#out = out;
    this.#follow = follow;
  }

  take(row: ContainerStats): void {
    this.#rows.set(row.container_id, row);
    if (this.#follow) this.#timer ??= setTimeout(() => this.#draw(), drawMs);
  }

  /** Draws what is left to draw. */
  end(): void {
    clearTimeout(this.#timer);
    if (this.#rows.size === 0) this.#out.hint('None is running.');
    else if (!this.#follow || this.#timer !== undefined) this.#draw();
  }

  #draw(): void {
    this.#timer = undefined;
    const rows = [...this.#rows.values()];
    const newest = Math.max(...rows.map(row => Date.parse(row.at)));
    const lines = statsLines(rows.filter(row => newest - Date.parse(row.at) < goneMs));
    const over = this.#drawnLines === 0 ? '' : `\u001b[${this.#drawnLines}A\u001b[J`;
    this.#out.text(over + lines.join('\n'));
    this.#drawnLines = lines.length;
  }
}

/** The table's lines, its head first. */
export function statsLines(rows: readonly ContainerStats[]): string[] {
  return tableOf(
    rows.map(row => ({
      container: row.container_id,
      alias: row.alias,
      cpu: `${row.cpu_percent.toFixed(1)} %`,
      memory: amount(row.memory_bytes),
      limit: amount(row.memory_limit_bytes),
      pids: row.pids,
      received: amount(row.received_bytes),
      sent: amount(row.sent_bytes),
    })),
    columns,
  );
}

function amount(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${power === 0 ? bytes : (bytes / 2 ** (10 * power)).toFixed(1)} ${units[power]}`;
}
