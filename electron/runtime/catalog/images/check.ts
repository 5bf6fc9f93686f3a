import { text } from 'node:stream/consumers';
import { AppError } from '../../../../shared/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { labels as labelNames } from '../../engine/labels.ts';
import type { Language } from './base-images.ts';
import type { WorkOptions } from './progress.ts';

export interface CheckTarget {
  ref: string;
  digest: string;
  language: Language;
  /** Path in the image, e.g. `/app/src/main.js`. */
  entryPath: string;
}

const limitMs = 60_000;
const mebibyte = 1024 * 1024;
const commands = {
  js: [
    'node',
    '--experimental-vm-modules',
    '--experimental-import-meta-resolve',
    '--no-warnings',
    '/opt/proofbench/check.mjs',
  ],
  py: ['python3', '/opt/proofbench/check.py'],
} as const;
let checks = 0;

/**
 * What a build means to an author: does it parse, do its imports resolve. Asks a container of the new image, without
 * running the component; what it says is shown verbatim.
 */
export async function checkImage(
  engine: Engine,
  target: CheckTarget,
  labels: Record<string, string>,
  options: WorkOptions = {},
): Promise<void> {
  options.progress?.({ message: `Checking ${target.ref}` });
  // Not abortable: a container whose id is lost could not be removed.
  const id = await engine.createContainer({
    name: `proofbench-check-${target.digest.slice(7, 19)}-${process.pid}-${checks++}`,
    image: target.ref,
    entrypoint: [...commands[target.language], target.entryPath],
    env: {},
    labels: { ...labels, [labelNames.role]: 'check' },
    network: 'none',
    memoryBytes: 512 * mebibyte,
    cpus: 1,
    pids: 64,
    tmpfs: { '/tmp': 16 * mebibyte },
  });
  try {
    const output = await engine.attachContainer(id);
    const both = Promise.all([text(output.stdout), text(output.stderr)]);
    // Where the start or the wait fails, that is the error to tell.
    both.catch(() => undefined);
    await engine.startContainer(id);
    const exitCode = await waitAtMost(engine, id, options.signal);
    const [stdout, stderr] = await both;
    if (exitCode === 0) return;
    const said = stdout + stderr;
    const first = said.split('\n').find(line => line.trim() !== '');
    throw new AppError('build_failed', first ?? `The check of ${target.ref} ended with exit code ${exitCode}.`, {
      hint: 'Mend it in the source, then publish again.',
      details: { output: said, exit_code: exitCode },
    });
  } finally {
    await engine.removeContainer(id);
  }
}

async function waitAtMost(engine: Engine, id: string, signal: AbortSignal | undefined): Promise<number> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await engine.waitContainer(id, signal ? AbortSignal.any([signal, limit]) : limit);
  } catch (error) {
    if (signal?.aborted || !limit.aborted) throw error;
    throw new AppError('timed_out', `The check took longer than ${limitMs / 1000} s.`, { cause: error });
  }
}
