import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from './workspace.ts';

export interface KillRow {
  killed: string;
  point: string;
  outcome: string;
  /** From the kill until nothing was left. */
  ms: number;
}

/** Adds to `test/results/kill-table.md` what became of each kill, to be read by people. */
export function report(rows: readonly KillRow[]): void {
  const folder = join(projectDir, 'test/results');
  mkdirSync(folder, { recursive: true });
  const lines = rows.map(
    ({ killed, point, outcome, ms }) => `| ${killed} | ${point} | ${outcome} | ${(ms / 1000).toFixed(1)} |\n`,
  );
  appendFileSync(
    join(folder, 'kill-table.md'),
    `\n| killed | at | outcome | seconds until nothing was left |\n|---|---|---|---|\n${lines.join('')}`,
  );
}
