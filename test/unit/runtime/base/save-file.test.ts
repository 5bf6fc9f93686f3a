import { execFileSync } from 'node:child_process';
import {
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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

const save = (to: string, source = () => Readable.from([Buffer.from('abc')])) => ({
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
    await expect(
      saveFile(
        save(to, () => endless),
        { ...quiet, signal: stop.signal },
      ),
    ).rejects.toThrow();
    await expect(saveFile(save(join(dir, 'no/a.txt')), quiet)).rejects.toMatchObject({ code: 'file_not_found' });
    expect(existsSync(to)).toBe(false);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('opens nothing for a save that is refused', async () => {
    let opened = 0;
    const source = () => {
      opened += 1;
      return createReadStream(join(dir, 'gone'));
    };
    const to = join(dir, 'a.txt');
    writeFileSync(to, 'before');
    await expect(saveFile(save(to, source), quiet)).rejects.toMatchObject({ code: 'conflict' });
    const cancelled = { ...quiet, signal: AbortSignal.abort() };
    await expect(saveFile(save(join(dir, 'b.txt'), source), cancelled)).rejects.toMatchObject({ name: 'AbortError' });
    expect(opened).toBe(0);
  });

  it('says so when what is to be saved has gone', async () => {
    const gone = join(dir, 'gone');
    await expect(
      saveFile(
        save(join(dir, 'a.txt'), () => createReadStream(gone)),
        quiet,
      ),
    ).rejects.toMatchObject({
      code: 'file_not_found',
      message: expect.stringContaining(gone),
    });
    expect(readdirSync(dir)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('replaces nothing but a plain file', async () => {
    const fifo = join(dir, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const dangling = join(dir, 'dangling');
    symlinkSync(join(dir, 'nowhere'), dangling);
    mkdirSync(join(dir, 'folder/log.txt'), { recursive: true });
    for (const to of [fifo, dangling, join(dir, 'folder'), '/dev/null']) {
      await expect(saveFile({ ...save(to), overwrite: true }, quiet), to).rejects.toMatchObject({ code: 'conflict' });
    }
    expect(lstatSync(fifo).isFIFO()).toBe(true);
  });

  it('says what is wrong with a path that no file can have', async () => {
    writeFileSync(join(dir, 'file'), '');
    for (const [to, code] of [
      ['a.txt', 'usage'],
      ['', 'usage'],
      [join(dir, 'a\0b'), 'usage'],
      [join(dir, 'x'.repeat(300)), 'usage'],
      [join(dir, 'file', 'a.txt'), 'usage'],
      [`${join(dir, 'no')}/`, 'file_not_found'],
      [`${join(dir, 'file')}/`, 'file_not_found'],
    ] as const) {
      await expect(saveFile(save(to), quiet), JSON.stringify(to)).rejects.toMatchObject({ code });
    }
    expect(readdirSync(dir)).toEqual(['file']);
  });
});
