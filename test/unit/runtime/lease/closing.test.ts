import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Discard } from '../../../../electron/runtime/lease/closing.ts';
import { Leases, maxTtlMs } from '../../../../electron/runtime/lease/leases.ts';
import { Store } from '../../../../electron/runtime/store/store.ts';
import { AppError } from '../../../../shared/errors.ts';
import { newId } from '../../../../shared/ids.ts';

let home: string;
let store: Store;
let hosts: Leases[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-closing-'));
  store = new Store(home);
  hosts = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const host of hosts) host[Symbol.dispose]();
  store[Symbol.dispose]();
  rmSync(home, { recursive: true, force: true });
});

/** A host at work on the workspace; `discard` is how it differs from one whose engine does what it is asked. */
function host(discard: Partial<Discard> = {}): Leases {
  const leases = new Leases({
    store,
    discard: {
      deployment: async id => store.deployments.setStatus(id, 'gone'),
      backend: id => store.backends.delete(id),
      version: id => store.components.deleteVersion(id),
      file: id => store.files.delete(id),
      image: async () => true,
      ...discard,
    },
    log: () => undefined,
  });
  hosts.push(leases);
  return leases;
}

const never = new Promise<never>(() => undefined);
const unreachable = async () => {
  throw new AppError('docker_unreachable', 'Docker does not answer.');
};

async function addFile(leaseId: string | null): Promise<string> {
  const id = newId('file');
  const { sha256 } = await store.blobs.putBytes(Buffer.from(id));
  const row = { id, name: id, type: 'text', media_type: 'text/plain', sha256, readme: '', created_at_ms: 1 };
  store.files.insert({ ...row, lease_id: leaseId });
  store.blobs.settled(sha256);
  return id;
}

function addBackend(leaseId: string | null): string {
  const id = newId('backend');
  store.backends.insert({ id, name: id, lease_id: leaseId, created_at_ms: 1 });
  return id;
}

function addDeployment(leaseId: string | null, backend: string): string {
  const id = newId('deployment');
  const none = { subnet: null, error: null, expires_at_ms: null, ended_at_ms: null };
  store.transaction(() =>
    store.deployments.insert(
      {
        ...none,
        id,
        backend_id: backend,
        runtime_id: 'rt_local',
        status: 'running',
        lease_id: leaseId,
        debug: 0,
        plan: '{}',
        network_name: id,
        created_at_ms: 1,
        fixed: 0,
        generation: 1,
      },
      [],
    ),
  );
  return id;
}

async function addVersion(leaseId: string | null): Promise<string> {
  const id = newId('version');
  const { sha256 } = await store.blobs.putBytes(Buffer.from(id));
  store.components.insert({ id: `cmp_${id}`, name: id, slug: id, harness: 0, created_at_ms: 1 });
  store.components.insertVersion({
    id,
    component_id: `cmp_${id}`,
    state: 'prerelease',
    image_digest: `sha256:${id}`,
    image_ref: `proofbench/${id}`,
    source_sha256: sha256,
    component_yml: '',
    definition: '{}',
    sdk_version: '1',
    note: null,
    lease_id: leaseId,
    created_at_ms: 1,
    promoted_at_ms: null,
  });
  store.blobs.settled(sha256);
  return id;
}

/** A lease that owns one of each. */
async function full(leases: Leases): Promise<{ lease: string; owned: string[] }> {
  const lease = leases.open({ runtimeId: 'rt_local' }).id;
  const [version, file, backend] = [await addVersion(lease), await addFile(lease), addBackend(lease)];
  const deployment = addDeployment(lease, backend);
  return { lease, owned: [deployment, backend, version, file, `sha256:${version}`].sort() };
}

const idsOf = (items: readonly { id: string }[] | undefined) => (items ?? []).map(({ id }) => id).sort();

describe('A host that dies while a lease rolls back', () => {
  it.each<[string, (work: () => Promise<void>) => Partial<Discard>]>([
    ['before anything has gone', () => ({ deployment: () => never })],
    [
      'when the deployment has gone and the host does not know',
      work => ({
        deployment: async () => {
          await work();
          return never;
        },
      }),
    ],
    ['when all rows have gone and an image has not', () => ({ image: () => never })],
  ])('leaves a lease that the next ends, with everything in its receipt: %s', async (_when, dies) => {
    let deployment = '';
    const first = host(dies(async () => store.deployments.setStatus(deployment, 'gone')));
    const { lease, owned } = await full(first);
    deployment = owned.find(id => id.startsWith('dep_')) as string;
    void first.rollback(lease);
    await vi.waitFor(() => expect(store.leases.get(lease)?.state).toBe('closing'));
    await new Promise(resolve => setTimeout(resolve, 20));
    first[Symbol.dispose]();

    await host().sweep();
    expect(store.leases.get(lease)).toMatchObject({ state: 'rolled_back', owned_at_end: null });
    const receipt = store.leases.get(lease)?.receipt;
    expect(idsOf(receipt?.removed)).toEqual(owned);
    expect(receipt).toMatchObject({ saved: [], kept: [], failed: [] });
  });

  it('keeps to the outcome that was begun', async () => {
    const first = host({ deployment: () => never });
    const { lease } = await full(first);
    void first.rollback(lease);
    first[Symbol.dispose]();
    expect((await host().rollback(lease)).failed).toEqual([]);
    expect(store.leases.get(lease)?.state).toBe('rolled_back');
  });

  it('and before it was killed had already said what of it failed leaves nothing told twice', async () => {
    const first = host({ image: unreachable });
    const { lease, owned } = await full(first);
    const receipt = await first.rollback(lease);
    expect(receipt.failed).toEqual([expect.objectContaining({ kind: 'image', reason: 'Docker does not answer.' })]);
    expect(store.leases.get(lease)?.state).toBe('closing');
    first[Symbol.dispose]();
    await host().sweep();
    const ended = store.leases.get(lease)?.receipt;
    expect(idsOf(ended?.removed)).toEqual(owned);
    expect(ended?.failed).toEqual([]);
  });
});

