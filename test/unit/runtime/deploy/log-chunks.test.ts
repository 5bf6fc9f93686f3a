import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContainerLog } from '../../../../electron/runtime/deploy/container-log.ts';
import { logChunks, type WantedLog } from '../../../../electron/runtime/deploy/log-chunks.ts';

let dir: string;
let log: ContainerLog;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'log-chunks-'));
  log = new ContainerLog(join(dir, 'ctr'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Output as a container would write it: each piece to its stream, and the end. */
async function write(...pieces: ['stdout' | 'stderr', string][]): Promise<void> {
  const output = { stdout: new PassThrough(), stderr: new PassThrough(), close: () => undefined };
  log.capture(output);
  for (const [stream, text] of pieces) {
    output[stream].write(text);
    await new Promise(resolve => setImmediate(resolve));
  }
  output.stdout.end();
  output.stderr.end();
  await log.ended;
}

async function read(wanted: WantedLog): Promise<string> {
  let text = '';
  for await (const { bytes } of logChunks(log, wanted, new AbortController().signal)) text += bytes.toString();
  return text;
}

describe('Logs as they are asked for', () => {
  it('gives the last lines, however they were cut when they came', async () => {
    await write(['stdout', 'one\ntw'], ['stdout', 'o\nthree\n'], ['stderr', 'four\n']);
    expect(await read({ tail: 2 })).toBe('three\nfour\n');
    expect(await read({ tail: 3 })).toBe('two\nthree\nfour\n');
    expect(await read({ tail: 99 })).toBe('one\ntwo\nthree\nfour\n');
    expect(await read({ tail: 0 })).toBe('');
  });

  it('counts a last line without its end', async () => {
    await write(['stdout', 'one\ntwo\nthree']);
    expect(await read({ tail: 2 })).toBe('two\nthree');
  });

  it('counts the lines of the stream that is asked for only', async () => {
    await write(['stdout', 'out 1\n'], ['stderr', 'err 1\n'], ['stdout', 'out 2\n'], ['stderr', 'err 2\n']);
    expect(await read({ stream: 'stdout', tail: 1 })).toBe('out 2\n');
    expect(await read({ stream: 'stderr' })).toBe('err 1\nerr 2\n');
  });

  it('gives what came since a moment, by clock or counted back', async () => {
    await write(['stdout', 'old\n']);
    expect(await read({ since: '2000-01-01T00:00:00Z' })).toBe('old\n');
    expect(await read({ since: '10m' })).toBe('old\n');
    expect(await read({ since: new Date(Date.now() + 60_000).toISOString() })).toBe('');
  });

  it('says what a moment looks like when it is given none', async () => {
    await expect(read({ since: 'yesterday' })).rejects.toMatchObject({ code: 'usage' });
    await expect(read({ since: '2026-99-99' })).rejects.toMatchObject({ code: 'usage' });
  });

  it('follows a container over its restart', async () => {
    await write(['stdout', 'first life\n']);
    log.expectMore();
    const following = (async () => {
      let text = '';
      for await (const { bytes } of logChunks(log, { follow: true, tail: 1 }, AbortSignal.timeout(10_000)))
        text += bytes.toString();
      return text;
    })();
    await write(['stdout', 'second life\n']);
    expect(await following).toBe('first life\nsecond life\n');
  });

  it('ends with a container that is not started again after all', async () => {
    await write(['stdout', 'the only life\n']);
    log.expectMore();
    const following = read({ follow: true });
    log.close();
    expect(await following).toBe('the only life\n');
  });
});
