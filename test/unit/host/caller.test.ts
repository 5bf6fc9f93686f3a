import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Caller } from '../../../electron/host/caller.ts';

let home: string;
let caller: Caller;
let hosts: Set<number>;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-caller-'));
  hosts = new Set();
  caller = newCaller();
});
afterEach(async () => {
  await caller[Symbol.asyncDispose]();
  for (const pid of hosts) kill(pid);
  rmSync(home, { recursive: true, force: true });
});

function newCaller(): Caller {
  return new Caller({
    home,
    command: [process.execPath, join(import.meta.dirname, 'host-process.ts'), home],
    env: process.env,
  });
}

async function info(from = caller): Promise<{ pid: number; callers: number }> {
  const { pid, workspace_id } = await from.call('host.info', {});
  hosts.add(pid);
  return { pid, callers: Number(workspace_id) };
}

/** Only ever a host that a test of this file started and that told its own pid. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was killed before.
  }
}

describe('callers of a workspace without a host', () => {
  it('that come at the same time end up on one', async () => {
    await using other = newCaller();
    const [one, two] = await Promise.all([info(), info(other)]);
    expect(one.pid).toBe(two.pid);
  });
});

describe('a caller whose host was killed', () => {
  it('in the middle of an answer hears it, and ends', async () => {
    const path = join(home, 'half.sock');
    const server = createServer(socket => {
      socket.once('data', () =>
        socket.write('Content-Length: 100\r\n\r\n{', () => setTimeout(() => socket.destroy(), 50)),
      );
    });
    await new Promise<void>(listening => server.listen(path, listening));
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(import.meta.dirname, 'client-process.ts'),
      path,
    ]);
    expect(stdout).toBe('host_lost\n');
    server.close();
  });

  it('finds the next', async () => {
    const first = await info();
    kill(first.pid);
    expect((await info()).pid).not.toBe(first.pid);
  });

  it('has one connection to the next, however much it asks at once', async () => {
    kill((await info()).pid);
    await Promise.all([info(), info(), info()]);
    expect((await info()).callers).toBe(1);
  });

  it('has a question that changes nothing answered by the next', async () => {
    const first = await info();
    const answer = info();
    kill(first.pid);
    expect((await answer).pid).toBeGreaterThan(0);
  });

  it('asks it once more and not for ever', async () => {
    await info();
    await expect(caller.call('doctor.run', {})).rejects.toMatchObject({ code: 'host_lost' });
    await info();
  });

  it('is told to look before it repeats what may have happened', async () => {
    await info();
    await expect(caller.call('lease.create', {})).rejects.toMatchObject({
      code: 'host_lost',
      hint: expect.stringContaining('before you repeat'),
    });
  });

  it('reads a run’s events on from the last it saw', async () => {
    const first = await info();
    const seen: { seq: number; by: string }[] = [];
    for await (const event of caller.watch('run_1')) {
      if (event.type === 'param_set') seen.push({ seq: event.seq, by: event.name });
      if (event.seq === 3) kill(first.pid);
    }
    await info();
    expect(seen.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(seen.map(({ by }) => by)).size).toBe(2);
  });
});
