import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { writeDurably } from '../base/durable-file.ts';
import type { Sqlite } from './database.ts';

export interface StoredBlob {
  sha256: string;
  bytes: number;
}

/**
 * Files named by their SHA-256: written under a temporary name, synced, then renamed, so a name that exists is whole.
 * A blob that no row refers to is collected by `collect`.
 */
export class BlobStore {
  readonly #sqlite: Sqlite;
  readonly #dir: string;
  readonly #loose;
  /** How many owners each blob still waits for. */
  readonly #arriving = new Map<string, number>();

  constructor(sqlite: Sqlite, dir: string) {
    this.#sqlite = sqlite;
    this.#dir = dir;
    this.#loose = sqlite.prepare<[], { sha256: string; is_used: 0 | 1 }>(
      `SELECT sha256, EXISTS (SELECT 1 FROM files f WHERE f.sha256 = b.sha256)
         OR EXISTS (SELECT 1 FROM versions v WHERE v.source_sha256 = b.sha256)
         OR EXISTS (SELECT 1 FROM evidence_keeps k WHERE k.kind = 'blob' AND k.resource_id = b.sha256)
         OR EXISTS (SELECT 1 FROM run_fixtures r WHERE r.sha256 = b.sha256)
         OR EXISTS (SELECT 1 FROM run_frames r WHERE r.sha256 = b.sha256) AS is_used
       FROM loose_blobs b`,
    );
    mkdirSync(join(dir, 'tmp'), { recursive: true, mode: 0o700 });
    for (const name of readdirSync(join(dir, 'tmp'))) rmSync(join(dir, 'tmp', name), { force: true });
  }

  /** Where a blob lies; it exists when a row of `blobs` names it. */
  path(sha256: string): string {
    return join(this.#dir, sha256.slice(0, 2), sha256);
  }

  async putFile(path: string, signal?: AbortSignal, onBytes?: (bytes: number) => void): Promise<StoredBlob> {
    return this.put(createReadStream(path), signal, onBytes);
  }

  async putBytes(bytes: Uint8Array): Promise<StoredBlob> {
    return this.put(Readable.from([bytes]));
  }

  /** Stores what `source` yields. The row is written last: a crash leaves a file that `collect` removes. */
  async put(source: Readable, signal?: AbortSignal, onBytes?: (bytes: number) => void): Promise<StoredBlob> {
    let arriving: string | undefined;
    try {
      const { sha256, bytes } = await writeDurably({
        source,
        temporary: join(this.#dir, 'tmp', randomBytes(12).toString('hex')),
        target: digest => {
          arriving = digest;
          this.#arriving.set(digest, (this.#arriving.get(digest) ?? 0) + 1);
          mkdirSync(join(this.#dir, digest.slice(0, 2)), { recursive: true, mode: 0o700 });
          return this.path(digest);
        },
        what: 'the file',
        ...(signal === undefined ? {} : { signal }),
        ...(onBytes === undefined ? {} : { onBytes }),
      });
      this.#sqlite.transaction(() => {
        this.#sqlite
          .prepare('INSERT INTO blobs (sha256, bytes, created_at_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
          .run(sha256, bytes, Date.now());
        this.#sqlite.prepare('INSERT INTO loose_blobs (sha256) VALUES (?) ON CONFLICT DO NOTHING').run(sha256);
      })();
      return { sha256, bytes };
    } catch (error) {
      if (arriving !== undefined) this.settled(arriving);
      throw error;
    }
  }

  /** A blob just put is safe from `collect` until its owner's row is written and this is called. */
  settled(sha256: string): void {
    const waiting = (this.#arriving.get(sha256) ?? 0) - 1;
    if (waiting > 0) this.#arriving.set(sha256, waiting);
    else this.#arriving.delete(sha256);
  }

  /** Removes what nothing refers to any more, of what was let go of; returns the number of blobs removed. */
  collect(): number {
    const removed = this.#sqlite.transaction(() => {
      const orphans: string[] = [];
      for (const { sha256, is_used } of this.#loose.all()) {
        if (this.#arriving.has(sha256)) continue;
        if (is_used === 0) orphans.push(sha256);
        this.#sqlite.prepare(`DELETE FROM ${is_used === 0 ? 'blobs' : 'loose_blobs'} WHERE sha256 = ?`).run(sha256);
      }
      return orphans;
    })();
    for (const sha256 of removed) rmSync(this.path(sha256), { force: true });
    return removed.length;
  }

  /** Removes files that have no row: what a crash between rename and commit left. For the start of a host. */
  sweepFiles(): number {
    let removed = 0;
    const known = this.#sqlite.prepare('SELECT 1 FROM blobs WHERE sha256 = ?');
    for (const folder of readdirSync(this.#dir)) {
      if (folder === 'tmp') continue;
      for (const name of readdirSync(join(this.#dir, folder))) {
        if (known.get(name) !== undefined) continue;
        rmSync(join(this.#dir, folder, name), { force: true });
        removed++;
      }
    }
    return removed;
  }

  /** A blob that is whole and known; undefined for any other digest. */
  get(sha256: string): StoredBlob | undefined {
    return this.#sqlite.prepare<[string], StoredBlob>('SELECT sha256, bytes FROM blobs WHERE sha256 = ?').get(sha256);
  }

  has(sha256: string): boolean {
    return existsSync(this.path(sha256));
  }
}
