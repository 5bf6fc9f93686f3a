import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { Progress } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { writeDurably } from '../base/durable-file.ts';
import { type BagDigests, type Statement, signStatement } from './attestation.ts';
import type { SigningKey } from './keys.ts';

/** A file of a bundle: its path inside `data/`, and its bytes or the file that has them. */
export interface DataFile {
  path: string;
  source: Buffer | string;
}

/** A bundle to be written. */
export interface BundleContent {
  evidenceId: string;
  data: readonly DataFile[];
  key: SigningKey;
  statement: (digests: BagDigests) => Statement;
  /** Where the bundle is written; replaced whole or not at all. */
  to: string;
}

const bagitTxt = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/**
 * Writes a bundle: a BagIt 1.0 bag (RFC 8493) below `<evidenceId>/` in a stored zip with sorted entries and fixed times, so
 * the same content gives the same bytes. Files are streamed twice, once for their digests and once into the zip. Attestations
 * and keys lie beside the bag's own files and in no manifest: a later signature must not break an earlier one.
 */
export async function writeBundle(
  content: BundleContent,
  work: { signal: AbortSignal; progress?: (step: Progress) => void },
): Promise<{ sha256: string; bytes: number }> {
  const { evidenceId, key, to } = content;
  const data = [...content.data].sort((a, b) => (a.path < b.path ? -1 : 1));
  const digests = new Map<string, string>();
  for (const [done, file] of data.entries()) {
    work.signal.throwIfAborted();
    work.progress?.({ message: 'Hashing the bundle', done, total: data.length, unit: 'items' });
    requirePlain(file.path);
    if (digests.has(file.path)) throw new AppError('internal', `Two files of the bundle are named ${file.path}.`);
    digests.set(file.path, await sha256Of(file.source, work.signal));
  }
  const manifest = data.map(({ path }) => `${digests.get(path)}  data/${path}\n`).join('');
  const tagManifest = Object.entries({ 'bagit.txt': bagitTxt, 'manifest-sha256.txt': manifest })
    .map(([name, text]) => `${sha256(text)}  ${name}\n`)
    .join('');
  const statement = content.statement({ tagManifest: sha256(tagManifest), files: digests });
  const entries: DataFile[] = [
    { path: 'bagit.txt', source: Buffer.from(bagitTxt) },
    { path: 'manifest-sha256.txt', source: Buffer.from(manifest) },
    { path: 'tagmanifest-sha256.txt', source: Buffer.from(tagManifest) },
    {
      path: `attestations/${key.keyid}.json`,
      source: Buffer.from(`${JSON.stringify(signStatement(statement, key), null, 2)}\n`),
    },
    { path: `keys/${key.keyid}.pub`, source: Buffer.from(key.publicPem) },
    ...data.map(({ path, source }) => ({ path: `data/${path}`, source })),
  ];
  return writeZip(evidenceId, entries, to, work);
}

async function writeZip(
  folder: string,
  entries: readonly DataFile[],
  to: string,
  work: { signal: AbortSignal; progress?: (step: Progress) => void },
): Promise<{ sha256: string; bytes: number }> {
  const zip = new ZipFile();
  // Local time on purpose: DOS times have no zone, and yazl writes them from local fields.
  const options = { mtime: new Date(1980, 0, 1), forceDosTimestamp: true, compress: false, mode: 0o100644 };
  // yazl tells of a source that broke or changed its size on itself alone, where nobody listening is a crash.
  const failure = new AbortController();
  let current: Readable | undefined;
  zip.on('error', error => failure.abort(error));
  for (const { path, source } of [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const size = typeof source === 'string' ? (await stat(source)).size : source.length;
    zip.addReadStreamLazy(`${folder}/${path}`, { ...options, size }, callback => {
      current = read(source);
      callback(null, current);
    });
  }
  zip.end();
  try {
    return await writeDurably({
      source: zip.outputStream as Readable,
      temporary: `${to}.${randomBytes(6).toString('hex')}.part`,
      target: () => to,
      what: 'the bundle',
      signal: AbortSignal.any([work.signal, failure.signal]),
      onBytes: done => work.progress?.({ message: 'Writing the bundle', done, unit: 'bytes' }),
    });
  } catch (error) {
    if (!failure.signal.aborted) throw error;
    const cause = failure.signal.reason as Error;
    throw new AppError('internal', `The bundle was not written: ${cause.message}.`, { cause });
  } finally {
    current?.destroy();
  }
}

/** Names that a manifest, BagIt's percent encoding or an unzip tool would not give back as they are. */
function requirePlain(path: string): void {
  if (/[\\%\u0000-\u001f]/.test(path) || path.split('/').some(part => part === '' || part === '.' || part === '..'))
    throw new AppError('internal', `${JSON.stringify(path)} is no plain path for a file of a bundle.`);
}

function read(source: Buffer | string): Readable {
  return typeof source === 'string' ? createReadStream(source) : Readable.from([source]);
}

async function sha256Of(source: Buffer | string, signal: AbortSignal): Promise<string> {
  if (typeof source !== 'string') return createHash('sha256').update(source).digest('hex');
  const hash = createHash('sha256');
  await pipeline(createReadStream(source), hash, { signal });
  return hash.digest('hex');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
