import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { RunPlan } from '../../../shared/contract/index.ts';
import { mediaTypeOf } from '../file/media-type.ts';
import { checkLiveTest, type LiveTestServices } from './live-test.ts';
import { parseManifest, readManifest, resolvePath } from './manifest.ts';
import { declaredIn, planOf } from './run-plan.ts';

/**
 * What a manifest asks for, read from where it lies; nothing is made and no engine is asked. Throws what starting it would
 * throw before anything is made.
 */
export async function checkManifest(
  manifestPath: string,
  services: LiveTestServices,
  signal: AbortSignal,
): Promise<RunPlan> {
  const cwd = dirname(manifestPath);
  const manifest = parseManifest(readManifest(manifestPath), manifestPath);
  checkLiveTest({ manifest, manifestPath, cwd }, services);
  const plan = planOf(manifest, {
    name: manifest.proof?.name ?? 'live test',
    manifestPath,
    declared: declaredIn({ manifestPath, cwd }, services),
  });
  const frozen = manifest.fixtures.map(async ({ path, file_id }) => {
    if (file_id !== undefined) {
      const { id, sha256, bytes, media_type } = services.files.resolve(file_id);
      return { file_id: id, sha256, bytes, media_type };
    }
    if (path === undefined) return {};
    const file = resolvePath(cwd, manifestPath, path);
    return { ...(await digestOf(file, signal)), media_type: mediaTypeOf(file) };
  });
  const known = await Promise.all(frozen);
  return { ...plan, fixtures: plan.fixtures.map((fixture, index) => ({ ...fixture, ...known[index] })) };
}

async function digestOf(path: string, signal: AbortSignal): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(
    createReadStream(path),
    async source => {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        hash.update(chunk);
        bytes += chunk.length;
      }
    },
    { signal },
  );
  return { sha256: hash.digest('hex'), bytes };
}
