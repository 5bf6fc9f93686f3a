import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, run } from './node.mjs';
import { ensureTestElectron } from './test-electron.mjs';

// As a command it opens what is built already, on the file that is given.
if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exit(await startApp(process.execPath, process.argv.slice(2)));

/** Opens the built app. */
export async function startApp(node, args) {
  return run(await electron(node), [...asRoot(), root, ...args]);
}

/** Opens the app with its page served by Vite, which shows changes as they are made. */
export async function developApp(node, electronVite) {
  process.env.ELECTRON_EXEC_PATH = await electron(node);
  if (asRoot().length > 0) process.env.NO_SANDBOX = '1';
  return run(node, [electronVite, 'dev']);
}

/** As root on Linux there is no sandbox to be had. */
function asRoot() {
  return process.platform === 'linux' && process.getuid() === 0 ? ['--no-sandbox'] : [];
}

/** Electron downloads itself the first time; where that cannot be reached, the one of the tests is taken. */
async function electron(node) {
  // In a process of its own: the package downloads while it is loaded, and ends loudly when it cannot.
  const { status, stderr } = spawnSync(node, ['-e', "require('electron')"], { cwd: root, encoding: 'utf8' });
  if (status === 0) return createRequire(join(root, 'package.json'))('electron');
  console.error(`Electron could not be downloaded: ${stderr.trim().split('\n').at(-1)}`);
  const { executablePath, nativeBinding } = await ensureTestElectron();
  if (nativeBinding !== undefined) process.env.PROOFBENCH_SQLITE_BINDING = nativeBinding;
  return executablePath;
}
