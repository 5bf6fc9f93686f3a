import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';

const defaultSocket = '/var/run/docker.sock';

/** Makes sure a Docker engine answers: finds one, on Debian or Ubuntu as root installs and starts one, else says what to do. */
export async function ensureDocker() {
  if (await answers()) return;
  if (process.platform === 'linux' && process.getuid() === 0 && isDebian() && process.env.DOCKER_HOST === undefined) {
    if (!existsSync('/usr/sbin/dockerd') && !existsSync('/usr/bin/dockerd')) install();
    console.error('Starting the Docker engine (dockerd)…');
    forgetDeadProcess('/var/run/docker.pid', 'dockerd');
    forgetDeadProcess('/var/run/docker/containerd/containerd.pid', 'containerd');
    const log = openSync('/var/log/dockerd-proofbench.log', 'a');
    spawn('dockerd', [], { detached: true, stdio: ['ignore', log, log] }).unref();
    for (let waited = 0; waited < 30_000; waited += 250) {
      if (await answers()) return;
      await new Promise(resolve => setTimeout(resolve, 250));
    }
    console.error('The Docker engine did not start: see /var/log/dockerd-proofbench.log.');
    process.exit(3);
  }
  console.error(
    process.platform === 'linux'
      ? 'Docker is not running: start it (sudo systemctl start docker), then try again.'
      : 'Docker is not running: start Docker Desktop, then try again.',
  );
  process.exit(3);
}

function install() {
  console.error('No Docker engine is installed: installing docker.io with apt-get…');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = args =>
    spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], { env, stdio: ['ignore', 2, 2] }).status ===
    0;
  if (apt(['update']) && apt(['install', '-y', '--no-install-recommends', 'docker.io', 'iptables'])) return;
  console.error('apt-get could not install docker.io: see above.');
  process.exit(3);
}

/** An engine that was killed leaves its pid behind; once another process has that number, the next one would not start. */
function forgetDeadProcess(pidFile, name) {
  if (!existsSync(pidFile)) return;
  const comm = `/proc/${readFileSync(pidFile, 'utf8').trim()}/comm`;
  if (!existsSync(comm) || readFileSync(comm, 'utf8').trim() !== name) rmSync(pidFile, { force: true });
}

function isDebian() {
  return (
    existsSync('/etc/os-release') && /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'))
  );
}

/** Whether any of the places where an engine commonly listens answers `GET /_ping`. The product itself looks further. */
async function answers() {
  const host = process.env.DOCKER_HOST;
  if (host !== undefined) {
    if (host.startsWith('unix://')) return ping({ socketPath: host.slice('unix://'.length) });
    if (!host.startsWith('tcp://')) return true;
    const { hostname, port } = new URL(host);
    return process.env.DOCKER_TLS_VERIFY ? true : ping({ host: hostname, port: port || 2375 });
  }
  // A context of the user's own is found by the product; `docker version` follows it where the client is there.
  const sockets =
    process.platform === 'win32'
      ? ['//./pipe/docker_engine']
      : [
          defaultSocket,
          join(homedir(), '.docker/run/docker.sock'),
          join(homedir(), '.orbstack/run/docker.sock'),
          join(homedir(), '.colima/default/docker.sock'),
          join(process.env.XDG_RUNTIME_DIR ?? '/run', 'podman/podman.sock'),
        ];
  for (const socketPath of sockets) if (await ping({ socketPath })) return true;
  return (
    spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { stdio: 'ignore', timeout: 10_000 }).status ===
    0
  );
}

function ping(where) {
  return new Promise(resolve => {
    const asked = request({ ...where, path: '/_ping', timeout: 3000 }, response => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('error', () => resolve(false));
    asked.on('timeout', () => asked.destroy());
    asked.end();
  });
}
