import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Unrecorded } from '../../../../electron/runtime/evidence/unrecorded.ts';
import { Leases } from '../../../../electron/runtime/lease/leases.ts';
import { Store } from '../../../../electron/runtime/store/store.ts';
import { AppError } from '../../../../shared/errors.ts';
import { newId } from '../../../../shared/ids.ts';

let home: string;
let store: Store;
let leases: Leases;
let needed: Set<string>;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-unrecorded-'));
  store = new Store(home);
  needed = new Set();
  leases = new Leases({
    store,
    discard: { ...discard, deployment: async () => undefined, image: async () => true },
    log: () => undefined,
  });
});
const discard = {
  backend: (id: string) => store.backends.delete(id),
  version: (id: string) => store.components.deleteVersion(id),
  file: (id: string) => {
    if (needed.has(id)) throw new AppError('in_use', 'Another run works with it.');
    store.files.delete(id);
  },
};

afterEach(() => {
  leases[Symbol.dispose]();
  store[Symbol.dispose]();
  rmSync(home, { recursive: true, force: true });
});

function nextHost(): Unrecorded {
  return new Unrecorded({ store, discard, discardImage: async () => true, log: () => undefined });
}

async function addFile(leaseId: string | null): Promise<{ id: string; sha256: string }> {
  const id = newId('file');
  const { sha256 } = await store.blobs.putBytes(Buffer.from(id));
  const row = { id, name: id, type: 'text', media_type: 'text/plain', sha256, readme: '', created_at_ms: 1 };
  store.files.insert({ ...row, lease_id: leaseId });
  store.blobs.settled(sha256);
  return { id, sha256 };
}

function record(evidence: string, lease: string): void {
  store.runs.insert({
    id: 'run_1',
    kind: 'proof',
    name: 'proof',
    mode: 'proof',
    state: 'done',
    lease_id: lease,
    keep_lease: 0,
    manifest_path: '',
    manifest: '',
    plan: '{}',
    vertex_count: 0,
    created_at_ms: 1,
  });
  const row = { id: evidence, run_id: 'run_1', name: 'proof', verdict: 'pass', record: '{}', bundle: '', sha256: '' };
  store.evidence.insert({ ...row, verdict: 'pass', supersedes: null, created_at_ms: 1 });
}

describe('Evidence that a host did not live to record', () => {
  it('leaves nothing of what its run had made, and the receipt says so', async () => {
    const lease = leases.open({ runtimeId: 'rt_local' }).id;
    const [mine, backend] = [await addFile(lease), newId('backend')];
    const shelved = await addFile(null);
    store.backends.insert({ id: backend, name: backend, lease_id: lease, created_at_ms: 1 });
    const evidence = newId('evidence');
    store.evidence.keep(evidence, lease, { kind: 'file', id: mine.id });
    store.evidence.keep(evidence, lease, { kind: 'file', id: shelved.id });
    store.evidence.keep(evidence, lease, { kind: 'backend', id: backend });
    const receipt = await leases.rollback(lease);
    expect(receipt.kept.map(({ id }) => id).sort()).toEqual([mine.id, backend].sort());
    mkdirSync(join(home, 'bundles'), { recursive: true });
    const bundle = join(home, 'bundles', `${evidence}.proof`);
    writeFileSync(bundle, 'sealed');

    nextHost().dropAll();

    expect(existsSync(bundle)).toBe(false);
    expect(store.files.get(mine.id)).toBeUndefined();
    expect(store.blobs.has(mine.sha256)).toBe(false);
    expect(store.backends.get(backend)).toBeUndefined();
    expect(store.files.get(shelved.id), 'what the lease did not own').toBeDefined();
    const told = store.leases.get(lease)?.receipt;
    expect(told?.kept).toEqual([]);
    expect(told?.removed.map(({ id }) => id)).toEqual(expect.arrayContaining([mine.id, backend]));
  });

  it('keeps what something else has come to need', async () => {
    const lease = leases.open({ runtimeId: 'rt_local' }).id;
    const mine = await addFile(lease);
    store.evidence.keep(newId('evidence'), lease, { kind: 'file', id: mine.id });
    await leases.rollback(lease);
    needed.add(mine.id);
    nextHost().dropAll();
    expect(store.files.get(mine.id)).toBeDefined();
    expect(store.leases.get(lease)?.receipt?.kept).toMatchObject([{ id: mine.id }]);
  });

  it('goes with its lease, when that had not ended', async () => {
    const lease = leases.open({ runtimeId: 'rt_local' }).id;
    const mine = await addFile(lease);
    store.evidence.keep(newId('evidence'), lease, { kind: 'file', id: mine.id });
    nextHost().dropAll();
    expect(store.files.get(mine.id), 'still its lease’s').toBeDefined();
    const receipt = await leases.rollback(lease);
    expect(receipt).toMatchObject({ kept: [], removed: [{ id: mine.id }] });
  });

  it('does not touch evidence that was recorded', async () => {
    const lease = leases.open({ runtimeId: 'rt_local' }).id;
    const mine = await addFile(lease);
    const evidence = newId('evidence');
    store.evidence.keep(evidence, lease, { kind: 'file', id: mine.id });
    await leases.rollback(lease);
    record(evidence, lease);
    nextHost().dropAll();
    expect(store.files.get(mine.id)).toBeDefined();
  });

  it.each<[string, (lease: string, file: string) => void]>([
    ['committed', lease => void leases.commit(lease)],
    ['promoted', (lease, file) => void leases.promote(lease, [file])],
  ])('does not touch what a person had %s meanwhile', async (_how, kept) => {
    const lease = leases.open({ runtimeId: 'rt_local' }).id;
    const mine = await addFile(lease);
    store.evidence.keep(newId('evidence'), lease, { kind: 'file', id: mine.id });
    kept(lease, mine.id);
    if (store.leases.get(lease)?.state === 'open') await leases.rollback(lease);
    nextHost().dropAll();
    expect(store.files.get(mine.id)).toBeDefined();
    expect(store.leases.get(lease)?.receipt).toMatchObject({ kept: [{ id: mine.id }], removed: [] });
  });
});
