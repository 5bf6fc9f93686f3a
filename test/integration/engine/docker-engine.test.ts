import { createHash, randomBytes } from 'node:crypto';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DockerEngine } from '../../../electron/runtime/engine/docker-engine.ts';
import { checkMachine } from '../../../electron/runtime/engine/doctor.ts';
import type { ContainerSpec } from '../../../electron/runtime/engine/engine.ts';
import { locateEngine } from '../../../electron/runtime/engine/locate.ts';
import { AppError } from '../../../shared/errors.ts';
import { Bench } from '../images/bench.ts';

const mebibyte = 1024 * 1024;

describe('the user’s Docker engine', () => {
  let bench: Bench;
  let image: string;
  let names = 0;
  beforeAll(async () => {
    bench = await Bench.open();
    image = (await bench.builder.base('js')).ref;
  });
  afterAll(async () => {
    const left = await bench.left();
    await bench[Symbol.asyncDispose]();
    expect(left).toEqual([]);
  });

  function spec(script: string, changes: Partial<ContainerSpec> = {}): ContainerSpec {
    return {
      name: `proofbench-test-${process.pid}-${names++}`,
      image,
      entrypoint: ['node', '-e', script],
      env: { GREETING: 'hello world' },
      labels: bench.owned,
      network: 'none',
      memoryBytes: 256 * mebibyte,
      cpus: 0.5,
      pids: 32,
      tmpfs: { '/tmp': mebibyte, '/run/proofbench': mebibyte },
      ...changes,
    };
  }

  /** Runs a container from before its first byte to its end. */
  async function run(script: string, changes: Partial<ContainerSpec> = {}) {
    const { engine } = bench;
    const id = await engine.createContainer(spec(script, changes));
    try {
      const output = await engine.attachContainer(id);
      const both = Promise.all([buffer(output.stdout), buffer(output.stderr)]);
      await engine.startContainer(id);
      const exitCode = await engine.waitContainer(id);
      const [stdout, stderr] = await both;
      return { exitCode, stdout, stderr, state: await engine.inspectContainer(id) };
    } finally {
      await engine.removeContainer(id);
    }
  }

  it('runs every container without rights, without a way to write and within its limits', async () => {
    const { stdout, stderr } = await run(`
      const fs = require('fs');
      const can = path => { try { fs.writeFileSync(path, 'x'); return true } catch (e) { return e.code } };
      const mib = Buffer.alloc(${2 * mebibyte});
      const tmp = can('/tmp/a');
      let full; try { fs.writeFileSync('/tmp/big', mib) } catch (e) { full = e.code }
      const status = fs.readFileSync('/proc/self/status', 'utf8');
      console.log(JSON.stringify({
        uid: process.getuid(), gid: process.getgid(), greeting: process.env.GREETING, root: can('/app/x'), etc: can('/etc/x'),
        tmp, own: can('/run/proofbench/a'), full,
        caps: /CapEff:\\s*(\\S+)/.exec(status)[1], bounding: /CapBnd:\\s*(\\S+)/.exec(status)[1], nnp: /NoNewPrivs:\\s*(\\d)/.exec(status)[1],
        links: Object.keys(require('os').networkInterfaces()),
      }))`);
    expect(stderr.toString()).toBe('');
    expect(JSON.parse(stdout.toString())).toEqual({
      uid: 1000,
      gid: 1000,
      greeting: 'hello world',
      root: 'EROFS',
      etc: 'EROFS',
      tmp: true,
      own: true,
      full: 'ENOSPC',
      caps: '0000000000000000',
      bounding: '0000000000000000',
      nnp: '1',
      links: ['lo'],
    });
  });

  it('ends a container that takes more memory than it was given, and says so', async () => {
    const { exitCode, state } = await run('const all = []; for (;;) all.push(Buffer.alloc(1e7, 1))', {
      memoryBytes: 64 * mebibyte,
    });
    expect(exitCode).toBe(137);
    expect(state).toMatchObject({ running: false, oomKilled: true, exitCode: 137 });
  });

  it('captures logs byte for byte: binary, a 70 KB line, an unterminated tail', async () => {
    const { exitCode, stdout, stderr } = await run(`
      const all = Buffer.alloc(256, 0).map((_, i) => i);
      process.stderr.write(all);
      process.stdout.write('a'.repeat(70_000) + '\\n');
      process.stdout.write(all);
      process.stdout.write('no newline');
      process.exitCode = 7`);
    const all = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    expect(exitCode).toBe(7);
    expect(stderr.equals(all)).toBe(true);
    expect(stdout.equals(Buffer.concat([Buffer.from(`${'a'.repeat(70_000)}\n`), all, Buffer.from('no newline')]))).toBe(
      true,
    );
  });

  it('gives the whole log again after a host was lost, and what follows', async () => {
    const { engine } = bench;
    const id = await engine.createContainer(
      spec(
        `process.on('SIGTERM', () => { console.log('two'); process.exit(0) }); console.log('one'); setInterval(() => {}, 1e6)`,
      ),
    );
    const first = await engine.attachContainer(id);
    await engine.startContainer(id);
    await new Promise(resolve => first.stdout.once('data', resolve));
    first.close();
    const again = await engine.reattachContainer(id, true);
    const all = text(again.stdout);
    again.stderr.resume();
    await engine.stopContainer(id, 5_000);
    expect(await all).toBe('one\ntwo\n');
    expect(await engine.waitContainer(id)).toBe(0);
    await engine.removeContainer(id);
    expect(await engine.inspectContainer(id)).toBeUndefined();
  });

  it('speaks to a process inside a container, 8 MiB of anything both ways', async () => {
    const { engine } = bench;
    const id = await engine.createContainer(
      spec(`process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1e6)`),
    );
    await engine.startContainer(id);
    const session = await engine.exec(id, [
      'node',
      '-e',
      `process.stderr.write('to stderr'); process.stdin.pipe(process.stdout)`,
    ]);
    const sent = randomBytes(8 * mebibyte);
    const received = buffer(session.stream);
    session.stream.end(sent);
    const sum = (data: Buffer) => createHash('sha256').update(data).digest('hex');
    expect(sum(await received)).toBe(sum(sent));
    expect(session.stderrText()).toBe('to stderr');
    await engine.removeContainer(id);
  });

  it('gives an internal network no way out, while its containers reach each other by name', async () => {
    const { engine } = bench;
    const name = `proofbench-test-net-${process.pid}`;
    const network = await engine.createNetwork({
      name,
      labels: bench.owned,
      subnet: '10.213.255.224/27',
      internal: true,
    });
    const server = await engine.createContainer(
      spec(`require('net').createServer(s => s.end('hi')).listen(7000); process.on('SIGTERM', () => process.exit(0))`, {
        network: name,
        aliases: ['peer'],
      }),
    );
    await engine.startContainer(server);
    const { stdout } = await run(
      `const net = require('net');
       const dial = (port, host) => new Promise(done => {
         const socket = net.connect({ port, host, timeout: 1000 });
         socket.on('data', data => done(String(data))).on('error', e => done(e.code)).on('timeout', () => done('timeout'));
       });
       const retry = async () => { for (let i = 0; i < 50; i++) { if (await dial(7000, 'peer') === 'hi') return 'hi'; await new Promise(r => setTimeout(r, 50)) } };
       (async () => console.log(JSON.stringify([await retry(), await dial(53, '1.1.1.1'), await dial(22, '10.213.255.225')])))()`,
      { network: name },
    );
    const [peer, out, bridge] = JSON.parse(stdout.toString()) as string[];
    expect(peer).toBe('hi');
    expect(['ENETUNREACH', 'EHOSTUNREACH', 'timeout']).toContain(out);
    expect(['EHOSTUNREACH', 'ECONNREFUSED', 'timeout']).toContain(bridge);
    expect((await engine.listNetworks(bench.owned)).map(each => each.subnets)).toEqual([['10.213.255.224/27']]);
    await engine.removeContainer(server);
    await engine.removeNetwork(network);
    await engine.removeNetwork(network);
  });

  it('connects a running container to a second network and takes it off again, as often as asked', async () => {
    const { engine } = bench;
    const name = `proofbench-test-second-${process.pid}`;
    const network = await engine.createNetwork({
      name,
      labels: bench.owned,
      subnet: '10.213.255.192/27',
      internal: true,
    });
    const id = await engine.createContainer(spec('setInterval(() => {}, 1e6)', { network: 'bridge' }));
    await engine.startContainer(id);
    await engine.connectNetwork(name, id, ['gateway']);
    await engine.connectNetwork(name, id, ['gateway']);
    // A member that is still running does not keep a network from going.
    await engine.removeNetwork(network);
    await engine.removeNetwork(network);
    await engine.removeContainer(id);
    await engine.removeContainer(id);
  });

  it('tells of a container’s life as it happens', async () => {
    const { engine } = bench;
    const stop = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const event of engine.events(bench.owned, stop.signal)) {
        seen.push(event.action);
        if (event.action === 'destroy') return;
      }
    })();
    await new Promise(resolve => setTimeout(resolve, 100));
    await run('0');
    await following;
    stop.abort();
    expect(seen).toEqual(expect.arrayContaining(['create', 'start', 'die', 'destroy']));
  });

  it('makes, finds and removes a volume', async () => {
    const { engine } = bench;
    const name = `proofbench-test-volume-${process.pid}`;
    await engine.createVolume(name, bench.owned);
    expect((await engine.listVolumes(bench.owned)).map(volume => volume.name)).toEqual([name]);
    const { stdout } = await run(`console.log(require('fs').readdirSync('/files/model').length)`, {
      mounts: [{ volume: name, target: '/files/model', readOnly: true }],
    });
    expect(stdout.toString()).toBe('0\n');
    await engine.removeVolume(name);
    await engine.removeVolume(name);
  });

  it('says that an image is missing, and gives up waiting when told to', async () => {
    const { engine } = bench;
    await expect(engine.createContainer(spec('0', { image: 'proofbench/nothing:1' }))).rejects.toMatchObject({
      code: 'image_missing',
    });
    const id = await engine.createContainer(spec('setInterval(() => {}, 1e6)'));
    await engine.startContainer(id);
    await expect(engine.waitContainer(id, AbortSignal.timeout(50))).rejects.toMatchObject({ code: 'cancelled' });
    await engine.killContainer(id);
    await engine.killContainer(id);
    await engine.stopContainer(id, 0);
    await engine.removeContainer(id);
  });

  it('says that Docker is not reachable, and what to do', async () => {
    const nowhere = new DockerEngine(locateEngine({ env: { DOCKER_HOST: 'unix:///tmp/proofbench-no-such.sock' } }));
    const error = await nowhere.info().catch((thrown: unknown) => AppError.from(thrown));
    expect(error).toMatchObject({ code: 'docker_unreachable', exitCode: 3 });
    expect((error as AppError).hint).toContain('sudo systemctl start docker');
  });

  it('reports what is right and wrong with this machine', async () => {
    const home = bench.folder;
    const good = await checkMachine(bench.engine, {
      env: process.env,
      home,
      baseImages: [{ name: 'js', cached: true }],
    });
    expect(good.filter(check => check.status === 'fail')).toEqual([]);
    const env = { DOCKER_HOST: 'unix:///tmp/proofbench-no-such.sock' };
    const bad = await checkMachine(
      new AppError('docker_unreachable', 'Docker does not answer.', { hint: 'Start it.' }),
      { env, home },
    );
    expect(bad[1]).toMatchObject({ id: 'engine_reachable', status: 'fail', fix: 'Start it.' });
  });
});
