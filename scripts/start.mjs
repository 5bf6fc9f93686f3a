import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root, run } from './node.mjs';
import { ensureTestElectron } from './test-electron.mjs';

/** Opens the app. Electron downloads itself the first time; where that cannot be reached, the one of the tests is taken. */
export async function startApp(node, args) {
  const asRoot = process.platform === 'linux' && process.getuid() === 0 ? ['--no-sandbox'] : [];
  return run(await electron(node), [...asRoot, root, ...args]);
}

async function electron(node) {
  // In a process of its own: the package downloads while it is loaded, and ends loudly when it cannot.
  const { status, stderr } = spawnSync(node, ['-e', "require('electron')"], { cwd: root, encoding: 'utf8' });
  if (status === 0) return createRequire(join(root, 'package.json'))('electron');
  console.error(`Electron could not be downloaded: ${stderr.trim().split('\n').at(-1)}`);
  const { executablePath, nativeBinding } = await ensureTestElectron();
  if (nativeBinding !== undefined) process.env.PROOFBENCH_SQLITE_BINDING = nativeBinding;
  return executablePath;
}
