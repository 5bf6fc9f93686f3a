import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deployer } from '../../../../electron/runtime/deploy/deployer.ts';
import type { DeploymentPlan } from '../../../../electron/runtime/deploy/plan.ts';
import { Leases } from '../../../../electron/runtime/lease/leases.ts';
import { migrate } from '../../../../electron/runtime/store/database.ts';
import { Store } from '../../../../electron/runtime/store/store.ts';
import { newId } from '../../../../shared/ids.ts';
import { MemoryEngine } from './memory-engine.ts';
import { MemoryGateway } from './memory-gateway.ts';

let home: string;
let store: Store;
let gateway: MemoryGateway;
let deployer: Deployer;
let first: MemoryEngine;
let second: MemoryEngine;
/** The user's Docker. */
let current: MemoryEngine;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-made-on-'));
  store = new Store(home);
  gateway = new MemoryGateway();
  first = engineAt('unix:///first.sock', 'one');
  second = engineAt('unix:///second.sock', 'two');
  current = first;
  deployer = host();
});
afterEach(async () => {
  vi.useRealTimers();
  await deployer[Symbol.asyncDispose]();
  store[Symbol.dispose]();
  rmSync(home, { recursive: true, force: true });
});

function engineAt(address: string, id: string): MemoryEngine {
  const engine = new MemoryEngine(address);
  engine.id = id;
  engine.onStarted = spec => setImmediate(() => gateway.tell(String(spec.env.PROOFBENCH_TOKEN), 'ready'));
  engine.onEnded = spec => gateway.tell(String(spec.env.PROOFBENCH_TOKEN), 'lost');
  return engine;
}

function host(): Deployer {
  return new Deployer({
    store,
    engine: async () => current.engine,
    gateway: gateway.gateway,
    ensureImage: async () => undefined,
    configOf: () => new Map(),
    listening: async () => undefined,
    log: () => undefined,
  });
}

async function nextHost(): Promise<void> {
  await deployer[Symbol.asyncDispose]();
  gateway = new MemoryGateway();
  deployer = host();
}

function plan(backend_id: string): DeploymentPlan {
  const vertex = {
    vertex_id: 'a',
    alias: 'A',
    container_id: newId('container'),
    version_id: 'ver',
    image_digest: '',
    image_ref: 'image',
    language: 'js' as const,
    token: newId('container'),
    config: {},
    inputs: [],
    outputs: [],
    endpoints: [{ name: 'e', kind: 'ingress' as const, transports: ['http'] }],
    memory_bytes: 2 ** 20,
    cpus: 1,
  };
  return { backend_id, head_seq: 0, head_hash: '', graph_hash: '', vertices: [vertex], edges: [] };
}

async function running(leaseId: string | null = null): Promise<string> {
  const backend = newId('backend');
  store.transaction(() => store.backends.insert({ id: backend, name: '', lease_id: leaseId, created_at_ms: 1 }));
  const id = await deployer.deploy({ plan: () => plan(backend), runtimeId: 'rt_local', leaseId });
  await deployer.settled(id);
  return id;
}

function status(id: string): string | undefined {
  return store.deployments.get(id)?.status;
}

const elsewhere = {
  code: 'docker_unreachable',
  message: expect.stringMatching(/made on the Docker engine at unix:\/\/\/first\.sock.*unix:\/\/\/second\.sock/),
};

