import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineStateOf, saidOf } from '../../../../electron/runtime/engine/engine-state.ts';
import { locateEngine } from '../../../../electron/runtime/engine/locate.ts';
import { lookForEngine } from '../../../../electron/runtime/engine/look.ts';
import { probeOf } from '../../../../electron/runtime/engine/probe.ts';
import { FakeMachine } from './fake-machine.ts';

let machine: FakeMachine;
beforeEach(() => {
  machine = new FakeMachine();
});
afterEach(() => machine[Symbol.asyncDispose]());

async function look(env: NodeJS.ProcessEnv = {}, platform: NodeJS.Platform = 'linux') {
  const view = await lookForEngine(machine.options(env, platform), 200);
  return { view, state: engineStateOf(view, false), said: saidOf(view), looked: view.looked };
}

describe('how Docker is', () => {
  it('is absent where nothing of it is there', async () => {
    const { state, said, looked } = await look();
    expect(state).toBe('absent');
    expect(said[0]).toContain(machine.defaultSocket);
    expect(looked.map(each => [each.place, each.value, each.outcome])).toEqual([
      ['DOCKER_HOST', '', 'skipped'],
      ['DOCKER_CONTEXT', '', 'skipped'],
      ['Current context', '', 'skipped'],
      ['Usual sockets', '4 places', 'missing'],
      ['docker command', '', 'missing'],
      ['Docker Desktop, OrbStack, Colima', '', 'missing'],
    ]);
  });

  it('is stopped where the command or an app is there and nothing listens', async () => {
    machine.program('root/usr/bin/docker');
    expect((await look()).state).toBe('stopped');
    machine.write('root/Applications/OrbStack.app/x');
    const { state, looked } = await look({}, 'darwin');
    expect(state).toBe('stopped');
    expect(looked.at(-1)).toMatchObject({ place: 'OrbStack', outcome: 'found' });
  });

  it('is stopped behind a socket that nobody serves', async () => {
    mkdirSync(dirname(machine.defaultSocket), { recursive: true });
    // Bound and left: a socket file whose server is gone, as a killed engine leaves it.
    const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script, machine.defaultSocket]);
    const { state, said } = await look();
    expect(state).toBe('stopped');
    expect(said).toEqual([`connect ECONNREFUSED ${machine.defaultSocket}`]);
  });

  it('is ready where it answers, and the later places are not asked', async () => {
    await machine.serve(machine.defaultSocket);
    await machine.serve(join(machine.home, '.colima/default/docker.sock'));
    const { state, said, looked } = await look();
    expect([state, said]).toEqual(['ready', []]);
    expect(looked.find(each => each.place === 'Default socket')?.outcome).toBe('answers');
    expect(looked.find(each => each.place === 'Colima socket')).toMatchObject({
      outcome: 'found',
      detail: 'not asked: Default socket comes first',
    });
  });

  it('is starting while it refuses with 5xx, or takes a connection and says nothing', async () => {
    const failing = await machine.serve(join(machine.folder, 'a.sock'), 500);
    const hanging = await machine.serve(join(machine.folder, 'b.sock'), 'hangs');
    const refused = await look({ DOCKER_HOST: failing });
    expect([refused.state, refused.said]).toEqual(['starting', ['HTTP 500 not now']]);
    const silent = await look({ DOCKER_HOST: hanging });
    expect([silent.state, silent.said]).toEqual(['starting', [`no answer from ${hanging} within 0.2 s`]]);
  });

  it('is denied where the socket may not be opened', () => {
    for (const code of ['EACCES', 'EPERM']) {
      const thrown = Object.assign(new Error(`connect ${code} /var/run/docker.sock`), { code });
      expect(probeOf(thrown)).toEqual({ outcome: 'denied', said: [`connect ${code} /var/run/docker.sock`] });
    }
    const place = { place: 'Default socket', value: '', named: false };
    const probe = { outcome: 'denied' as const, said: [] };
    const installed = { command: undefined, daemon: undefined, apps: [] };
    expect(
      engineStateOf({ taken: { place, located: undefined, probe }, others: [], installed, looked: [] }, true),
    ).toBe('denied');
  });

  it('is a wrong context where DOCKER_HOST leads nowhere, telling which place answers', async () => {
    await machine.serve(machine.defaultSocket);
    const path = join(machine.folder, 'none.sock');
    const { state, said, looked } = await look({ DOCKER_HOST: `unix://${path}` });
    expect(state).toBe('wrong_context');
    expect(said).toEqual([`connect ENOENT ${path}`, `unix://${machine.defaultSocket} (default socket) answers`]);
    expect(looked[0]).toMatchObject({ place: 'DOCKER_HOST', outcome: 'missing' });
    expect(looked.find(each => each.place === 'Default socket')?.outcome).toBe('answers');
  });

  it('is a wrong context where a DOCKER_HOST is not understood or answers as no engine does', async () => {
    expect((await look({ DOCKER_HOST: 'ftp://x' })).state).toBe('wrong_context');
    const other = await machine.serve(join(machine.folder, 'web.sock'), 404);
    expect((await look({ DOCKER_HOST: other })).state).toBe('wrong_context');
  });

  it('tells a TCP engine that refuses each of its addresses', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise(resolve => server.close(resolve));
    const { state, said } = await look({ DOCKER_HOST: `tcp://localhost:${port}` });
    expect(state).toBe('wrong_context');
    expect(said).toContain(`connect ECONNREFUSED 127.0.0.1:${port}`);
  });

  it('is a wrong context where the current one has no definition', async () => {
    machine.useContext('gone');
    machine.program('root/usr/bin/docker');
    const { state, said, looked } = await look();
    expect(state).toBe('wrong_context');
    expect(said[0]).toContain('"gone"');
    expect(looked[2]).toMatchObject({ place: 'Current context', value: 'gone', outcome: 'missing' });
  });

  it('is only stopped where the current context is the app’s own and the app is there', async () => {
    machine.useContext('desktop-linux', `unix://${machine.home}/.docker/run/docker.sock`);
    expect((await look({}, 'darwin')).state).toBe('wrong_context');
    machine.write('root/Applications/Docker.app/x');
    expect((await look({}, 'darwin')).state).toBe('stopped');
    await machine.serve(machine.defaultSocket);
    expect((await look({}, 'darwin')).state).toBe('wrong_context');
  });

  it('takes the place that locateEngine takes', async () => {
    machine.useContext('mine', await machine.serve(join(machine.folder, 'mine.sock')));
    await machine.serve(machine.defaultSocket);
    const other = await machine.serve(join(machine.folder, 'other.sock'));
    for (const env of [{}, { DOCKER_CONTEXT: 'default' }, { DOCKER_CONTEXT: 'mine' }, { DOCKER_HOST: other }]) {
      const { view } = await look(env);
      expect(view.taken?.located).toEqual(locateEngine(machine.options(env)));
      expect(view.looked.filter(each => each.outcome === 'answers')).toHaveLength(1);
    }
  });
});
