import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromHost } from '../../../../electron/runtime/engine/engine-address.ts';
import { findInstalled } from '../../../../electron/runtime/engine/installed.ts';
import { launch, type StartOptions, startCommandOf } from '../../../../electron/runtime/engine/start-engine.ts';
import { FakeMachine } from './fake-machine.ts';

let machine: FakeMachine;
beforeEach(() => {
  machine = new FakeMachine();
});
afterEach(() => machine[Symbol.asyncDispose]());

const shown = (options: StartOptions, host?: string) =>
  startCommandOf(host === undefined ? undefined : fromHost(host, 'test', {}, {}), findInstalled(options), options)
    ?.shown ?? null;

describe('what starts Docker', () => {
  it('is the first app that is installed on a Mac, or the one that the context is of', () => {
    const mac = machine.options({}, 'darwin');
    expect(shown(mac)).toBeNull();
    machine.program('root/opt/homebrew/bin/colima');
    expect(shown(mac)).toBe('colima start');
    machine.write('root/Applications/OrbStack.app/x');
    expect(shown(mac)).toBe('open -a OrbStack');
    machine.write('root/Applications/Docker.app/x');
    expect(shown(mac)).toBe('open -a Docker');
    expect(shown(mac, 'unix:///Users/me/.orbstack/run/docker.sock')).toBe('open -a OrbStack');
    expect(shown(mac, 'unix:///Users/me/.colima/default/docker.sock')).toBe('colima start');
  });

  it('is nothing for an engine that is not of this machine', () => {
    machine.write('root/Applications/Docker.app/x');
    const mac = machine.options({}, 'darwin');
    expect(shown(mac, 'tcp://build.example:2376')).toBeNull();
    expect(shown(mac, 'unix:///tmp/own.sock')).toBeNull();
  });

  it('is Docker Desktop by its path on Windows', () => {
    const exe = machine.write('Docker/Docker/Docker Desktop.exe');
    const windows = machine.options({ ProgramFiles: machine.folder }, 'win32');
    expect(shown(windows, 'npipe:////./pipe/docker_engine')).toBe(`"${exe}"`);
  });

  it('is systemd on Linux: the desktop’s own unit, else the service as root', () => {
    machine.write('root/run/systemd/system/x');
    expect(shown(machine.options())).toBeNull();
    machine.write('root/usr/lib/systemd/system/docker.service');
    expect(shown(machine.options())).toBe('systemctl start docker');
    expect(shown({ ...machine.options(), uid: 1000 })).toBeNull();
    machine.write('root/opt/docker-desktop/x');
    machine.write('root/usr/lib/systemd/user/docker-desktop.service');
    expect(shown({ ...machine.options(), uid: 1000 })).toBe('systemctl --user start docker-desktop');
  });

  it('is dockerd itself as root without systemd, once a dead one’s pid is out of the way', () => {
    machine.program('root/usr/sbin/dockerd');
    const options = machine.options();
    expect(shown({ ...options, uid: 1000 })).toBeNull();
    expect(shown(options, 'unix:///var/run/docker.sock')).toBe('dockerd');
    const pidFile = machine.write('root/var/run/docker.pid', String(process.pid));
    startCommandOf(undefined, findInstalled(options), options)?.prepare?.();
    expect(existsSync(pidFile)).toBe(false);
  });

  it('tells how it ended and what it wrote', async () => {
    const logFile = join(machine.folder, 'start.log');
    writeFileSync(logFile, 'of an earlier start\n');
    const run = (file: string, args: string[]) => launch({ file, args, shown: file, env: process.env }, logFile);
    const failing = run('sh', ['-c', 'echo no daemon >&2; exit 7']);
    await expect.poll(() => failing.exitCode()).toBe(7);
    expect(failing.said()).toEqual(['no daemon']);
    const missing = run(join(machine.folder, 'none'), []);
    await expect.poll(() => missing.exitCode()).toBeNull();
    expect(missing.said().at(-1)).toContain('ENOENT');
  });
});
