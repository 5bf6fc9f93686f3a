import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DebugBundles, type DebugBundlesOptions } from '../../../../electron/runtime/debug/debug-bundles.ts';
import { ContainerLog } from '../../../../electron/runtime/deploy/container-log.ts';
import type { DeploymentPlan } from '../../../../electron/runtime/deploy/plan.ts';
import type { Engine } from '../../../../electron/runtime/engine/engine.ts';
import type { Lease } from '../../../../electron/runtime/store/leases.ts';
import { AppError } from '../../../../shared/errors.ts';
import { unzipped } from '../../../support/zip.ts';
import { Desk, releases } from '../backend/desk.ts';
import { lookup } from '../graph/graphs.ts';

const password = 'correct "horse" battery';
const token = 'T'.repeat(32);
const foreignToken = 'F'.repeat(32);

let desk: Desk;
let lease: Lease;
let told: string[];
let endpointToken: string;
beforeEach(async () => {
  desk = new Desk();
  told = [];
  const { store, backends } = desk;
  store.leases.insert({
    id: 'lse_00000000000000000000000001',
    label: 'ci',
    runtime_id: 'rt_local',
    session: 'the-session-of-the-caller',
    caller_pid: 1,
    created_at_ms: 1,
    expires_at_ms: 2,
  });
  lease = store.leases.get('lse_00000000000000000000000001') as Lease;
  const backend = backends.create('shop', lease.id);
  backends.addVertex(backend, 'ver_camera', 'cam');
  await backends.changeParameter(backend, 'cam', 'key', JSON.stringify(password));
  await backends.changeParameter(backend, 'cam', 'key', JSON.stringify('the next password'));
  await backends.changeParameter(backend, 'cam', 'label', '"entrance"');
  endpointToken = store.backends.endpoints(backend)[0]?.token as string;
  const vertex_id = store.backends.endpoints(backend)[0]?.vertex_id as string;
  deploy('dep_1', backend, vertex_id, lease.id, token);
  deploy('dep_2', 'bck_2', 'vtx_2', null, foreignToken);
});
afterEach(() => desk[Symbol.dispose]());

function deploy(id: string, backend_id: string, vertex_id: string, lease_id: string | null, of: string): void {
  const container_id = `ctr_${id}`;
  const config = { key: password, label: 'entrance', fps: 10 };
  const vertex = { vertex_id, alias: 'cam', container_id, version_id: 'ver_camera', token: of, config };
  const plan = { backend_id, vertices: [vertex], edges: [] } as unknown as DeploymentPlan;
  const row = { runtime_id: 'rt_local', status: 'running', debug: 0, fixed: 0, generation: 1 } as const;
  const nothing = { subnet: null, error: null, expires_at_ms: null, ended_at_ms: null };
  desk.store.deployments.insert(
    { ...row, ...nothing, id, backend_id, lease_id, plan: JSON.stringify(plan), network_name: id, created_at_ms: 1 },
    [{ id: container_id, vertex_id, alias: 'cam' }],
  );
}

const logOf = (id: string) => new ContainerLog(join(desk.home, 'logs', id));

function bundles(options: Partial<DebugBundlesOptions> = {}): DebugBundles {
  return new DebugBundles({
    store: desk.store,
    backends: desk.backends,
    releases: lookup(...releases),
    logOf,
    engine: async () => {
      throw new AppError('docker_unreachable', 'Docker does not answer.');
    },
    doctor: async () => [{ id: 'engine', title: 'Docker engine found', status: 'fail', detail: 'none' }],
    version: '1.2.3',
    log: line => told.push(line),
    ...options,
  });
}

const work = (signal = new AbortController().signal) => ({ signal, progress: () => undefined });

async function filesOf(path: string): Promise<Map<string, string>> {
  return new Map(
    [...(await unzipped(path))].map(([name, bytes]) => [name.replace(`${lease.id}/`, ''), bytes.toString()]),
  );
}

/** A container that wrote these pieces, one after the other. */
async function wrote(...pieces: ['stdout' | 'stderr', string | Buffer][]): Promise<ContainerLog> {
  const log = logOf('ctr_dep_1');
  const output = { stdout: new PassThrough(), stderr: new PassThrough(), close: () => undefined };
  log.capture(output);
  for (const [stream, text] of pieces) {
    output[stream].write(text);
    await new Promise(resolve => setImmediate(resolve));
  }
  output.stdout.end();
  output.stderr.end();
  await log.ended;
  return log;
}

