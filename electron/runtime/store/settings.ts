import type { Sqlite } from './database.ts';

/** Small facts of a workspace that are chosen once and kept: its id, its endpoint port. */
export class SettingTable {
  readonly #sqlite: Sqlite;

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
  }

  get(key: string): string | undefined {
    return this.#sqlite.prepare<[string], { value: string }>('SELECT value FROM settings WHERE key = ?').get(key)
      ?.value;
  }

  set(key: string, value: string): void {
    this.#sqlite
      .prepare('INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
      .run(key, value);
  }

  delete(key: string): void {
    this.#sqlite.prepare('DELETE FROM settings WHERE key = ?').run(key);
  }

  /** The rest of every key that begins with `prefix`. */
  keysAfter(prefix: string): string[] {
    return this.#sqlite
      .prepare<[string, string], { key: string }>('SELECT key FROM settings WHERE substr(key, 1, length(?)) = ?')
      .all(prefix, prefix)
      .map(row => row.key.slice(prefix.length));
  }
}
