import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '../../../electron/host/lock.ts';

const lockModule = pathToFileURL(resolve(import.meta.dirname, '../../../electron/host/lock.ts')).href;
let home: string;
let children: ChildProcess[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-lock-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
});

/** Another process that tries to take the lock and stays; resolves with what it said. */
async function another(): Promise<{ child: ChildProcess; said: string }> {
  const script = `
    const { takeLock } = await import(${JSON.stringify(lockModule)});
    globalThis.lock = await takeLock(${JSON.stringify(home)});
    process.stdout.write(globalThis.lock === undefined ? 'taken' : 'mine');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [said] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { child, said: said.toString() };
}

describe('the lock of a workspace', () => {
  it('keeps a second process out until it is given back', async () => {
    const lock = await takeLock(home);
    expect(lock).toBeDefined();
    expect((await another()).said).toBe('taken');
    lock?.[Symbol.dispose]();
    lock?.[Symbol.dispose]();
    expect((await another()).said).toBe('mine');
    expect(await takeLock(home)).toBeUndefined();
  });

  it('is free once its holder was killed', async () => {
    const { child, said } = await another();
    expect(said).toBe('mine');
    expect(await takeLock(home)).toBeUndefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    using lock = await takeLock(home);
    expect(lock).toBeDefined();
  });

  it('is one a workspace', async () => {
    const other = mkdtempSync(join(home, 'other-'));
    using first = await takeLock(home);
    using second = await takeLock(other);
    expect([first, second]).not.toContain(undefined);
    expect(await takeLock(home)).toBeUndefined();
  });
});
