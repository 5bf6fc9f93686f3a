import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import Database from 'better-sqlite3';
import Docker from 'dockerode';
import { expect } from 'vitest';
import { sqliteBinding } from '../../electron/runtime/base/sqlite-binding.ts';
import type { Receipt } from '../../shared/contract/index.ts';
import type { Event, Workspace } from './workspace.ts';

/** Each finds rows that no live lease, no evidence and nothing that a person keeps stands behind. */
const rowsOfNobody: Record<string, string> = {
  'lease that has not ended': `SELECT id FROM leases WHERE state IN ('open', 'closing')`,
  'ended lease without a receipt': `SELECT id FROM leases WHERE closed_at_ms IS NOT NULL AND receipt IS NULL`,
  'run that is not over': `SELECT id FROM runs WHERE state = 'running'`,
  'deployment that is not gone': `SELECT id FROM deployments WHERE status <> 'gone'`,
  'container of a deployment that is gone': `SELECT id FROM containers WHERE status IN ('starting', 'running', 'restarting')`,
  'backend without evidence': `SELECT id FROM backends b
    WHERE NOT EXISTS (SELECT 1 FROM evidence_keeps WHERE kind = 'backend' AND resource_id = b.id)`,
  'file without evidence': `SELECT id FROM files f
    WHERE NOT EXISTS (SELECT 1 FROM evidence_keeps WHERE kind = 'file' AND resource_id = f.id)`,
  'version without evidence': `SELECT v.id FROM versions v JOIN components c ON c.id = v.component_id
    WHERE c.harness = 0 AND NOT EXISTS (SELECT 1 FROM evidence_keeps WHERE kind = 'version' AND resource_id = v.id)`,
  'harness version that is not released': `SELECT v.id FROM versions v JOIN components c ON c.id = v.component_id
    WHERE c.harness = 1 AND v.state <> 'released'`,
  'component without versions': `SELECT id FROM components c
    WHERE harness = 0 AND NOT EXISTS (SELECT 1 FROM versions WHERE component_id = c.id)`,
  'thing kept for no evidence': `SELECT evidence_id || ' ' || resource_id FROM evidence_keeps
    WHERE evidence_id NOT IN (SELECT id FROM evidence)`,
  'blob that nothing needs': `SELECT sha256 FROM blobs b WHERE NOT EXISTS (SELECT 1 FROM files WHERE sha256 = b.sha256)
    AND NOT EXISTS (SELECT 1 FROM versions WHERE source_sha256 = b.sha256)
    AND NOT EXISTS (SELECT 1 FROM run_fixtures WHERE sha256 = b.sha256)
    AND NOT EXISTS (SELECT 1 FROM run_frames WHERE sha256 = b.sha256)
    AND NOT EXISTS (SELECT 1 FROM evidence_keeps WHERE kind = 'blob' AND resource_id = b.sha256)`,
  'row that belongs to none': `SELECT "table" || ' ' || rowid FROM pragma_foreign_key_check`,
};

/** A workspace's database as it is now; what looks at it changes nothing. */
export function readDatabase(workspace: Workspace): Database.Database {
  return new Database(join(workspace.home, 'workspace.db'), { readonly: true, ...sqliteBinding() });
}

/**
 * All that is there and should not be when every lease of a workspace has ended: containers, networks, volumes, images, rows, blobs and
 * other files. `slug` is that of the only component that is published there, by which its images are known; `pids` are hosts that were killed.
 */
export async function leftovers(workspace: Workspace, slug: string, pids: readonly number[]): Promise<string[]> {
  const sqlite = readDatabase(workspace);
  try {
    const left: string[] = [];
    for (const [what, query] of Object.entries(rowsOfNobody))
      for (const found of sqlite.prepare<[], string>(query).pluck().all()) left.push(`${what}: ${found}`);
    // Of a built-in component the image may be in use by another workspace, and stays for as long as it is.
    const loose = sqlite.prepare<[string], string>('SELECT key FROM settings WHERE key LIKE ?').pluck();
    left.push(...loose.all(`loose_image:proofbench/${slug}:%`).map(key => `note: ${key}`));
    left.push(...files(workspace, sqlite), ...cached(workspace, pids));
    // Docker is asked last, for it is the slowest.
    if (left.length > 0) return left;
    const isNeeded = sqlite.prepare('SELECT 1 FROM versions WHERE image_ref = ?').pluck();
    const images = await new Docker().listImages({ filters: { reference: [`proofbench/${slug}`] } });
    left.push(
      ...images
        .flatMap(image => image.RepoTags ?? [])
        .filter(tag => isNeeded.get(tag) === undefined)
        .map(tag => `image ${tag}`),
      ...(await workspace.besideGateway()),
    );
    return left;
  } finally {
    sqlite.close();
  }
}

