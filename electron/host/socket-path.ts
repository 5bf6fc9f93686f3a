import { createHash, randomBytes } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';

/** macOS takes 104 bytes with the final NUL, Linux 108. */
const longestPath = 100;

/**
 * Where the host of a workspace listens. On Windows a pipe whose random name is in a file that only its user reads; elsewhere a
 * Unix socket in the workspace, or where that path is too long in a folder of the user's own.
 */
export function socketPath(home: string): string {
  if (process.platform === 'win32') return pipeName(home);
  const inside = join(home, 'host.sock');
  if (Buffer.byteLength(inside) <= longestPath) return inside;
  return join(ownFolder(), `${createHash('sha256').update(home).digest('hex').slice(0, 16)}.sock`);
}

/** Others may make folders beside it: one that is not the user's alone is refused, for its sockets would not be either. */
function ownFolder(): string {
  const { uid } = userInfo();
  const folder = join(tmpdir(), `proofbench-${uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return folder;
  throw new AppError('conflict', `${folder} is not a folder that only you can use, so no socket is put there.`, {
    hint: 'Remove it, or give the workspace a shorter path with PROOFBENCH_HOME.',
  });
}

function pipeName(home: string): string {
  const path = join(home, 'host-pipe');
  if (!existsSync(path))
    writeFileSync(path, `\\\\.\\pipe\\proofbench-${randomBytes(16).toString('hex')}`, { mode: 0o600 });
  return readFileSync(path, 'utf8');
}
