import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContainerLog, type LogChunk } from '../../../../electron/runtime/deploy/container-log.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'proofbench-log-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function output() {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  return {
    ...streams,
    close: () => {
      streams.stdout.end();
      streams.stderr.end();
    },
  };
}

const settled = () => new Promise<void>(resolve => setImmediate(() => setImmediate(resolve)));

async function all(chunks: AsyncIterable<LogChunk>): Promise<string[]> {
  const found: string[] = [];
  for await (const chunk of chunks) found.push(`${chunk.stream} ${chunk.bytes.toString()}`);
  return found;
}

async function bytesOf(log: ContainerLog): Promise<Buffer> {
  const found: Buffer[] = [];
  for await (const { bytes } of log.read({})) found.push(Buffer.from(bytes));
  return Buffer.concat(found);
}

/** Files below the log's folder that this process has open; known on Linux only. */
function openFiles(): number {
  if (process.platform !== 'linux') return 0;
  return readdirSync('/proc/self/fd').filter(number => {
    try {
      return readlinkSync(`/proc/self/fd/${number}`).startsWith(dir);
    } catch {
      return false;
    }
  }).length;
}

/** What a host that was killed had written: both streams and the index. */
function left(stdout: string, index: string): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'stdout.log'), stdout);
  writeFileSync(join(dir, 'stderr.log'), '');
  writeFileSync(join(dir, 'index.ndjson'), index);
}

