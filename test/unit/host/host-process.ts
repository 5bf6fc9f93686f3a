import { takeLock } from '../../../electron/host/lock.ts';
import { HostServer } from '../../../electron/host/server.ts';
import { socketPath } from '../../../electron/host/socket-path.ts';
import type { Handlers } from '../../../shared/contract/index.ts';

/** A host with three procedures, as a process of its own that a test may kill: the lock and the transport are the product's. */
const home = process.argv[2] as string;
const lock = await takeLock(home);
if (lock === undefined) process.exit(0);

const server: HostServer = new HostServer({
  path: socketPath(home),
  version: '1',
  handlers: {
    // `workspace_id` tells how many are connected.
    'host.info': async () => ({ version: '1', pid: process.pid, home, workspace_id: String(server.callers) }),
    'doctor.run': async () => process.kill(process.pid, 'SIGKILL'),
    'lease.create': async () => process.kill(process.pid, 'SIGKILL'),
    'run.watch': async function* ({ after_seq }: { after_seq: number }) {
      for (let seq = after_seq + 1; seq <= 6; seq++) {
        yield {
          type: 'param_set',
          seq,
          at: '2026-01-01T00:00:00Z',
          lease_id: 'l',
          vertex_id: 'v',
          name: String(process.pid),
        };
        // The first host never tells the fourth: it waits to be killed.
        if (seq === 3 && after_seq === 0) await new Promise(() => undefined);
      }
    },
  } as unknown as Handlers,
  sessionOpened: () => undefined,
  sessionLost: () => undefined,
  sessionClosed: () => undefined,
  onCallers: () => undefined,
  log: line => process.stderr.write(`${line}\n`),
});
await server.listen();
