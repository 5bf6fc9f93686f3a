import type { FileRow } from '../../../shared/contract/index.ts';
import type { Sqlite } from './database.ts';
import { iso } from './time.ts';

export interface StoredFile {
  id: string;
  name: string;
  type: string;
  media_type: string;
  sha256: string;
  bytes: number;
  readme: string;
  lease_id: string | null;
  created_at_ms: number;
}

const select = 'SELECT f.*, b.bytes FROM files f JOIN blobs b ON b.sha256 = f.sha256';

export class FileTable {
  readonly #sqlite: Sqlite;
  readonly #onChange: () => void;
  readonly #insert;
  readonly #get;
  readonly #delete;

  constructor(sqlite: Sqlite, onChange: () => void = () => undefined) {
    this.#sqlite = sqlite;
    this.#onChange = onChange;
    this.#insert = sqlite.prepare<[Omit<StoredFile, 'bytes'>]>(
      `INSERT INTO files (id, name, type, media_type, sha256, readme, lease_id, created_at_ms)
       VALUES (@id, @name, @type, @media_type, @sha256, @readme, @lease_id, @created_at_ms)`,
    );
    this.#get = sqlite.prepare<[string], StoredFile>(`${select} WHERE f.id = ?`);
    this.#delete = sqlite.prepare<[string]>('DELETE FROM files WHERE id = ?');
  }

  insert(file: Omit<StoredFile, 'bytes'>): void {
    this.#insert.run(file);
    this.#onChange();
  }

  get(id: string): StoredFile | undefined {
    return this.#get.get(id);
  }

  named(name: string): StoredFile[] {
    return this.#sqlite.prepare<[string], StoredFile>(`${select} WHERE f.name = ?`).all(name);
  }

  /** Whether the workspace itself has a file of this name and content. */
  isSaved(name: string, sha256: string): boolean {
    return (
      this.#sqlite
        .prepare('SELECT 1 FROM files WHERE sha256 = ? AND name = ? AND lease_id IS NULL')
        .get(sha256, name) !== undefined
    );
  }

  list(): StoredFile[] {
    return this.#sqlite.prepare<[], StoredFile>(`${select} ORDER BY f.created_at_ms DESC, f.id DESC`).all();
  }

  delete(id: string): void {
    this.#delete.run(id);
    this.#onChange();
  }
}

export function fileRowOf(file: StoredFile): FileRow {
  return {
    id: file.id,
    name: file.name,
    type: file.type,
    sha256: file.sha256,
    bytes: file.bytes,
    media_type: file.media_type,
    lease_id: file.lease_id,
    created_at: iso(file.created_at_ms),
  };
}
