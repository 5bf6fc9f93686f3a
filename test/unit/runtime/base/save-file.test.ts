import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveFile } from '../../../../electron/runtime/base/save-file.ts';
import type { Progress } from '../../../../shared/contract/index.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'proofbench-save-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const save = (to: string, source = Readable.from([Buffer.from('abc')])) => ({
  source,
  total: 3,
  to,
  name: 'log.txt',
  overwrite: false,
  what: 'the log',
});
const quiet = { signal: new AbortController().signal, progress: () => undefined };

describe('saving a file', () => {
  it('writes it whole and tells its bytes', async () => {
    const steps: Progress[] = [];
    const to = join(dir, 'a.txt');
    expect(await saveFile(save(to), { ...quiet, progress: step => steps.push(step) })).toEqual({ path: to, bytes: 3 });
    expect(readFileSync(to, 'utf8')).toBe('abc');
    expect(steps.at(-1)).toEqual({ message: 'Saving the log', done: 3, total: 3, unit: 'bytes' });
  });

  it('puts it into a folder under its own name', async () => {
    expect((await saveFile(save(dir), quiet)).path).toBe(join(dir, 'log.txt'));
  });

  it('leaves what is there unless it is told to replace it', async () => {
    const to = join(dir, 'a.txt');
    writeFileSync(to, 'before');
    await expect(saveFile(save(to), quiet)).rejects.toMatchObject({ code: 'conflict' });
    expect(readFileSync(to, 'utf8')).toBe('before');
    await saveFile({ ...save(to), overwrite: true }, quiet);
    expect(readFileSync(to, 'utf8')).toBe('abc');
  });

  it('leaves nothing of one that was cancelled or broke off', async () => {
    const stop = new AbortController();
    const endless = Readable.from(
      (async function* () {
        for (let piece = 0; ; piece++) {
          if (piece === 5) stop.abort();
          yield Buffer.alloc(1024);
          await new Promise(resolve => setTimeout(resolve, 1));
        }
      })(),
    );
    const to = join(dir, 'a.txt');
    await expect(saveFile(save(to, endless), { ...quiet, signal: stop.signal })).rejects.toThrow();
    await expect(saveFile(save(join(dir, 'no/a.txt')), quiet)).rejects.toMatchObject({ code: 'file_not_found' });
    expect(existsSync(to)).toBe(false);
    expect(readdirSync(dir)).toEqual([]);
  });
});
