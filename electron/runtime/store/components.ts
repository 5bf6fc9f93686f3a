import type { ComponentRow, VersionRow } from '../../../shared/contract/index.ts';
import type { Sqlite } from './database.ts';
import { iso } from './time.ts';

export interface Component {
  id: string;
  name: string;
  slug: string;
  harness: 0 | 1;
  created_at_ms: number;
}

export interface Version {
  id: string;
  component_id: string;
  state: 'prerelease' | 'released';
  /** `sha256:…` of the image's config. */
  image_digest: string;
  image_ref: string;
  /** SHA-256 of the source archive, which is a blob. */
  source_sha256: string;
  component_yml: string;
  /** The parsed `component.yml` as JSON. */
  definition: string;
  sdk_version: string;
  note: string | null;
  lease_id: string | null;
  created_at_ms: number;
  promoted_at_ms: number | null;
}

export class ComponentTable {
  readonly #sqlite: Sqlite;
  readonly #version;

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
    this.#version = sqlite.prepare<[string], Version>('SELECT * FROM versions WHERE id = ?');
  }

  insert(component: Component): void {
    this.#sqlite
      .prepare(
        'INSERT INTO components (id, name, slug, harness, created_at_ms) VALUES (@id, @name, @slug, @harness, @created_at_ms)',
      )
      .run(component);
  }

  get(id: string): Component | undefined {
    return this.#sqlite.prepare<[string], Component>('SELECT * FROM components WHERE id = ?').get(id);
  }

  /** By name, or by slug, which is as unique. */
  named(name: string): Component | undefined {
    return this.#sqlite
      .prepare<[string, string], Component>('SELECT * FROM components WHERE name = ? OR slug = ?')
      .get(name, name);
  }

  list(query: string | undefined): Component[] {
    return this.#sqlite
      .prepare<[string], Component>(
        `SELECT * FROM components WHERE instr(lower(name || ' ' || slug), lower(?)) > 0 ORDER BY name`,
      )
      .all(query ?? '');
  }

  /** Removes a component that has no version left and is not built in. */
  deleteIfEmpty(id: string): void {
    this.#sqlite
      .prepare(
        'DELETE FROM components WHERE id = ? AND harness = 0 AND NOT EXISTS (SELECT 1 FROM versions WHERE component_id = components.id)',
      )
      .run(id);
  }

  insertVersion(version: Version): void {
    this.#sqlite
      .prepare(
        `INSERT INTO versions (id, component_id, state, image_digest, image_ref, source_sha256, component_yml, definition,
           sdk_version, note, lease_id, created_at_ms, promoted_at_ms)
         VALUES (@id, @component_id, @state, @image_digest, @image_ref, @source_sha256, @component_yml, @definition,
           @sdk_version, @note, @lease_id, @created_at_ms, @promoted_at_ms)`,
      )
      .run(version);
  }

  version(id: string): Version | undefined {
    return this.#version.get(id);
  }

  /** Newest first. */
  versions(componentId: string): Version[] {
    return this.#sqlite
      .prepare<[string], Version>('SELECT * FROM versions WHERE component_id = ? ORDER BY created_at_ms DESC, id DESC')
      .all(componentId);
  }

  tags(versionId: string): string[] {
    return this.#sqlite
      .prepare<[string], { tag: string }>('SELECT tag FROM version_tags WHERE version_id = ? ORDER BY tag')
      .all(versionId)
      .map(row => row.tag);
  }

  tagged(componentId: string, tag: string): Version | undefined {
    return this.#sqlite
      .prepare<[string, string], Version>(
        'SELECT v.* FROM version_tags t JOIN versions v ON v.id = t.version_id WHERE t.component_id = ? AND t.tag = ?',
      )
      .get(componentId, tag);
  }

  /** Prerelease → released, moving the component's tags to it, in one transaction. */
  promote(versionId: string, tags: readonly string[], note: string | null, atMs: number): void {
    this.#sqlite.transaction(() => {
      const { component_id } = this.#version.get(versionId) as Version;
      this.#sqlite
        .prepare(`UPDATE versions SET state = 'released', promoted_at_ms = ?, note = coalesce(?, note) WHERE id = ?`)
        .run(atMs, note, versionId);
      const move = this.#sqlite.prepare(
        `INSERT INTO version_tags (component_id, tag, version_id) VALUES (?, ?, ?)
         ON CONFLICT (component_id, tag) DO UPDATE SET version_id = excluded.version_id`,
      );
      for (const tag of tags) move.run(component_id, tag, versionId);
    })();
  }

  deleteVersion(id: string): void {
    this.#sqlite.prepare('DELETE FROM versions WHERE id = ?').run(id);
  }

  isImageUsed(imageDigest: string): boolean {
    return this.#sqlite.prepare('SELECT 1 FROM versions WHERE image_digest = ? LIMIT 1').get(imageDigest) !== undefined;
  }

  /** Backends whose log ever pinned this version, which must therefore stay. */
  backendsPinning(versionId: string): string[] {
    return this.#sqlite
      .prepare<[string], { id: string }>(
        `SELECT DISTINCT backend_id AS id FROM operations
         WHERE type IN ('add-vertex', 'change-version') AND json_extract(payload, '$.version_id') = ?`,
      )
      .all(versionId)
      .map(row => row.id);
  }

  componentRow(component: Component): ComponentRow {
    const latest = this.tagged(component.id, 'latest');
    return {
      id: component.id,
      name: component.name,
      slug: component.slug,
      harness: component.harness === 1,
      latest_version_id: latest?.id ?? null,
    };
  }

  versionRow(version: Version): VersionRow {
    return {
      id: version.id,
      component_id: version.component_id,
      component: this.get(version.component_id)?.name ?? '',
      state: version.state,
      tags: this.tags(version.id),
      image_digest: version.image_digest,
      source_sha256: version.source_sha256,
      lease_id: version.lease_id,
      created_at: iso(version.created_at_ms),
    };
  }
}
