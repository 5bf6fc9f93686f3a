/**
 * The gateway: the one container that the host can talk to and that every component can dial. Components register over
 * TCP; the host comes through a Unix socket that only a process inside this container (relay.js) can open. The two sides
 * meet in `Deployments`, and nowhere else.
 */
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { createComponentServer } from './component-server.js';
import { Deployments } from './deployment.js';
import { createHostServer } from './host-server.js';

const port = Number(process.env.PROOFBENCH_GATEWAY_PORT ?? 7000);
const socketPath = process.env.PROOFBENCH_GATEWAY_SOCKET ?? '/run/proofbench/host.sock';
const version = process.env.PROOFBENCH_VERSION ?? '0.1.0';

process.on('SIGTERM', () => process.exit(0));
process.on('SIGINT', () => process.exit(0));

/** A gateway that nobody needs any more ends by itself: its host may be gone for good. */
const idleMs = Number(process.env.PROOFBENCH_GATEWAY_IDLE_MS ?? 120_000);

const deployments = new Deployments();

mkdirSync(dirname(socketPath), { recursive: true });
rmSync(socketPath, { force: true });
const host = createHostServer(deployments, version);
host.listen(socketPath, () => chmodSync(socketPath, 0o600));

const components = createComponentServer(deployments);
components.listen(port, '0.0.0.0', () => {
  console.log(JSON.stringify({ type: 'listening', port: components.address().port, version }));
});

let neededAt = Date.now();
const hosts = new Set();
host.on('session', session => {
  hosts.add(session);
  session.on('close', () => {
    hosts.delete(session);
    neededAt = Date.now();
  });
});
setInterval(
  () => {
    if (hosts.size > 0 || deployments.hasComponents) neededAt = Date.now();
    else if (Date.now() - neededAt >= idleMs) process.exit(0);
  },
  Math.min(idleMs, 5_000),
).unref();
