import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Deployer } from '../../../../electron/runtime/deploy/deployer.ts';
import type { DeploymentPlan } from '../../../../electron/runtime/deploy/plan.ts';
import { Store } from '../../../../electron/runtime/store/store.ts';
import { newId } from '../../../../shared/ids.ts';
import { MemoryEngine } from './memory-engine.ts';
import { MemoryGateway } from './memory-gateway.ts';

const never = new AbortController().signal;
const second = 1000;

let home: string;
let store: Store;
let engine: MemoryEngine;
let gateway: MemoryGateway;
let deployer: Deployer;
let backend: string;
/** What the backend's log says of parameter `x`. */
let x: unknown;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proofbench-deployer-'));
  store = new Store(home);
  backend = newId('backend');
  store.transaction(() => store.backends.insert({ id: backend, name: '', lease_id: null, created_at_ms: 1 }));
  engine = new MemoryEngine();
  gateway = new MemoryGateway();
  engine.onStarted = spec => setImmediate(() => gateway.tell(String(spec.env.PROOFBENCH_TOKEN), 'ready'));
  engine.onEnded = spec => gateway.tell(String(spec.env.PROOFBENCH_TOKEN), 'lost');
  x = 1;
  deployer = host();
});
afterEach(async () => {
  await deployer[Symbol.asyncDispose]();
  store[Symbol.dispose]();
  rmSync(home, { recursive: true, force: true });
});

function host(): Deployer {
  return new Deployer({
    store,
    engine: async () => engine.engine,
    gateway: gateway.gateway,
    ensureImage: async () => undefined,
    configOf: () => new Map(['a', 'b'].map(vertex => [vertex, { x }])),
    listening: async () => undefined,
    log: () => undefined,
  });
}

function plan(): DeploymentPlan {
  const vertices = ['a', 'b'].map(vertex_id => ({
    vertex_id,
    alias: vertex_id.toUpperCase(),
    container_id: newId('container'),
    version_id: 'ver',
    image_digest: '',
    image_ref: 'image',
    language: 'js' as const,
    token: newId('container'),
    config: { x },
    inputs: [],
    outputs: [],
    endpoints: [{ name: 'e', kind: 'ingress' as const, transports: ['http'] }],
    memory_bytes: 2 ** 20,
    cpus: 1,
  }));
  return { backend_id: backend, head_seq: 0, head_hash: '', graph_hash: '', vertices, edges: [] };
}

function deploy(): Promise<string> {
  return deployer.deploy({ plan, runtimeId: 'rt_local', leaseId: null });
}

