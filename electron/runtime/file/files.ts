import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Progress } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import { byteProgress } from '../base/byte-progress.ts';
import type { StoredFile } from '../store/files.ts';
import type { Store } from '../store/store.ts';
import { fileTypeOf, mediaTypeOf } from './media-type.ts';

/** What an ingress accepts (DESIGN §8), so nothing larger is fetched as a fixture. */
const maxFetchBytes = 64 * 2 ** 20;
const fetchTimeoutMs = 60_000;

export interface NewFile {
  name?: string | undefined;
  type?: string | undefined;
  readme?: string | undefined;
  leaseId: string | null;
}

/** Files of the workspace: immutable, named by id, their bytes stored once. */
export class Files {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** By id, or by a name that only one file has. */
  resolve(ref: string): StoredFile {
    const found = this.#store.files.get(ref);
    if (found !== undefined) return found;
    const named = this.#store.files.named(ref);
    if (named.length > 1) {
      throw new AppError('ambiguous', `${named.length} files are named ${ref}.`, {
        hint: `Give an id: ${named
          .slice(0, 5)
          .map(file => file.id)
          .join(', ')}`,
      });
    }
    if (named[0] === undefined)
      throw new AppError('not_found', `There is no file ${ref}.`, { hint: 'See them all: ppl file list.' });
    return named[0];
  }

  async upload(
    path: string,
    file: NewFile,
    signal?: AbortSignal,
    progress: (step: Progress) => void = () => undefined,
  ): Promise<StoredFile> {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined || !found.isFile()) {
      throw new AppError('file_not_found', `${path} ${found === undefined ? 'does not exist' : 'is not a file'}.`, {
        details: { path },
      });
    }
    const onBytes = byteProgress(`Storing ${basename(path)}`, found.size, progress);
    const blob = await this.#store.blobs.putFile(path, signal, onBytes);
    return this.#insert(blob.sha256, basename(path), mediaTypeOf(path), file);
  }

  /** Fetches over http or https, up to 64 MiB. */
  async fetch(url: string, file: NewFile, signal: AbortSignal): Promise<StoredFile> {
    const unavailable = (why: string, cause?: unknown) =>
      new AppError('fixture_unavailable', `${url} could not be fetched: ${why}.`, {
        hint: 'Download it once and give its `path` instead, so that the proof runs offline.',
        details: { url },
        cause,
      });
    if (!/^https?:\/\//.test(url)) throw unavailable('only http and https are fetched');
    let response: Response;
    try {
      response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(fetchTimeoutMs)]) });
    } catch (error) {
      signal.throwIfAborted();
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw unavailable(cause, error);
    }
    if (!response.ok || response.body === null) throw unavailable(`the server answered ${response.status}`);
    let received = 0;
    const limited = Readable.fromWeb(response.body as ReadableStream<Uint8Array>).map((chunk: Uint8Array) => {
      received += chunk.length;
      if (received > maxFetchBytes) throw unavailable(`it is larger than ${maxFetchBytes} bytes`);
      return chunk;
    });
    const blob = await this.#store.blobs.put(limited, signal);
    const mediaType = response.headers.get('content-type')?.split(';')[0]?.trim() ?? mediaTypeOf(new URL(url).pathname);
    return this.#insert(blob.sha256, basename(new URL(url).pathname) || 'fixture', mediaType, file);
  }

  /** Refused while evidence names it. */
  discard(id: string): void {
    if (this.#store.evidence.isKept('file', id)) {
      throw new AppError('in_use', `File ${id} is named by evidence and stays until that is deleted.`);
    }
    const users = this.#store.backends.backendsBinding(id);
    if (users.length > 0) {
      throw new AppError('in_use', `File ${id} is bound by ${users.join(', ')}, now or in its history.`, {
        hint: 'Delete the backend first.',
      });
    }
    this.#store.files.delete(id);
  }

  #insert(sha256: string, fallbackName: string, mediaType: string, file: NewFile): StoredFile {
    const id = newId('file');
    const name = file.name ?? fallbackName;
    const row = {
      id,
      name,
      type: file.type ?? fileTypeOf(fallbackName),
      media_type: mediaType,
      sha256,
      readme: file.readme ?? '',
      lease_id: file.leaseId,
      created_at_ms: Date.now(),
    };
    try {
      this.#store.transaction(() => this.#store.files.insert(row));
    } finally {
      this.#store.blobs.settled(sha256);
    }
    return this.#store.files.get(id) as StoredFile;
  }
}
