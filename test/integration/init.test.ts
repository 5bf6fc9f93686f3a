import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deadlineEnv } from '../../electron/runtime/deploy/container-deadline.ts';
import { leaseFolder } from '../../electron/runtime/engine/container-options.ts';
import { Bench, resources } from './images/bench.ts';

/** Takes every process that there is, whenever there is one, and hears no request to end. */
const greedy = `trap '' TERM; exec 2>/dev/null; while :; do command eval 'sleep 1000 &'; done`;
/** Sends a signal to all that it sees but itself, over and over. */
const hostile = (signal: string) => `trap '' TERM; exec 2>/dev/null
while :; do for each in /proc/[0-9]*; do [ "\${each#/proc/}" = $$ ] || kill -${signal} "\${each#/proc/}"; done; done`;
/** Leaves more orphans than there may be processes, a few at a time, then as many as there may be, which end all at once. */
const deserter = `few() { i=0; while [ $i -lt 5 ]; do i=$((i+1)); (sleep 0.1 &) || exit 3; done; sleep 0.3; }
round=0; while [ $round -lt 8 ]; do round=$((round+1)); few; done
sh -c 'exec 2>/dev/null; while command eval "sleep 1 &"; do :; done'
until command eval 'sh -c "for each in 1 2 3 4 5 6 7 8; do sleep 0.1 & done; wait"'; do :; done 2>/dev/null
few; echo whole; exit 7`;

describe('The first process of a container', () => {
  let bench: Bench;
  let image: string;
  const script = readFileSync(join(resources, 'images', 'base', 'init'), 'utf8');

  beforeAll(async () => {
    bench = await Bench.open();
    image = (await bench.builder.base('js')).ref;
  });
  afterAll(async () => {
    await bench[Symbol.asyncDispose]();
  });

  /** What a container whose component is this shell program ends with; its deadline has passed from the start unless told. */
  async function run(program: string, options: { deadlineMs?: number; env?: Record<string, string> } = {}) {
    const { engine } = bench;
    const id = await engine.createContainer({
      name: `proofbench-test-init-${process.pid}-${Math.random().toString(36).slice(2)}`,
      image,
      entrypoint: ['/bin/sh', '-c', 'echo "$INIT" >/tmp/init; exec /bin/sh /tmp/init /bin/sh -c "$PROGRAM"'],
      env: {
        INIT: script,
        PROGRAM: program,
        ...deadlineEnv(options.deadlineMs ?? Date.now() - 60_000, Date.now()),
        ...options.env,
      },
      labels: bench.owned,
      network: 'none',
      memoryBytes: 256 * 2 ** 20,
      cpus: 1,
      pids: 24,
      tmpfs: { '/tmp': 2 ** 20, [leaseFolder]: 2 ** 16 },
    });
    const output = await engine.attachContainer(id);
    const texts = Promise.all([buffer(output.stdout), buffer(output.stderr)]);
    await engine.startContainer(id);
    const exitCode = await engine.waitContainer(id);
    const [stdout, stderr] = await texts;
    return { exitCode, stdout: stdout?.toString(), stderr: stderr?.toString() };
  }

  const late = { exitCode: 124, stdout: '', stderr: '' };
  const inAnHour = () => Date.now() + 3_600_000;

  it.concurrent('ends a component that is late', async () => {
    expect(await run('sleep 1000')).toEqual(late);
  });

  it.concurrent('ends one that has used up every process', async () => {
    expect(await run(greedy)).toEqual(late);
  });

  it.concurrent('ends one that kills all that it may', async () => {
    expect(await run(hostile('KILL'))).toEqual(late);
  });

  it.concurrent('ends one that stops all that it may', async () => {
    expect(await run(hostile('STOP'))).toEqual(late);
  });

  it.concurrent('ends one whose clock was set back, by how long the system has been up', async () => {
    expect(await run(greedy, { deadlineMs: inAnHour(), env: { PROOFBENCH_UPTIME: '1' } })).toEqual(late);
  });

  it.concurrent('ends as the component does that is not late, and adds nothing to what that writes', async () => {
    const deadlineMs = inAnHour();
    expect(await run('echo out; echo err >&2; exit 7', { deadlineMs })).toEqual({
      exitCode: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await run('sleep 1; kill -KILL $$', { deadlineMs })).toMatchObject({ exitCode: 137 });
  });

  it.concurrent('does not end with a child of the component, nor with an orphan', async () => {
    const program = '(sleep 1 & exit 3); sh -c "exit 4"; sleep 2; echo whole';
    expect(await run(program, { deadlineMs: inAnHour() })).toMatchObject({ exitCode: 0, stdout: 'whole\n' });
  });

  it.concurrent('collects orphans, so that they do not use up the processes of the component', async () => {
    expect(await run(deserter, { deadlineMs: Date.now() + 20_000 })).toEqual({
      exitCode: 7,
      stdout: 'whole\n',
      stderr: '',
    });
  });
});