describe('What cannot be removed', () => {
  it('is tried again, each time later, until it is gone, by one that tries at a time', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const tries: number[] = [];
    const leases = host({
      deployment: async id => {
        tries.push(Date.now());
        if (tries.length < 5) await unreachable();
        store.deployments.setStatus(id, 'gone');
      },
    });
    const { lease, owned } = await full(leases);
    const { failed } = await leases.rollback(lease);
    expect(failed.map(({ kind, reason }) => [kind, reason])).toEqual([['deployment', 'Docker does not answer.']]);
    await leases.rollback(lease);
    for (let steps = 0; steps < 60 && store.leases.get(lease)?.state === 'closing'; steps++)
      await vi.advanceTimersByTimeAsync(500);
    expect(tries.slice(1).map((at, index) => at - (tries[index] as number))).toEqual([0, 2000, 4000, 8000]);
    expect(idsOf(store.leases.get(lease)?.receipt?.removed)).toEqual(owned);
  });

  it('does not keep the rest: a disk that was full while it was written down is one more reason to try again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const leases = host();
    const { lease } = await full(leases);
    const finish = vi.spyOn(store.leases, 'finish').mockImplementationOnce(() => {
      throw new AppError('disk_full', 'The disk is full.');
    });
    await expect(leases.rollback(lease)).rejects.toMatchObject({ code: 'disk_full' });
    expect(store.leases.get(lease)?.state).toBe('closing');
    await vi.advanceTimersByTimeAsync(1000);
    expect(finish).toHaveBeenCalledTimes(2);
    expect(store.leases.get(lease)?.state).toBe('rolled_back');
  });

  it('because somebody else came to need it becomes the workspace’s, so that the lease ends', async () => {
    const leases = host({
      file: id => {
        throw new AppError('in_use', `File ${id} is bound.`);
      },
    });
    const { lease } = await full(leases);
    const file = idsOf(store.leases.owned(lease)).find(id => id.startsWith('fil_')) as string;
    const isBound = vi.spyOn(store.backends, 'isNamedOutside').mockImplementation((_, id) => id === file);
    const receipt = await leases.rollback(lease);
    expect(idsOf(receipt.kept)).toEqual([file]);
    expect(store.files.get(file)?.lease_id).toBeNull();
    expect(store.leases.get(lease)?.state).toBe('rolled_back');
    isBound.mockRestore();
  });

  it('because evidence names it is kept', async () => {
    const leases = host();
    const { lease, owned } = await full(leases);
    const version = owned.find(id => id.startsWith('ver_')) as string;
    store.evidence.keep('evd_1', lease, { kind: 'version', id: version });
    const receipt = await leases.rollback(lease);
    expect(idsOf(receipt.kept)).toEqual([version]);
    expect(store.components.version(version)?.lease_id).toBeNull();
  });
});

describe('At once', () => {
  it('two rollbacks are one', async () => {
    const undeployed: string[] = [];
    const leases = host({
      deployment: async id => {
        undeployed.push(id);
        await new Promise(resolve => setImmediate(resolve));
        store.deployments.setStatus(id, 'gone');
      },
    });
    const { lease } = await full(leases);
    const [one, two] = await Promise.all([leases.rollback(lease), leases.rollback(lease), leases.sweep()]);
    expect(two).toEqual(one);
    expect(undeployed).toHaveLength(1);
    expect(await leases.rollback(lease), 'and a third answers with the same receipt').toEqual(one);
  });

  it('a commit and an expiry leave a lease that is either, and nothing in between', async () => {
    const leases = host();
    const inTime = await full(leases);
    leases.commit(inTime.lease);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + maxTtlMs });
    await leases.sweep();
    expect(store.leases.get(inTime.lease)).toMatchObject({ state: 'committed', receipt: { removed: [] } });
    expect(idsOf(store.leases.get(inTime.lease)?.receipt?.kept)).toHaveLength(4);
    await expect(leases.rollback(inTime.lease)).rejects.toMatchObject({ code: 'lease_closed' });

    const late = await full(leases);
    vi.setSystemTime(Date.now() + maxTtlMs);
    expect(() => leases.commit(late.lease)).toThrow(expect.objectContaining({ code: 'lease_closed' }));
    const sweeping = leases.sweep();
    expect(() => leases.commit(late.lease)).toThrow(expect.objectContaining({ code: 'lease_closed' }));
    await sweeping;
    expect(store.leases.get(late.lease)?.state).toBe('expired');
    expect(idsOf(store.leases.get(late.lease)?.receipt?.removed)).toEqual(late.owned);
  });

  it('a renewal is in time or refused', async () => {
    const leases = host();
    const { lease } = await full(leases);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 29 * 60_000 });
    leases.renew(lease, '1h');
    vi.setSystemTime(Date.now() + 59 * 60_000);
    await leases.sweep();
    expect(store.leases.get(lease)?.state).toBe('open');
    vi.setSystemTime(Date.now() + 2 * 60_000);
    expect(() => leases.renew(lease, '1h')).toThrow(expect.objectContaining({ code: 'lease_closed' }));
    await leases.sweep();
    expect(store.leases.get(lease)?.state).toBe('expired');
  });
});