describe('the debug bundle of a lease', () => {
  it('has what is recorded, and none of it is a secret', async () => {
    await wrote(
      ['stdout', `starting with ${token.slice(0, 9)}`],
      ['stderr', `key is ${password}\n`],
      ['stdout', `${token.slice(9)}\nat http://127.0.0.1/e/${endpointToken}/\n`],
    );
    writeFileSync(join(desk.home, 'host.log'), `told ${foreignToken} and ${token}\nall is well\n`);
    const failure = { stage: 'start', error: new AppError('container_exited', `It said ${password}.`).toData() };
    const { path, bytes } = await bundles().save(lease, { failure }, work());
    expect(path).toMatch(/debug[/\\]lse_0{25}1-\d{8}T\d{9}Z\.zip$/);
    expect(statSync(path)).toMatchObject({ size: bytes });
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);

    const files = await filesOf(path);
    const names = [...files.keys()];
    for (const name of ['environment.json', 'failure.json', 'lease.json', 'doctor.json', 'host.log', 'README.txt'])
      expect(names).toContain(name);
    for (const ending of ['graph.json', 'operations.ndjson', 'deployment.json', 'containers.json', 'events.ndjson'])
      expect(names.filter(name => name.endsWith(ending))).toHaveLength(1);
    for (const [name, text] of files) {
      for (const secret of [token, foreignToken, endpointToken, password, 'horse', 'next password', lease.session])
        expect(text, name).not.toContain(secret);
    }
    expect(files.get('logs/cam-ctr_dep_1/stdout.log')).toBe(
      `starting with ${'*'.repeat(32)}\nat http://127.0.0.1/e/${'*'.repeat(32)}/\n`,
    );
    expect(files.get('logs/cam-ctr_dep_1/stderr.log')).toBe(`key is ${'*'.repeat(password.length)}\n`);
    expect(files.get('logs/cam-ctr_dep_1/both.log')).toBe(
      `starting with ${'*'.repeat(9)}key is ${'*'.repeat(password.length)}\n${'*'.repeat(23)}\nat http://127.0.0.1/e/${'*'.repeat(32)}/\n`,
    );
    expect(files.get('host.log')).toBe(`told ${'*'.repeat(32)} and ${'*'.repeat(32)}\nall is well\n`);
    const readme = files.get('README.txt') as string;
    expect(readme).toContain('Docker: Docker does not answer.');
    expect(readme).toMatch(/ {2}2 {2}logs\/cam-ctr_dep_1\/stdout\.log/);
    expect([...files.values()].join(''), 'what is no secret stays').toContain('entrance');
    expect(JSON.parse(files.get('environment.json') as string)).toMatchObject({ proofbench: '1.2.3' });
  });

  it('has a log byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 31) % 256));
    await wrote(['stdout', bytes.subarray(0, 100_001)], ['stderr', 'between'], ['stdout', bytes.subarray(100_001)]);
    const { path } = await bundles().save(lease, {}, work());
    const files = await unzipped(path);
    const log = (name: string) => files.get(`${lease.id}/logs/cam-ctr_dep_1/${name}`) as Buffer;
    expect(log('stdout.log').equals(bytes)).toBe(true);
    const both = Buffer.concat([bytes.subarray(0, 100_001), Buffer.from('between'), bytes.subarray(100_001)]);
    expect(log('both.log').equals(both)).toBe(true);
    const index = log('index.ndjson')
      .toString()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as unknown[]);
    expect(index.map(([, stream, offset, length]) => [stream, offset, length])).toContainEqual(['stderr', 0, 7]);
  });

  it('has the beginning and the end of a log that is very long, with a secret masked across the cut', async () => {
    const size = 70 * 2 ** 20;
    const half = 32 * 2 ** 20;
    const text = Buffer.alloc(size, 'x');
    text.write(token, half - 10);
    text.write(token, size - half - 10);
    await wrote(['stdout', text]);
    const { path } = await bundles().save(lease, {}, work());
    const files = await unzipped(path);
    const log = (name: string) => files.get(`${lease.id}/logs/cam-ctr_dep_1/${name}`) as Buffer;
    expect(log('stdout.first.log')).toHaveLength(half);
    expect(log('stdout.last.log')).toHaveLength(half);
    expect(log('stdout.first.log').subarray(-11).toString()).toBe(`x${'*'.repeat(10)}`);
    expect(log('stdout.last.log').subarray(0, 23).toString()).toBe(`${'*'.repeat(22)}x`);
    expect([...files.keys()].filter(name => /stdout\.log|both\.log/.test(name))).toEqual([]);
    expect(files.get(`${lease.id}/README.txt`)?.toString()).toContain(`stdout.log has ${size} bytes`);
  });

  it('has what Docker tells of what still exists, without what its variables say of secrets', async () => {
    const asked: Record<string, string>[] = [];
    const thing = { id: 'e1', name: 'proofbench-cam-1' };
    const engine = {
      host: 'unix:///a',
      source: 'default socket',
      info: async () => ({ version: '28' }),
      listContainers: async (own: Record<string, string>) => {
        asked.push(own);
        return [thing];
      },
      listNetworks: async () => [],
      listVolumes: async () => [],
      describe: async () => ({
        Id: 'e1',
        Config: { Env: ['PATH=/bin', `PROOFBENCH_TOKEN=${'X'.repeat(32)}`, 'API_KEY=abc'] },
      }),
    } as unknown as Engine;
    const { path } = await bundles({ engine: async () => engine }).save(lease, {}, work());
    const files = await filesOf(path);
    expect(JSON.parse(files.get('docker/containers/proofbench-cam-1.json') as string)).toEqual({
      Id: 'e1',
      Config: { Env: ['PATH=/bin', 'PROOFBENCH_TOKEN=[masked]', 'API_KEY=[masked]'] },
    });
    expect(asked.map(own => own['proofbench.workspace'])).toEqual(Array(asked.length).fill(desk.store.workspaceId));
    expect(JSON.parse(files.get('docker/engine.json') as string)).toMatchObject({ version: '28' });
  });

  it('is written without Docker when that takes too long', async () => {
    const never = bundles({ engine: () => new Promise(() => undefined), doctor: () => new Promise(() => undefined) });
    const { path } = await never.save(lease, {}, work());
    expect((await filesOf(path)).get('README.txt')).toMatch(/Docker took more than 4 s.*\n.*ppl doctor took more/);
  });

  it('takes every parameter of a version that is gone as a secret', async () => {
    const { path } = await bundles({ releases: lookup() }).save(lease, {}, work());
    const deployment = (await filesOf(path)).get('deployments/dep_1/deployment.json') as string;
    expect(JSON.parse(deployment).plan.vertices[0].config).toEqual({
      key: '[masked]',
      label: '[masked]',
      fps: '[masked]',
    });
  });
});

