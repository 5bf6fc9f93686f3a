import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHost } from '../../../electron/host/host.ts';
import { Store } from '../../../electron/runtime/store/store.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-linger-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function start() {
  return startHost({
    home,
    // Nobody listens there: a Docker that is not running.
    env: { ...process.env, DOCKER_HOST: `unix://${home}/no-docker.sock`, PROOFBENCH_PORT: '0' },
    resources: join(import.meta.dirname, '../../../resources'),
    version: '0.0.0',
    log: () => undefined,
    lingerMs: { idle: 100, withEndpoints: 60_000 },
  });
}

describe('A background host that nobody is connected to', () => {
  it('leaves soon when its workspace has nothing that anybody could ask it for', async () => {
    await using host = await start();
    await host?.left;
  });

  it('stays while the workspace has endpoints, so that their URLs answer', async () => {
    using store = new Store(home);
    store.backends.insert({ id: 'bck_1', name: 'one', lease_id: null, created_at_ms: 1 });
    store.backends.insertEndpoint('0'.repeat(64), { token: 't', backend_id: 'bck_1', vertex_id: 'v', name: 'in' });
    await using host = await start();
    const left = host?.left.then(() => 'left');
    const still = new Promise(resolve => setTimeout(() => resolve('still here'), 1000));
    expect(await Promise.race([left, still])).toBe('still here');
  });
});
