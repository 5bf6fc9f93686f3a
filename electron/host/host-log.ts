import { existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const maxBytes = 5 * 2 ** 20;

/** Where the host of a workspace writes what went on; one that has grown long is put aside first. */
export function hostLogPath(home: string): string {
  const path = join(home, 'host.log');
  if (existsSync(path) && statSync(path).size > maxBytes) renameSync(path, `${path}.1`);
  return path;
}
