import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scratchFolder, sweepScratch, temporaryName } from '../../../../electron/runtime/catalog/images/scratch.ts';

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'proofbench-cache-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

it('What a host that is gone had begun to write into the cache is swept, and nothing that another still writes', async () => {
  const gone = spawnSync(process.execPath, ['--version']).pid;
  const asOf = (pid: number, name: string) => name.replace(`.${process.pid}-`, `.${pid}-`);
  for (const folder of ['layers', 'work']) mkdirSync(join(cache, folder));
  const layers = join(cache, 'layers');
  const mine = basename(temporaryName(join(layers, 'tar')));
  const digest = `${'4'.repeat(64)}.tar`;
  for (const name of [mine, asOf(gone, mine), digest, `${digest}.json`]) writeFileSync(join(layers, name), 'x');
  const work = basename(await scratchFolder(join(cache, 'work'), 'js'));
  mkdirSync(join(cache, 'work', asOf(gone, work), 'node_modules'), { recursive: true });
  await sweepScratch(cache);
  expect(readdirSync(layers).sort()).toEqual([mine, digest, `${digest}.json`].sort());
  expect(readdirSync(join(cache, 'work'))).toEqual([work]);
});