describe('A deployment on an engine that is not the user’s any more', () => {
  it('is not gone because the next engine knows nothing of it, and goes when the user has the first again', async () => {
    const id = await running();
    await nextHost();
    current = second;
    await expect(deployer.undeploy(id)).rejects.toMatchObject(elsewhere);
    await expect(deployer.undeploy(id)).rejects.toMatchObject(elsewhere);
    await deployer.check();
    expect([status(id), first.containers.size]).toEqual(['tearing_down', 1]);
    current = first;
    await deployer.check();
    expect([status(id), first.containers.size, first.networks.size]).toEqual(['gone', 0, 0]);
  });

  it('is in the receipt of its lease among what could not be removed, until it can', async () => {
    const leases = new Leases({
      store,
      discard: {
        deployment: id => deployer.undeploy(id),
        backend: id => store.backends.delete(id),
        version: () => undefined,
        file: () => undefined,
        image: async () => true,
      },
      log: () => undefined,
    });
    const lease = leases.open({ runtimeId: 'rt_local' }).id;
    const id = await running(lease);
    await nextHost();
    current = second;
    const { failed, removed } = await leases.rollback(lease);
    expect(failed).toContainEqual(expect.objectContaining({ kind: 'deployment', id, reason: elsewhere.message }));
    expect(removed).not.toContainEqual(expect.objectContaining({ id }));
    current = first;
    expect((await leases.rollback(lease)).removed).toContainEqual(expect.objectContaining({ id }));
    expect(store.leases.get(lease)?.state).toBe('rolled_back');
    expect(first.containers.size).toBe(0);
    leases[Symbol.dispose]();
  });

  it('waits for it when a host starts, and is taken over as it is when it is back; what the next engine has is taken over meanwhile', async () => {
    const onFirst = await running();
    current = second;
    const onSecond = await running();
    await nextHost();
    await expect(deployer.recover()).rejects.toMatchObject(elsewhere);
    await deployer.settled(onSecond);
    expect([status(onFirst), first.containers.size, second.containers.size]).toEqual(['deploying', 1, 1]);
    expect(store.deployments.events(onFirst).at(-2)?.detail.reason ?? '').toMatch(
      elsewhere.message.sample ?? /another/,
    );
    current = first;
    const before = [...first.containers.keys()];
    await deployer.check();
    await vi.waitUntil(() => [...gateway.known.keys()].some(key => key.startsWith(onFirst)));
    for (const { spec } of first.containers.values()) gateway.tell(String(spec.env.PROOFBENCH_TOKEN), 'ready');
    await deployer.settled(onFirst);
    expect([...first.containers.keys()]).toEqual(before);
  });

  it('is removed from it by the host that made it', async () => {
    const id = await running();
    current = second;
    await deployer.undeploy(id);
    expect([status(id), first.containers.size, first.networks.size]).toEqual(['gone', 0, 0]);
  });

  it('takes no room on the next, and takes its own again when it is back', async () => {
    for (const engine of [first, second]) {
      const { info } = engine;
      engine.info = async () => ({ ...(await info.call(engine)), memoryBytes: 2 ** 20 });
    }
    await running();
    current = second;
    await running();
    await expect(running()).rejects.toMatchObject({ code: 'no_nodes_available' });
    current = first;
    await expect(running()).rejects.toMatchObject({ code: 'no_nodes_available' });
  });

  it('is not redeployed on another', async () => {
    const id = await running();
    current = second;
    const backend = store.deployments.get(id)?.backend_id as string;
    const redeployed = deployer.redeploy(id, () => plan(backend), new AbortController().signal);
    await expect(redeployed).rejects.toMatchObject(elsewhere);
    expect([status(id), second.containers.size]).toEqual(['running', 0]);
  });

  it('is given up when nothing of it can be running any more', async () => {
    const id = await running();
    await nextHost();
    current = second;
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 25 * 3600_000 });
    await deployer.undeploy(id);
    expect(status(id)).toBe('gone');
    current = first;
    await deployer.sweep();
    expect(first.containers.size, 'and swept when that engine is back').toBe(0);
  });
});

describe('A deployment on an engine that was reset: another is at its address', () => {
  let reset: MemoryEngine;
  beforeEach(() => {
    reset = engineAt(first.host, 'one, made anew');
  });

  it('is gone with it, and its backend can be deployed again', async () => {
    const id = await running();
    const backend = store.deployments.get(id)?.backend_id as string;
    await nextHost();
    current = reset;
    await deployer.undeploy(id);
    expect(status(id)).toBe('gone');
    const again = await deployer.deploy({ plan: () => plan(backend), runtimeId: 'rt_local', leaseId: null });
    await deployer.settled(again);
    expect([status(again), reset.containers.size]).toEqual(['running', 1]);
  });

  it('has failed for the host that takes over, and goes like any other', async () => {
    const id = await running();
    await nextHost();
    current = reset;
    await deployer.recover();
    await vi.waitUntil(() => status(id) === 'failed');
    await deployer.undeploy(id);
    expect(status(id)).toBe('gone');
  });

  it('is swept where the former engine comes back after all', async () => {
    const id = await running();
    await nextHost();
    current = reset;
    await deployer.undeploy(id);
    current = first;
    await deployer.sweep();
    expect([first.containers.size, first.networks.size]).toEqual([0, 0]);
  });
});

it('An engine that says another id each time, such as Podman, is taken for the one that it was', async () => {
  let asked = 0;
  const info = first.info.bind(first);
  first.info = async () => ({ ...(await info()), id: `id ${asked++}` });
  const id = await running();
  expect(store.deployments.get(id)).toMatchObject({ made_on_id: null, made_on_host: 'unix:///first.sock' });
  await nextHost();
  await deployer.recover();
  await deployer.undeploy(id);
  expect([status(id), first.containers.size]).toEqual(['gone', 0]);
});

it('A deployment of an older Proofbench, which did not record its engine, is removed as before', async () => {
  const older = mkdtempSync(join(tmpdir(), 'proofbench-older-'));
  const old = new Database(join(older, 'workspace.db'));
  migrate(old, '', 5);
  old.exec(`
    INSERT INTO backends (id, name, created_at_ms) VALUES ('bck_1', 'one', 1);
    INSERT INTO deployments (id, backend_id, runtime_id, status, debug, plan, network_name, created_at_ms)
      VALUES ('dep_1', 'bck_1', 'rt_local', 'running', 0, '${JSON.stringify(plan('bck_1'))}', 'n', ${Date.now()});
  `);
  old.close();
  store[Symbol.dispose]();
  rmSync(home, { recursive: true, force: true });
  home = older;
  store = new Store(home);
  deployer = host();
  expect(store.deployments.get('dep_1')).toMatchObject({ made_on_id: null, made_on_host: null });
  await deployer.undeploy('dep_1');
  expect(status('dep_1')).toBe('gone');
});