describe('writing a debug bundle', () => {
  it('replaces no file unless it is told to', async () => {
    const to = join(desk.home, 'mine.zip');
    writeFileSync(to, 'mine');
    await expect(bundles().save(lease, { to }, work())).rejects.toMatchObject({ code: 'conflict' });
    expect(statSync(to).size).toBe(4);
    expect((await bundles().save(lease, { to, overwrite: true }, work())).path).toBe(to);
    expect((await filesOf(to)).has('README.txt')).toBe(true);
  });

  it('leaves nothing when it is cancelled', async () => {
    const abort = new AbortController();
    const saving = bundles({ engine: () => new Promise(() => undefined) }).save(lease, {}, work(abort.signal));
    setTimeout(() => abort.abort(), 100);
    await expect(saving).rejects.toThrow();
    expect(readdirSync(join(desk.home, 'debug'))).toEqual([]);
  });

  it('keeps the newest twenty', async () => {
    const debug = join(desk.home, 'debug');
    mkdirSync(debug);
    const name = (at: number) => `lse_1-20260101T${String(at).padStart(9, '0')}Z.zip`;
    for (let at = 0; at < 25; at++) writeFileSync(join(debug, name(at)), '');
    writeFileSync(join(debug, 'mine.zip'), '');
    await bundles().save(lease, {}, work());
    const left = readdirSync(debug);
    expect(left.filter(each => each.startsWith('lse_'))).toHaveLength(20);
    expect(left).not.toContain(name(5));
    expect(left).toContain(name(6));
    expect(left).toContain('mine.zip');
  });

  it('does not take the last of a full disk', async () => {
    const failure = { stage: 'fixtures', error: new AppError('disk_full', 'The disk is full.').toData() };
    expect(await bundles().ofFailure(lease.id, failure)).toBeUndefined();
    expect(told).toEqual([`${lease.id}: no debug bundle: The disk is full.`]);
    expect(readdirSync(desk.home)).not.toContain('debug');
  });

  it('where a file is in the way is told in the log, and the run fails without', async () => {
    writeFileSync(join(desk.home, 'debug'), 'in the way');
    const failure = { stage: 'start', error: new AppError('internal', 'It broke.').toData() };
    expect(await bundles().ofFailure(lease.id, failure)).toBeUndefined();
    expect(told[0]).toContain('no debug bundle');
    rmSync(join(desk.home, 'debug'));
  });
});