describe('The clock', () => {
  it('is looked at every half a minute, so that a lease that ended while the machine slept goes on waking', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const leases = host();
    const { lease } = await full(leases);
    vi.setSystemTime(Date.now() + 3600_000);
    expect(store.leases.get(lease)?.state).toBe('open');
    await vi.advanceTimersByTimeAsync(30_000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(store.leases.get(lease)?.state).toBe('expired'));
  });

  it('that is set back gives no lease longer than the cap', async () => {
    const leases = host();
    const { lease } = await full(leases);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 365 * maxTtlMs });
    await leases.sweep();
    expect(store.leases.get(lease)).toMatchObject({ state: 'open', expires_at_ms: Date.now() + maxTtlMs });
    vi.setSystemTime(Date.now() + maxTtlMs);
    await leases.sweep();
    expect(store.leases.get(lease)?.state).toBe('expired');
  });
});

describe('Leases that expired together', () => {
  it('end together, also when one of them cannot', async () => {
    const stuck = new Set<string>();
    const leases = host({
      file: id => {
        if (stuck.has(id)) throw new AppError('in_use', `File ${id} is being read.`);
        store.files.delete(id);
      },
    });
    const ids = Array.from({ length: 60 }, () => leases.open({ runtimeId: 'rt_local', ttl: '1m' }).id);
    const files: string[] = [];
    for (const id of ids) for (let count = 0; count < 5; count++) files.push(await addFile(id));
    const whole = await full(leases);
    stuck.add(files[7] as string);
    const stays = leases.open({ runtimeId: 'rt_local', ttl: '24h' }).id;
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31 * 60_000 });
    await leases.sweep();
    expect(store.leases.count({ state: 'expired' })).toBe(60);
    expect(store.leases.get(whole.lease)?.state).toBe('expired');
    expect(store.leases.get(ids[1] as string)).toMatchObject({
      state: 'closing',
      receipt: { failed: [{ id: files[7], reason: expect.stringContaining('being read') }] },
    });
    expect(store.leases.get(stays)?.state).toBe('open');
    expect(files.filter(id => store.files.get(id) !== undefined)).toEqual([files[7]]);
    stuck.clear();
    await leases.sweep();
    expect(store.leases.get(ids[1] as string)?.state).toBe('expired');
    expect(idsOf(store.leases.get(ids[1] as string)?.receipt?.removed)).toEqual(files.slice(5, 10).sort());
  });
});

describe('What a lease owns', () => {
  it('is not deployed by what would outlive it', () => {
    const leases = host();
    const lease = leases.open({ runtimeId: 'rt_local' }).id;
    const other = leases.open({ runtimeId: 'rt_local' }).id;
    const backend = addBackend(lease);
    for (const owner of [null, other]) {
      expect(() => addDeployment(owner, backend)).toThrow(
        expect.objectContaining({ code: 'conflict', hint: expect.stringContaining('--lease') }),
      );
    }
    addDeployment(lease, backend);
    addDeployment(lease, addBackend(null));
  });

  it('is not forgotten with a run that is still being recorded', async () => {
    const leases = host();
    const lease = leases.open({ runtimeId: 'rt_local' }).id;
    const run = { id: 'run_1', kind: 'proof' as const, name: 'pets', mode: 'live_fixture', state: 'running' as const };
    const rest = { keep_lease: 0 as const, manifest_path: '/p.yml', manifest: '', plan: null, vertex_count: 0 };
    store.runs.insert({ ...run, ...rest, lease_id: lease, created_at_ms: 1 });
    await leases.rollback(lease);
    expect(() => leases.delete(lease)).toThrow(expect.objectContaining({ code: 'conflict' }));
    const work = { signal: new AbortController().signal, progress: () => undefined };
    expect(await leases.deleteAll({ state: 'rolled_back' }, work)).toMatchObject({ deleted: 0, failed: [{}] });
    store.runs.update('run_1', { state: 'done', verdict: 'pass' });
    expect(await leases.deleteAll({ state: 'rolled_back' }, work)).toMatchObject({ deleted: 1, failed: [] });
    expect(store.runs.get('run_1')).toBeUndefined();
  });
});
