import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Brings jq, with which the documented scripts read what `ppl` prints: on Debian or Ubuntu as root, else says how to. */
export function ensureJq() {
  if (spawnSync('jq', ['--version'], { stdio: 'ignore' }).status === 0) return;
  if (process.platform === 'linux' && process.getuid() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error('No jq is installed: installing it with apt-get…');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = args =>
      spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], { env, stdio: ['ignore', 2, 2] })
        .status === 0;
    const install = () => apt(['install', '-y', '--no-install-recommends', 'jq']);
    if (install() || (apt(['update']) && install())) return;
  }
  // The other tests do without.
  console.error(
    'jq is missing, so the test of the hand-built script will fail: sudo apt-get install jq, or brew install jq.',
  );
}
