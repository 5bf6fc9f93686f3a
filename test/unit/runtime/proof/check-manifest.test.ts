import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkManifest } from '../../../../electron/runtime/proof/check-manifest.ts';
import type { LiveTestServices } from '../../../../electron/runtime/proof/live-test.ts';
import { componentFolder, manifest } from '../../../support/components.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'proofbench-check-'));
  for (const [path, text] of Object.entries(componentFolder({}))) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const services = {
  store: { components: { named: () => ({ harness: 1 }) } },
  catalog: { harnessDefinition: (name: string) => ({ name, inputs: [], outputs: [] }) },
} as unknown as LiveTestServices;

function check(fixtures: string[], signal = new AbortController().signal) {
  const path = join(dir, 'proof.yml');
  const list = fixtures.map((file, number) => `  - {name: f${number}, path: ${JSON.stringify(file)}}`).join('\n');
  writeFileSync(path, manifest({ fixtures: list }));
  return checkManifest(path, services, signal);
}

/** Fixtures that this process has open. */
function openFixtures(): number {
  return readdirSync('/proc/self/fd').filter(number => {
    try {
      return readlinkSync(`/proc/self/fd/${number}`).startsWith(join(dir, 'fixture'));
    } catch {
      return false;
    }
  }).length;
}

describe('checking a manifest', () => {
  it('tells the digest of every fixture, the same for one that is named twice', async () => {
    writeFileSync(join(dir, 'a.json'), '{}');
    const sha256 = createHash('sha256').update('{}').digest('hex');
    const { fixtures } = await check(['a.json', './a.json']);
    expect(fixtures).toMatchObject([
      { name: 'f0', source: 'a.json', sha256, bytes: 2, media_type: 'application/json' },
      { name: 'f1', source: './a.json', sha256, bytes: 2, media_type: 'application/json' },
    ]);
  });

  it.skipIf(process.platform !== 'linux')('has one fixture open at a time, however many there are', async () => {
    const files = Array.from({ length: 100 }, (_, number) => join(dir, `fixture-${number}`));
    for (const file of files) writeFileSync(file, Buffer.alloc(200_000));
    let most = 0;
    let isOver = false;
    const looking = (async () => {
      while (!isOver) {
        most = Math.max(most, openFixtures());
        await new Promise(resolve => setImmediate(resolve));
      }
    })();
    await check(files);
    isOver = true;
    await looking;
    expect(most).toBe(1);
  });

  it.skipIf(process.platform !== 'linux')('names the fixture that cannot be read', async () => {
    await expect(check(['/proc/self/mem'])).rejects.toMatchObject({
      code: 'file_not_found',
      message: expect.stringContaining('fixture "f0": /proc/self/mem cannot be read'),
      hint: expect.any(String),
    });
  });

  it('ends when it is cancelled', async () => {
    writeFileSync(join(dir, 'a.json'), '{}');
    await expect(check(['a.json'], AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
