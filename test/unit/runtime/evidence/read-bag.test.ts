import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadOrMakeKey } from '../../../../electron/runtime/evidence/keys.ts';
import { readBagFile } from '../../../../electron/runtime/evidence/read-bag.ts';
import { AppError } from '../../../../shared/errors.ts';
import { evidenceId, type RawEntry, write, zipOf } from './bundles.ts';

let home: string;
let bundle: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-bag-'));
  bundle = join(home, 'a.proof');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const report = Buffer.from('<p>It passed.</p>');
const manifestOf = (bytes: Buffer) =>
  Buffer.from(`${createHash('sha256').update(bytes).digest('hex')}  data/report.html\n`);
const entry = (name: string, bytes: Buffer): RawEntry => ({ name: `${evidenceId}/${name}`, bytes });
const name = 'data/report.html';

async function text(source: Readable): Promise<string> {
  let all = '';
  for await (const chunk of source) all += chunk;
  return all;
}

function read(entries?: RawEntry[], take = text): Promise<string> {
  if (entries !== undefined) writeFileSync(bundle, zipOf(entries));
  return readBagFile(bundle, { evidenceId, name }, take);
}

const isInvalid = (why: string) => ({ code: 'bundle_invalid', message: expect.stringContaining(why) });

describe('one file of a bundle', () => {
  it('is handed out as it was bagged', async () => {
    await write(bundle, loadOrMakeKey(home), [{ path: 'report.html', source: report }]);
    expect(await read()).toBe(report.toString());
  });

  it('is not handed out when it is not what the manifest says', async () => {
    const taken: string[] = [];
    const take = async (source: Readable) => {
      taken.push(await text(source));
      return '';
    };
    const other = entry('manifest-sha256.txt', manifestOf(Buffer.from('other')));
    await expect(read([entry(name, report), other], take)).rejects.toMatchObject(isInvalid('is not the one'));
    await expect(read([entry(name, report)], take)).rejects.toMatchObject(isInvalid('manifest-sha256.txt'));
    const manifest = entry('manifest-sha256.txt', manifestOf(report));
    await expect(read([entry(name, report), manifest, entry(name, report)], take)).rejects.toMatchObject(
      isInvalid('two entries'),
    );
    expect(taken).toEqual([]);
  });

  it('is only the one below the evidence’s own id', async () => {
    const manifest = entry('manifest-sha256.txt', manifestOf(report));
    for (const folder of ['evd_01k0000000000000000000000b', 'elsewhere', `x/${evidenceId}`]) {
      await expect(read([{ name: `${folder}/${name}`, bytes: report }, manifest]), folder).rejects.toMatchObject(
        isInvalid('there is no data/report.html'),
      );
    }
  });

  it('is no bug of ours when it cannot be read', async () => {
    await write(bundle, loadOrMakeKey(home), [{ path: 'report.html', source: report }]);
    const bytes = readFileSync(bundle);
    // The local header of the report, which only opening the entry reads.
    bytes[bytes.lastIndexOf('PK\x03\x04', bytes.indexOf(report))] = 0;
    writeFileSync(bundle, bytes);
    await expect(read()).rejects.toMatchObject({ code: 'bundle_invalid' });
  });

  it('lets through what its reader throws', async () => {
    const manifest = entry('manifest-sha256.txt', manifestOf(report));
    const full = async () => {
      throw new AppError('disk_full', 'The disk is full.');
    };
    await expect(read([entry(name, report), manifest], full)).rejects.toMatchObject({ code: 'disk_full' });
  });
});
