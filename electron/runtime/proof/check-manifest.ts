import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { RunPlan } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { mediaTypeOf } from '../file/media-type.ts';
import { checkLiveTest, type LiveTestServices } from './live-test.ts';
import { parseManifest, readManifest, resolvePath } from './manifest.ts';
import { declaredIn, planOf } from './run-plan.ts';

/**
 * What a manifest asks for, read from where it lies; nothing is made. Throws what starting it without a given version would
 * throw of the manifest, its component and its fixtures: it needs `release.auto`, where `run.start` may be given a version
 * instead. No engine is asked, no URL fetched, nothing built, and neither types nor parameters are checked across the graph.
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
  const digests = new Map<string, { sha256: string; bytes: number }>();
  const known: Partial<RunPlan['fixtures'][number]>[] = [];
  for (const { name, path, file_id } of manifest.fixtures) {
    signal.throwIfAborted();
    if (file_id !== undefined) {
      const { id, sha256, bytes, media_type } = services.files.resolve(file_id);
      known.push({ file_id: id, sha256, bytes, media_type });
    } else if (path !== undefined) {
      const file = resolvePath(cwd, manifestPath, path);
      const digest = digests.get(file) ?? (await digestOf(file, signal).catch(unreadable(manifestPath, name, path)));
      digests.set(file, digest);
      known.push({ ...digest, media_type: mediaTypeOf(file) });
    } else known.push({});
  }
  return { ...plan, fixtures: plan.fixtures.map((fixture, index) => ({ ...fixture, ...known[index] })) };
}

/** What the file system says of a fixture, as the caller's error. */
function unreadable(manifestPath: string, name: string, path: string): (error: unknown) => never {
  return error => {
    const code = error instanceof Error && 'syscall' in error ? (error as NodeJS.ErrnoException).code : undefined;
    if (code === undefined) throw error;
    throw new AppError('file_not_found', `${manifestPath}: fixture "${name}": ${path} cannot be read (${code}).`, {
      hint: 'Let Proofbench read it, or give another file.',
      details: { file: manifestPath, key: 'fixtures', fixture: name },
      cause: error,
    });
  };
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
