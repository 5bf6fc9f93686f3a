import { createReadStream } from 'node:fs';
import { AppError } from '../../../shared/errors.ts';
import { type SaveWork, saveFile } from '../base/save-file.ts';
import type { StoredBlob } from '../store/blobs.ts';
import type { Store } from '../store/store.ts';

const pieceBytes = 2 ** 20;

/** The bytes that a digest names, in pieces of at most 1 MiB. */
export async function* readBlob(store: Store, sha256: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  requireBlob(store, sha256);
  yield* createReadStream(store.blobs.path(sha256), { highWaterMark: pieceBytes, signal });
}

/** Copies a blob to where the user wants it and answers with the path. */
export async function saveBlob(
  store: Store,
  { sha256, to, overwrite }: { sha256: string; to: string; overwrite?: boolean | undefined },
  work: SaveWork,
): Promise<string> {
  const { bytes } = requireBlob(store, sha256);
  const { path } = await saveFile(
    {
      source: () => createReadStream(store.blobs.path(sha256)),
      total: bytes,
      to,
      name: sha256,
      overwrite: overwrite === true,
      what: 'the file',
    },
    work,
  );
  return path;
}

function requireBlob(store: Store, sha256: string): StoredBlob {
  const blob = store.blobs.get(sha256);
  if (blob !== undefined && store.blobs.has(sha256)) return blob;
  throw new AppError('not_found', `There are no bytes of the digest ${sha256}.`, {
    hint: 'They went with what named them.',
    details: { sha256 },
  });
}
