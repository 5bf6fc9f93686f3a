import { chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The workspace's folder: `PROOFBENCH_HOME`, else in the platform's app-data folder. Made for its user only. */
export function workspaceHome(env: NodeJS.ProcessEnv): string {
  const home = resolve(env.PROOFBENCH_HOME ?? defaultHome(env));
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (process.platform !== 'win32') chmodSync(home, 0o700);
  return home;
}

function defaultHome(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'proofbench');
  if (process.platform === 'win32') return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'proofbench');
  return join(env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'proofbench');
}
