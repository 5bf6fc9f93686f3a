import './async-disposable-stack.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import { tryConnect } from '../host/background.ts';
import type { HostClient } from '../host/client.ts';
import { type Host, startHost } from '../host/host.ts';
import { type Port, servePort } from '../host/port-server.ts';
import { proxyTo } from '../host/proxy.ts';
import { socketPath } from '../host/socket-path.ts';
import { askHostToLeave } from '../host/take-over.ts';
import type { FromHostProcess, HostProcessData, ToHostProcess } from './host-messages.ts';

/** How often a host that stayed for its run is asked again. */
const askAgainMs = 500;

/**
 * The app's host, in a process of its own that the app starts and that ends with it: what it does (hashing, archives, log streams,
 * SQLite) never holds up a window. While another host is busy with a run it passes calls on to that one, then takes over.
 */
const data = JSON.parse(process.argv.at(-1) ?? '{}') as HostProcessData;
const log = (line: string) => process.stderr.write(`${new Date().toISOString()} ${line}\n`);
const say = (message: FromHostProcess) => process.parentPort.postMessage(message);
const owner = { session: data.session, pid: data.appPid };

let host: Host | undefined;
/** The host that is busy; undefined once this process is the host. */
let busy: HostClient | undefined;
let isLeaving = false;

process.parentPort.on('message', event => {
  const message = event.data as ToHostProcess;
  const port = event.ports[0];
  if (message.kind === 'port' && port !== undefined) serve(port);
  else if (message.kind === 'leave') void leave();
});
void begin();

async function begin(): Promise<void> {
  try {
    while (host === undefined && !isLeaving) {
      if (await askHostToLeave(data.home, { unlessRunning: true })) {
        host = await startHost({ ...data, owner, env: process.env, log });
      } else {
        if (busy?.isOpen !== true) {
          busy = await tryConnect(socketPath(data.home), owner.session, owner.pid);
          if (busy !== undefined) say({ kind: 'ready' });
        }
        await sleep(askAgainMs);
      }
    }
    if (host === undefined) return;
    void host.left.then(ended);
    await busy?.[Symbol.asyncDispose]();
    say({ kind: 'ready' });
  } catch (thrown) {
    const error = AppError.from(thrown);
    log(`host: ${thrown instanceof Error ? thrown.stack : error.message}`);
    say({ kind: 'failed', error: error.toData() });
  }
}

function serve(mainPort: Electron.MessagePortMain): void {
  const port = portOf(mainPort);
  if (host !== undefined) host.serve(port);
  else if (busy !== undefined) servePort(port, { handlers: proxyTo(busy), session: owner.session, log });
  else mainPort.close();
}

async function leave(): Promise<void> {
  isLeaving = true;
  await host?.leave();
  if (host === undefined) ended();
}

/** Another host asked this one to leave, or the app did: without a workspace this process has nothing to do. */
function ended(): void {
  process.exit(0);
}

function portOf(port: Electron.MessagePortMain): Port {
  port.start();
  return {
    postMessage: message => port.postMessage(message),
    onMessage: listener => port.on('message', event => listener(event.data)),
    onClose: listener => port.on('close', listener),
  };
}