async function running(): Promise<string> {
  const id = await deploy();
  await deployer.settled(id);
  return id;
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 5 * second; !holds(); ) {
    if (Date.now() > end) throw new Error(`this never came to hold: ${holds}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

function status(id: string): string | undefined {
  return store.deployments.get(id)?.status;
}

function rows(id: string): string[] {
  return store.deployments.containers(id).map(container => container.status);
}

function log(id: string, alias: string): string {
  const container = store.deployments.containers(id).find(each => each.alias === alias);
  return deployer.log(container?.id as string).text('stdout');
}

function nothingIsLeft(): void {
  expect([...engine.containers.values()].map(({ spec }) => spec.name)).toEqual([]);
  expect([...engine.networks.keys()]).toEqual([]);
  expect([...gateway.held]).toEqual([]);
}

/** Resolves for whoever waits once `open` was called. */
function gate(): { wait: () => Promise<void>; open: () => void; readonly reached: boolean } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let reached = false;
  return {
    wait: () => {
      reached = true;
      return promise;
    },
    open: resolve,
    get reached() {
      return reached;
    },
  };
}

describe('A deployment', () => {
  it('runs, and leaves nothing', async () => {
    const id = await running();
    expect(rows(id)).toEqual(['running', 'running']);
    await deployer.undeploy(id);
    expect(status(id)).toBe('gone');
    nothingIsLeft();
  });

  it('is running although a component that restarts was ready before Docker had answered that it started', async () => {
    const id = await running();
    const starting = gate();
    engine.before.set('started', starting.wait);
    engine.end(engine.of('a')[0]?.id as string, 1);
    await until(() => starting.reached);
    await deployer.settled(id);
    starting.open();
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(rows(id)).toEqual(['running', 'running']);
  });

  it('goes although a component crashes just then', async () => {
    const id = await running();
    const looking = gate();
    const [crashing] = engine.of('a');
    engine.before.set('inspectContainer', looking.wait);
    engine.end(crashing?.id as string, 1);
    await until(() => looking.reached);
    engine.before.clear();
    const gone = deployer.undeploy(id);
    await new Promise(resolve => setTimeout(resolve, 5));
    looking.open();
    await gone;
    await new Promise(resolve => setTimeout(resolve, 700));
    expect(rows(id)).toEqual(['exited', 'exited']);
    nothingIsLeft();
  });

  it('has its output for as long as it is known, and is not found once its lease is forgotten', async () => {
    const lease = newId('lease');
    store.leases.insert({
      id: lease,
      label: null,
      runtime_id: 'rt_local',
      created_at_ms: Date.now(),
      expires_at_ms: Date.now() + 60 * second,
      session: null,
      caller_pid: null,
    });
    const id = await deployer.deploy({ plan, runtimeId: 'rt_local', leaseId: lease });
    await deployer.settled(id);
    engine.say(engine.of('a')[0]?.id as string, 'said');
    await until(() => log(id, 'A') === 'said');
    const containers = store.deployments.containers(id).map(container => container.id);
    await deployer.undeploy(id);
    expect(log(id, 'A')).toBe('said');
    store.leases.beginClosing(lease, 'rolled_back');
    store.leases.finish(lease, { removed: [], saved: [], kept: [], failed: [] }, Date.now());
    store.leases.delete(lease);
    for (const container of containers)
      expect(() => deployer.log(container)).toThrow(expect.objectContaining({ code: 'not_found' }));
  });

  it('tells containers that were just being made a deadline that moved meanwhile', async () => {
    const starting = gate();
    engine.before.set('startContainer', starting.wait);
    const id = await deploy();
    await until(() => starting.reached);
    await deployer.expire(Date.now() + 3600 * second * 0.6);
    starting.open();
    await deployer.settled(id);
    await until(() => engine.commands.length === 2);
  });

  it('tells a later deadline again to the one container that could not be told', async () => {
    const id = await running();
    const told: string[] = [];
    let refusals = 2;
    engine.executeAsRoot = async container => {
      if (container === engine.of('a')[0]?.id && refusals > 0) {
        refusals -= 1;
        if (refusals === 0) return 1;
        throw new Error('Docker hiccups');
      }
      told.push(container);
      return 0;
    };
    await deployer.expire(Date.now() + 3600 * second * 0.6);
    expect(told).toEqual(engine.of('b').map(container => container.id));
    await deployer.check();
    await until(() => refusals === 0);
    expect(told).toHaveLength(1);
    for (let checks = 0; told.length < 2 && checks < 100; checks++) await deployer.check();
    await deployer.check();
    expect(told).toEqual([...engine.of('b'), ...engine.of('a')].map(container => container.id));
    expect(status(id)).toBe('running');
  });

  it('is looked at although one of its containers cannot be told its deadline, which is told once at a time', async () => {
    const id = await running();
    const told = gate();
    let tellings = 0;
    engine.executeAsRoot = async () => {
      tellings += 1;
      await told.wait();
      return 0;
    };
    const extended = deployer.expire(Date.now() + 3600 * second * 0.6);
    await until(() => tellings === 2);
    await deployer.check();
    await deployer.check();
    expect(tellings).toBe(2);
    for (const network of engine.networks.keys()) await engine.removeNetwork(network);
    await deployer.check();
    await until(() => status(id) === 'failed');
    told.open();
    await extended;
    expect(tellings).toBe(2);
  });

  it('takes an edit although the one before it could not be recorded', async () => {
    await running();
    const { addEvent } = store.deployments;
    store.deployments.addEvent = () => {
      throw new Error('the disk is full');
    };
    const edit = (value: unknown) => deployer.push(backend, [{ vertex_id: 'a', name: 'x', value }]);
    await expect(edit(2)).rejects.toThrow('the disk is full');
    store.deployments.addEvent = addEvent;
    expect(await edit(3)).toBe(true);
    expect(gateway.edits.map(({ value }) => value)).toEqual([2, 3]);
  });

  it('whose container was taken off its network has failed, but not while the container restarts', async () => {
    const id = await running();
    const [a] = engine.of('a');
    const looking = gate();
    engine.onEnded = () => undefined;
    engine.before.set('inspectContainer', looking.wait);
    engine.end(a?.id as string, 1);
    await until(() => looking.reached);
    engine.before.clear();
    await deployer.check();
    looking.open();
    await until(() => store.deployments.containers(id).some(({ restarts }) => restarts === 1));
    expect(status(id)).not.toBe('failed');
  });
});

describe('A redeployment', () => {
  it('serves the newest values of parameters that changed meanwhile', async () => {
    const id = await running();
    const starting = gate();
    engine.before.set('startContainer', starting.wait);
    const redeployed = deployer.redeploy(id, plan, never);
    await until(() => starting.reached);
    x = 2;
    await deployer.push(backend, [{ vertex_id: 'a', name: 'x', value: 2 }]);
    starting.open();
    await redeployed;
    const told = gateway.edits.filter(({ key }) => key === `${id}.2`).map(({ value }) => value);
    expect(told.at(-1)).toBe(2);
    const kept = JSON.parse(store.deployments.get(id)?.plan ?? '') as DeploymentPlan;
    expect(kept.vertices.map(({ config }) => config.x)).toEqual([2, 2]);
  });

  it('removes the old containers although the new do not take connections after all', async () => {
    const id = await running();
    gateway.onTunnel = async () => {
      throw new Error('nobody listens');
    };
    await deployer.redeploy(id, plan, never).catch(() => undefined);
    expect(store.deployments.get(id)?.generation).toBe(2);
    expect(engine.containers.size).toBe(2);
    expect([...gateway.held]).toEqual([`${id}.2`]);
    expect(store.deployments.events(id).map(({ type }) => type)).toContain('redeployed');
  });

  it('keeps room for the containers that are coming up', async () => {
    const id = await running();
    const starting = gate();
    engine.before.set('startContainer', starting.wait);
    const redeployed = deployer.redeploy(id, plan, never);
    await until(() => starting.reached);
    engine.info = async () => ({
      id: 'engine',
      cpus: 64,
      memoryBytes: 5 * 2 ** 20,
      hasGpu: false,
      diskFreeBytes: null,
    });
    const other = newId('backend');
    store.transaction(() => store.backends.insert({ id: other, name: '', lease_id: null, created_at_ms: 1 }));
    const refused = deployer.deploy({
      plan: () => ({ ...plan(), backend_id: other }),
      runtimeId: 'rt_local',
      leaseId: null,
    });
    await expect(refused).rejects.toMatchObject({ code: 'no_nodes_available' });
    starting.open();
    await redeployed;
  });
});

describe('A host that takes over', () => {
  async function nextHost(between: () => void = () => undefined): Promise<void> {
    await deployer[Symbol.asyncDispose]();
    between();
    gateway = new MemoryGateway();
    deployer = host();
  }

  it('counts a crash once that the former was waiting after', async () => {
    const id = await running();
    engine.end(engine.of('a')[0]?.id as string, 1);
    await until(() => rows(id).includes('restarting'));
    await nextHost();
    await deployer.recover();
    await deployer.settled(id);
    expect(store.deployments.containers(id).map(({ restarts }) => restarts)).toEqual([1, 0]);
  });

  it('while Docker is away says so, and takes over when it is back', async () => {
    const id = await running();
    await nextHost(() => {
      for (const container of engine.containers.keys()) engine.end(container, 137);
      engine.isAway = true;
    });
    await expect(deployer.recover()).rejects.toMatchObject({ code: 'docker_unreachable' });
    expect(status(id)).toBe('deploying');
    engine.isAway = false;
    await deployer.check();
    await deployer.settled(id);
    expect(store.deployments.containers(id).map(({ restarts }) => restarts)).toEqual([0, 0]);
  });

  it('can leave again before what it took over is ready', async () => {
    await running();
    await nextHost();
    engine.onStarted = () => undefined;
    await deployer.recover();
    await deployer[Symbol.asyncDispose]();
  });

  it('brings nothing up again that is undeployed meanwhile', async () => {
    const starting = gate();
    engine.onStarted = () => undefined;
    const id = await deploy();
    await until(() => engine.of('b')[0]?.running === true);
    await nextHost();
    const removing = gate();
    engine.before.set('removeContainer', removing.wait);
    const recovering = deployer.recover();
    await until(() => removing.reached);
    const gone = deployer.undeploy(id);
    removing.open();
    starting.open();
    await Promise.all([gone, recovering]);
    expect(status(id)).toBe('gone');
    await new Promise(resolve => setTimeout(resolve, 20));
    nothingIsLeft();
  });

  it('keeps what a container wrote that is removed at once', async () => {
    const id = await running();
    const [a] = engine.of('a');
    engine.say(a?.id as string, 'one ');
    await until(() => log(id, 'A') === 'one ');
    store.deployments.setStatus(id, 'tearing_down');
    await nextHost(() => {
      if (a !== undefined) a.outputs.length = 0;
      engine.say(a?.id as string, 'two');
    });
    await deployer.recover();
    expect(status(id)).toBe('gone');
    expect(log(id, 'A')).toBe('one two');
  });

  it('keeps all that a container wrote, although one before it of the same vertex wrote as well', async () => {
    const id = await running();
    engine.say(engine.of('a')[0]?.id as string, 'the first container\n');
    await until(() => log(id, 'A') !== '');
    store.deployments.setStatus(id, 'deploying');
    await nextHost();
    await deployer.recover();
    await deployer.settled(id);
    const [a] = engine.of('a');
    engine.say(a?.id as string, 'one\n');
    await until(() => log(id, 'A').endsWith('one\n'));
    await nextHost(() => {
      if (a !== undefined) a.outputs.length = 0;
      engine.say(a?.id as string, 'two\n');
    });
    await deployer.recover();
    await until(() => log(id, 'A').endsWith('two\n'));
    expect(log(id, 'A')).toBe('the first container\none\ntwo\n');
  });
});

describe('A Docker that goes away', () => {
  it('while one is undeployed that was never taken over: it goes when Docker is back', async () => {
    const id = await running();
    await deployer[Symbol.asyncDispose]();
    deployer = host();
    engine.isAway = true;
    await expect(deployer.undeploy(id)).rejects.toMatchObject({ code: 'docker_unreachable' });
    engine.isAway = false;
    await deployer.check();
    expect(status(id)).toBe('gone');
    nothingIsLeft();
  });

  it('holds no gateway for what it could not remove', async () => {
    const id = await running();
    const starting = gate();
    engine.before.set('startContainer', starting.wait);
    const redeployed = deployer.redeploy(id, plan, never).catch(() => undefined);
    await until(() => starting.reached);
    engine.before.clear();
    engine.isAway = true;
    starting.open();
    await redeployed;
    expect([...gateway.held]).toEqual([`${id}.1`]);
  });
});
