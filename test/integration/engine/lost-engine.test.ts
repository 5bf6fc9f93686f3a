import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DockerEngine } from '../../../electron/runtime/engine/docker-engine.ts';
import { locateEngine } from '../../../electron/runtime/engine/locate.ts';
import { AppError } from '../../../shared/errors.ts';
import { Bench } from '../images/bench.ts';

/** The real engine behind a socket of our own, which can be taken away. */
async function behindOwnSocket(path: string) {
  const open = new Set<Socket>();
  const { connection } = locateEngine({ env: process.env });
  const server = createServer(near => {
    const far = connect(connection.socketPath ?? '');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on('error', () => undefined).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>(resolve => server.listen(path, resolve));
  return {
    takeAway() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    error => AppError.from(error).code,
  );

describe('an engine that goes away', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.open();
  });
  afterAll(async () => {
    await bench[Symbol.asyncDispose]();
    expect(await bench.left()).toEqual([]);
  });

  it('is told by whatever was under way: logs, a wait, a process inside, events', async () => {
    const path = join(bench.folder, 'docker.sock');
    const link = await behindOwnSocket(path);
    const engine = new DockerEngine(locateEngine({ env: { DOCKER_HOST: `unix://${path}` } }));
    const id = await engine.createContainer({
      name: `proofbench-test-lost-${process.pid}`,
      image: (await bench.builder.base('js')).ref,
      entrypoint: ['node', '-e', 'setInterval(() => {}, 1e6)'],
      env: {},
      labels: bench.owned,
      network: 'none',
      memoryBytes: 128 * 1024 * 1024,
      cpus: 1,
      pids: 32,
      tmpfs: {},
    });
    const output = await engine.attachContainer(id);
    await engine.startContainer(id);
    const session = await engine.exec(id, ['cat']);
    const failure = (stream: NodeJS.ReadableStream) => new Promise((_, reject) => stream.on('error', reject).resume());
    const lost = [
      codeOf(failure(output.stdout)),
      codeOf(failure(output.stderr)),
      codeOf(failure(session.stream)),
      codeOf(engine.waitContainer(id)),
      codeOf(engine.events(bench.owned, new AbortController().signal)[Symbol.asyncIterator]().next()),
    ];
    await new Promise(resolve => setTimeout(resolve, 200));
    link.takeAway();
    expect(await Promise.all(lost)).toEqual(lost.map(() => 'docker_unreachable'));
    expect(await codeOf(engine.info())).toBe('docker_unreachable');
  }, 30_000);
});
