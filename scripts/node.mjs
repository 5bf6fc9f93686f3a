import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A Node that can load what we are made of: this one if it is new enough, else the one among the packages. */
export function suitableNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isNew = major > 22 || (major === 22 && minor >= 14);
  if (isNew && Number(process.versions.napi) >= 10) return process.execPath;
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const program = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    if (existsSync(program)) return program;
  } catch {
    // Not installed for this platform: said below.
  }
  console.error(`Node ${process.version} is too old and no newer one is installed with the packages.`);
  console.error('Install Node 22.14 or newer (https://nodejs.org), then try again.');
  process.exit(1);
}

/**
 * Runs a program with `node` first on the PATH and resolves with its exit code. `channel`: the child hears of this process's end
 * even when it is killed, and ends too (a plain child would go on).
 */
export function run(node, args, { cwd = root, channel = false } = {}) {
  const child = spawn(node, args, {
    cwd,
    stdio: channel ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
  });
  const forward = signal => child.kill(signal);
  process.on('SIGINT', forward);
  process.on('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('SIGINT', forward);
      process.off('SIGTERM', forward);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}