describe('what a container wrote', () => {
  it('is kept byte for byte in a file a stream, with an index of when each piece came', async () => {
    const log = new ContainerLog(join(dir, 'cut'));
    const from = output();
    log.capture(from);
    expect(log.isOpen).toBe(true);
    const binary = Buffer.from([0, 255, 10, 13, 200]);
    from.stdout.write('one\n');
    await settled();
    from.stderr.write('two\n');
    await settled();
    from.stdout.write(binary);
    from.close();
    await log.ended;
    expect(log.isOpen).toBe(false);
    expect(readFileSync(log.path('stdout')).equals(Buffer.concat([Buffer.from('one\n'), binary]))).toBe(true);
    expect(log.text('stderr')).toBe('two\n');
    expect([log.size('stdout'), log.size('stderr')]).toEqual([9, 4]);
    const index = readFileSync(log.indexPath, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(index.map(([, ...entry]) => entry)).toEqual([
      ['stdout', 0, 4],
      ['stderr', 0, 4],
      ['stdout', 4, 5],
    ]);
    expect(Math.abs(Date.now() - index[0][0])).toBeLessThan(10_000);
  });

  it('is read in the order in which it came', async () => {
    const log = new ContainerLog(dir);
    const from = output();
    log.capture(from);
    for (const [stream, text] of [
      ['stdout', 'a'],
      ['stderr', 'b'],
      ['stdout', 'c'],
    ] as const) {
      from[stream].write(text);
      await settled();
    }
    expect(await all(log.read({}))).toEqual(['stdout a', 'stderr b', 'stdout c']);
    from.close();
    await log.ended;
    expect(await all(log.read({ follow: true }))).toEqual(['stdout a', 'stderr b', 'stdout c']);
  });

  it('is read as far as it was when the reader came, and no further', async () => {
    left('abc', '[1,"stdout",0,1]\n[2,"stdout",1,1]\n');
    const log = new ContainerLog(dir);
    const until = log.indexBytes;
    appendFileSync(join(dir, 'index.ndjson'), '[3,"stdout",2,1]\n');
    expect(await all(log.read({ until }))).toEqual(['stdout a', 'stdout b']);
    expect(await all(log.read({}))).toHaveLength(3);
  });

  it('is nothing when nothing was captured', async () => {
    const log = new ContainerLog(join(dir, 'never'));
    expect(await all(log.read({ follow: true }))).toEqual([]);
    expect([log.text('stdout'), log.size('stdout'), log.tail(5)]).toEqual(['', 0, '']);
    await log.ended;
  });

  it('is followed until the container has ended', async () => {
    const log = new ContainerLog(dir);
    const from = output();
    log.capture(from);
    from.stdout.write('before\n');
    await settled();
    const following = all(log.read({ follow: true }));
    for (const text of ['x', 'y', 'z']) {
      from.stdout.write(text);
      await settled();
    }
    from.close();
    expect((await following).join('').replaceAll('stdout ', '')).toBe('before\nxyz');
  });

  it('is followed no longer than the reader wants', async () => {
    const log = new ContainerLog(dir);
    const from = output();
    log.capture(from);
    const stop = new AbortController();
    const following = all(log.read({ follow: true, signal: stop.signal }));
    await settled();
    stop.abort();
    expect(await following).toEqual([]);
    from.close();
    await log.ended;
  });

  it('is read past what one look at the index takes', async () => {
    const line = (number: number) => `${String(number).padStart(7, '0')}\n`;
    const lines = Array.from({ length: 40_000 }, (_, number) => line(number));
    left(lines.join(''), lines.map((_, number) => `[1760000000000,"stdout",${number * 8},8]\n`).join(''));
    expect(await bytesOf(new ContainerLog(dir))).toEqual(Buffer.from(lines.join('')));
  }, 60_000);

  it('is read in pieces of what one stream wrote in the same millisecond', async () => {
    left('aabbccdd', '[1,"stdout",0,2]\n[1,"stdout",2,2]\n[2,"stdout",4,2]\n[2,"stderr",0,1]\n[2,"stdout",6,2]\n');
    writeFileSync(join(dir, 'stderr.log'), '!');
    expect(await all(new ContainerLog(dir).read({}))).toEqual(['stdout aabb', 'stdout cc', 'stderr !', 'stdout dd']);
  });

  it('has its very order and bytes in a hundred thousand small pieces of both streams', async () => {
    const text = { stdout: '', stderr: '' };
    let index = '';
    let inOrder = '';
    for (let number = 0; number < 100_000; number++) {
      const stream = number % 7 === 0 ? 'stderr' : 'stdout';
      const piece = `${number}\n`;
      index += `[${1760000000000 + Math.floor(number / 3)},"${stream}",${text[stream].length},${piece.length}]\n`;
      text[stream] += piece;
      inOrder += piece;
    }
    left(text.stdout, index);
    writeFileSync(join(dir, 'stderr.log'), text.stderr);
    expect((await bytesOf(new ContainerLog(dir))).toString()).toBe(inOrder);
  }, 60_000);

  it('opens its files a pass, and lets go of them when its reader stops', async () => {
    const line = (number: number) => `${String(number).padStart(7, '0')}\n`;
    const lines = Array.from({ length: 1000 }, (_, number) => line(number));
    left(lines.join(''), lines.map((_, number) => `[${number},"stdout",${number * 8},8]\n`).join(''));
    const before = openFiles();
    for await (const _chunk of new ContainerLog(dir).read({})) {
      expect(openFiles() - before).toBeLessThanOrEqual(1);
      break;
    }
    expect(openFiles()).toBe(before);
  });

  it('has a tail of its last lines, from both streams', async () => {
    const log = new ContainerLog(dir);
    const from = output();
    log.capture(from);
    from.stdout.write('1\n2\n3\n');
    await settled();
    from.stderr.write('Traceback\nKeyError\n');
    await settled();
    expect(log.tail(3)).toBe('3\nTraceback\nKeyError');
    from.close();
    await log.ended;
  });

  it('has its very last lines as its tail, however much it wrote', () => {
    const lines = Array.from({ length: 40_000 }, (_, number) => `${String(number).padStart(7, '0')}\n`);
    left(lines.join(''), lines.map((_, number) => `[1760000000000,"stdout",${number * 8},8]\n`).join(''));
    expect(new ContainerLog(dir).tail(1)).toBe('0039999');
  });

  it('has a tail that fits a message, however long its lines are', async () => {
    const log = new ContainerLog(dir);
    const written = output();
    log.capture(written);
    for (let piece = 0; piece < 64; piece++) written.stdout.write('é'.repeat(32 * 1024));
    written.stdout.write('x');
    written.close();
    await log.ended;
    expect(log.tail(20)).toBe(`${'é'.repeat(8 * 1024 - 1)}x`);
  });

  it('has whole characters in its tail, however they were cut up', () => {
    left('é', '[1,"stdout",0,1]\n[1,"stdout",1,1]\n');
    expect(new ContainerLog(dir).tail(1)).toBe('é');
  });
});

describe('what a container wrote while the host was lost', () => {
  it('goes on where the capture broke off, and is marked', async () => {
    left('one\ntwo\n', '[1,"stdout",0,8]\n');
    const log = new ContainerLog(dir);
    const from = output();
    log.recover(from);
    from.stdout.write('one\nt');
    await settled();
    from.stdout.write('wo\nthree\n');
    from.stderr.write('warned\n');
    from.close();
    await log.ended;
    expect(log.text('stdout')).toBe('one\ntwo\nthree\n');
    expect(log.text('stderr')).toBe('warned\n');
    expect((await all(log.read({}))).filter(each => each.startsWith('stdout'))).toEqual([
      'stdout one\ntwo\n',
      'stdout three\n',
    ]);
    expect(readFileSync(log.indexPath, 'utf8').match(/"recovered"/g)).toHaveLength(2);
  });

  it('adds nothing when there is nothing new', async () => {
    left('one\n', '[1,"stdout",0,4]\n');
    const log = new ContainerLog(dir);
    const from = output();
    log.recover(from);
    from.stdout.write('one\n');
    from.close();
    await log.ended;
    expect(log.text('stdout')).toBe('one\n');
    expect(readFileSync(log.indexPath, 'utf8')).toBe('[1,"stdout",0,4]\n');
  });

  it('is read whole when the host died between a stream and its index', async () => {
    left('one\ntwo\n', '[1,"stdout",0,4]\n');
    const log = new ContainerLog(dir);
    const from = output();
    log.recover(from);
    from.stdout.write('one\ntwo\nthree\n');
    from.close();
    await log.ended;
    expect((await all(log.read({}))).join('').replaceAll('stdout ', '')).toBe('one\ntwo\nthree\n');
  });

  it('is read when the last line of the index is half there', async () => {
    left('one\n', '[1,"stdout",0,4]\n');
    appendFileSync(join(dir, 'index.ndjson'), '[1,"std');
    const log = new ContainerLog(dir);
    const from = output();
    log.recover(from);
    from.stdout.write('one\ntwo\n');
    from.close();
    await log.ended;
    expect(await all(log.read({}))).toEqual(['stdout one\n', 'stdout two\n']);
  });
});
