import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContainerLog } from '../../../../electron/runtime/deploy/container-log.ts';
import { saveLog } from '../../../../electron/runtime/deploy/save-log.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'proofbench-save-log-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('saving what a container wrote', () => {
  it('ends with what was there when it was asked for, while the container goes on writing', async () => {
    const log = new ContainerLog(join(dir, 'log'));
    const output = { stdout: new PassThrough(), stderr: new PassThrough(), close: () => undefined };
    log.capture(output);
    const written = () => new Promise<void>(resolve => setImmediate(() => setImmediate(resolve)));
    output.stdout.write('one\n');
    await written();
    output.stderr.write('two\n');
    await written();
    let isOver = false;
    const writing = (async () => {
      // Bounded, so that a save that never ends fails the test rather than fills the disk.
      for (let number = 0; !isOver && number < 20_000; number++) {
        await new Promise(resolve => setImmediate(resolve));
        output.stdout.write(`more ${number} ${'.'.repeat(1000)}\n`);
      }
    })();
    const work = { signal: new AbortController().signal, progress: () => undefined };
    const { path, bytes } = await saveLog(log, { to: dir, name: 'ctr_1' }, work);
    isOver = true;
    await writing;
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    expect(bytes).toBe(8);
    const stderr = await saveLog(log, { to: join(dir, 'err.log'), stream: 'stderr', name: 'ctr_1' }, work);
    expect(readFileSync(stderr.path, 'utf8')).toBe('two\n');
    output.stdout.end();
    output.stderr.end();
    await log.ended;
  });
});