/** Everything that a caller was told is there, and has come to an end that says what became of it. */
export function expectNothingLost(workspace: Workspace, told: readonly Event[]): void {
  const sqlite = readDatabase(workspace);
  try {
    const leaseId = told[0]?.lease_id as string;
    const lease = sqlite
      .prepare<[string], { state: string; receipt: string }>('SELECT * FROM leases WHERE id = ?')
      .get(leaseId);
    expect(lease?.state, `lease ${leaseId}`).toMatch(/^(rolled_back|expired)$/);
    const run = sqlite
      .prepare<[string], { id: string; state: string }>('SELECT * FROM runs WHERE lease_id = ?')
      .get(leaseId);
    expect(run?.state, `run of ${leaseId}`).toMatch(/^(ready|failed|done)$/);
    const bodies = sqlite
      .prepare<[string | undefined], string>('SELECT body FROM events WHERE run_id = ? ORDER BY seq')
      .pluck()
      .all(run?.id)
      .map(body => JSON.parse(body) as Event);
    expect(
      bodies.map(({ seq }) => seq),
      'no gap in what is recorded',
    ).toEqual(bodies.map((_, index) => index + 1));
    expect(bodies.slice(0, told.length), 'what was told is recorded').toEqual(told);
    const receipt = JSON.parse(lease?.receipt ?? '{}') as Receipt;
    expect(receipt.failed).toEqual([]);
    const became = new Set([...receipt.removed, ...receipt.kept].map(({ id }) => id));
    for (const event of told) {
      for (const id of madeBy(event)) expect(became, `the receipt of ${leaseId} tells of ${id}`).toContain(id);
      if (event.type === 'proof') expectEvidence(sqlite, event);
    }
  } finally {
    sqlite.close();
  }
}

function madeBy(event: Event): unknown[] {
  const key = {
    prerelease_published: 'version_id',
    fixture_uploaded: 'file_id',
    backend_created: 'backend_id',
    deploy_started: 'deployment_id',
  }[event.type];
  return key === undefined ? [] : [event[key]];
}

function expectEvidence(sqlite: Database.Database, { evidence_id }: Event): void {
  const evidence = sqlite
    .prepare<[unknown], { bundle: string; sha256: string }>('SELECT * FROM evidence WHERE id = ?')
    .get(evidence_id);
  const bytes = readFileSync(evidence?.bundle as string);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(evidence?.sha256);
}

/** Files of the workspace that no row names, and rows that name files that are not there. */
function files(workspace: Workspace, sqlite: Database.Database): string[] {
  const all = (query: string) => sqlite.prepare<[], string>(query).pluck().all();
  const { home } = workspace;
  const blobs = new Set(all('SELECT sha256 FROM blobs').map(sha256 => join('blobs', sha256.slice(0, 2), sha256)));
  const bundles = new Set(all('SELECT bundle FROM evidence').map(path => relative(home, path)));
  const deployments = new Set(all('SELECT id FROM deployments'));
  const leases = new Set(all('SELECT id FROM leases'));
  const isKnown = (path: string) => {
    const [folder, name = ''] = path.split(/[\\/]/);
    if (folder === 'blobs') return blobs.has(path);
    if (folder === 'bundles') return bundles.has(path);
    if (folder === 'logs') return deployments.has(name);
    if (folder === 'debug') return leases.has(name.split('-')[0] as string) && name.endsWith('.zip');
    if (folder === 'keys') return name === 'signing.pem';
    return (
      folder === 'app' || /^(workspace\.db(-wal|-shm)?|lock\.db(-journal)?|workspace-id|host\.(log|sock))$/.test(path)
    );
  };
  const there = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => relative(home, join(entry.parentPath, entry.name)));
  return [
    ...there.filter(path => !isKnown(path)).map(path => `file ${path}`),
    ...[...blobs, ...bundles].filter(path => !there.includes(path)).map(path => `lost file ${path}`),
  ];
}

/** What killed hosts had begun to write into the cache, which workspaces share. */
function cached(workspace: Workspace, pids: readonly number[]): string[] {
  const cache =
    workspace.env.PROOFBENCH_CACHE ?? join(workspace.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'proofbench');
  return ['layers', 'sources']
    .map(folder => join(cache, folder))
    .filter(folder => existsSync(folder))
    .flatMap(folder => readdirSync(folder))
    .filter(name => pids.some(pid => name.includes(`.${pid}-`)))
    .map(name => `temporary file ${name}`);
}
