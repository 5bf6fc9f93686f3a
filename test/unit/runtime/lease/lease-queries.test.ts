import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BackendTable } from '../../../../electron/runtime/store/backends.ts';
import { BlobStore } from '../../../../electron/runtime/store/blobs.ts';
import { ComponentTable } from '../../../../electron/runtime/store/components.ts';
import { openDatabase, type Sqlite } from '../../../../electron/runtime/store/database.ts';
import { DeploymentTable } from '../../../../electron/runtime/store/deployments.ts';
import { EvidenceTable } from '../../../../electron/runtime/store/evidence.ts';
import { FileTable } from '../../../../electron/runtime/store/files.ts';
import { LeaseTable } from '../../../../electron/runtime/store/leases.ts';
import { RunTable } from '../../../../electron/runtime/store/runs.ts';

let home: string;
let sqlite: Sqlite;
/** What is asked of the database, in the order in which it is. */
let asked: string[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-queries-'));
  sqlite = openDatabase(join(home, 'workspace.db'));
  asked = [];
});
afterEach(() => {
  sqlite.close();
  rmSync(home, { recursive: true, force: true });
});

/** How SQLite answers each statement that `work` prepares. */
function plansOf(work: (asking: Sqlite) => void): { query: string; plan: string }[] {
  const asking = new Proxy(sqlite, {
    get(target, key) {
      if (key === 'prepare')
        return (text: string) => {
          asked.push(text);
          return target.prepare(text);
        };
      const value = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  work(asking);
  return asked
    .filter(query => !/^\s*INSERT/.test(query))
    .map(query => {
      const bound = query.replace(/@\w+|\?/g, '1');
      const steps = sqlite.prepare(`EXPLAIN QUERY PLAN ${bound}`).all() as { detail: string }[];
      return { query, plan: steps.map(({ detail }) => detail).join('\n') };
    });
}

/** Reading a whole table. An index in the order that is asked for may be read from its end. */
const scan = /^SCAN (?!CONSTANT ROW)\w+( \w+)?$/m;
const sort = /TEMP B-TREE FOR (RIGHT PART OF )?ORDER BY/;

describe('Among a hundred thousand leases', () => {
  it('each question about leases is answered from an index', () => {
    const plans = plansOf(asking => {
      const leases = new LeaseTable(asking);
      for (const filter of [
        {},
        { label: 'ci' },
        { state: 'open' as const },
        { label: 'ci', state: 'open' as const },
        { createdUntilMs: 1 },
        { label: 'ci', createdUntilMs: 1 },
        { state: 'expired' as const, createdUntilMs: 1 },
      ]) {
        leases.list(filter, 10);
        leases.count(filter);
        leases.ids(filter);
      }
      leases.byLabel('ci');
      leases.due(1);
      leases.nextExpiryMs();
      leases.countLive();
      leases.closing();
      leases.tied();
      leases.openOfSession('s');
      leases.cutDeadlines(2 ** 50);
      leases.beginClosing('l', 'expired');
      leases.owned('l');
      leases.renew('l', 1);
      leases.releaseAll('l');
      leases.setResult('l', '1');
      leases.untie('l');
      leases.delete('l');
    });
    expect(plans.length).toBeGreaterThan(40);
    for (const { query, plan } of plans) {
      expect(plan, query).not.toMatch(scan);
      expect(plan, query).not.toMatch(sort);
    }
    const planOf = (part: string) => plans.find(({ query }) => query.includes(part))?.plan;
    expect(planOf('expires_at_ms <= ?')).toContain('leases_live_by_expiry');
    expect(planOf('min(expires_at_ms)')).toContain('leases_open_by_expiry');
    expect(planOf('label = @label ORDER BY')).toContain('leases_by_label');
    expect(planOf('state = @state ORDER BY')).toContain('leases_by_state');
    expect(planOf('FROM leases  ORDER BY')).toContain('leases_newest');
    expect(planOf('count(*) AS n')).toContain('leases_by_state');
  });

  it('each question about a thing that goes is, too', () => {
    const plans = plansOf(asking => {
      new FileTable(asking).delete('f');
      new EvidenceTable(asking).isKept('file', 'f');
      const backends = new BackendTable(asking);
      backends.backendsBinding('f');
      backends.namedBy('b');
      backends.liveDeployment('b');
      backends.delete('b');
      const components = new ComponentTable(asking);
      components.backendsPinning('v');
      components.isImageUsed('d');
      components.deleteVersion('v');
      const deployments = new DeploymentTable(asking);
      deployments.ofLease('l');
      deployments.idsOfLease('l');
      new RunTable(asking).ofLease('l');
      // Lists of everything are not asked for when something goes.
    }).filter(({ query }) => /WHERE/.test(query) && !/FROM runs r JOIN/.test(query));
    for (const { query, plan } of plans) expect(plan, query).not.toMatch(scan);
  });

  it('blobs are looked at only where something was let go', () => {
    const [plan] = plansOf(asking => new BlobStore(asking, join(home, 'blobs')).collect());
    expect(plan?.plan).toContain('SCAN b');
    expect(plan?.query).toContain('FROM loose_blobs b');
    expect(plan?.plan.replace('SCAN b', '')).not.toMatch(scan);
  });

  it('nothing that a deleted row is needed by is searched for in a whole table', () => {
    const tables = sqlite.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck().all() as string[];
    for (const table of tables) {
      const references = sqlite.pragma(`foreign_key_list(${table})`) as { table: string; from: string }[];
      for (const { table: parent, from } of references) {
        if (!['leases', 'blobs', 'versions', 'backends', 'runs', 'deployments'].includes(parent)) continue;
        const [step] = sqlite.prepare(`EXPLAIN QUERY PLAN SELECT 1 FROM ${table} WHERE ${from} = 'x'`).all() as {
          detail: string;
        }[];
        expect(step?.detail, `${table}.${from}`).toMatch(/^SEARCH/);
      }
    }
  });
});
