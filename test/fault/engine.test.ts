import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BuiltBackend, statusesOf } from '../support/built-backend.ts';
import { componentFolder, manifest } from '../support/components.ts';
import { OwnEngine } from '../support/own-engine.ts';
import { eventsOf, untilEvent, Workspace } from '../support/workspace.ts';

const echo = { name: 'Echo', main: "import { run } from 'pipelogic';\nrun(message => message);\n" };
const { impossible } = OwnEngine;
if (impossible !== undefined)
  console.warn(`Not tested: what happens when Docker itself stops or is full. Reason: ${impossible}.`);

function workspaceOn(engine: OwnEngine): Workspace {
  return new Workspace({ PROOFBENCH_HOST_LINGER_MS: '60000', DOCKER_HOST: engine.host }, engine.docker);
}

function untilStatus(backend: BuiltBackend, deployment: string, status: string): Promise<void> {
  return expect
    .poll(async () => backend.show(deployment), { timeout: 90_000, interval: 250 })
    .toMatchObject({ status });
}

async function nothingIsLeft(workspace: Workspace): Promise<void> {
  await expect.poll(() => workspace.besideGateway(), { timeout: 30_000 }).toEqual([]);
}

describe.skipIf(impossible !== undefined)('A Docker that stops', () => {
  let engine: OwnEngine;
  beforeAll(async () => {
    engine = await OwnEngine.create();
  });
  beforeEach(() => engine.start());
  afterAll(() => engine[Symbol.asyncDispose]());

  describe('Docker is restarted under a live deployment', () => {
    for (const how of ['stop', 'kill'] as const) {
      it(`(${how}): it is deploying meanwhile, and running when Docker is back, behind the same URLs`, async () => {
        await using workspace = workspaceOn(engine);
        const backend = await BuiltBackend.build(workspace, echo);
        const deployment = await backend.deploy();
        expect(await backend.say('before')).toBe('before');
        await engine[how]();
        await untilStatus(backend, deployment, 'deploying');
        expect((await backend.post('away')).status).toBe(404);
        await engine.start();
        await untilStatus(backend, deployment, 'running');
        expect(await backend.say('after')).toBe('after');
        const shown = await backend.show(deployment);
        expect(statusesOf(shown).slice(0, 3)).toEqual(['deploying', 'running', 'deploying']);
        expect(shown.error).toBeNull();
        await backend.undeploy();
        await nothingIsLeft(workspace);
      });
    }

    it('more often than a container may crash: it comes back each time', async () => {
      await using workspace = workspaceOn(engine);
      const backend = await BuiltBackend.build(workspace, echo);
      const deployment = await backend.deploy();
      for (let round = 0; round < 4; round++) {
        await engine.stop();
        await engine.start();
        await expect
          .poll(() => backend.say(`round ${round}`).catch(() => ''), { timeout: 60_000, interval: 250 })
          .toBe(`round ${round}`);
      }
      await untilStatus(backend, deployment, 'running');
      expect((await backend.show(deployment)).containers.map(({ restarts }) => restarts)).toEqual([0, 0, 0]);
      await backend.undeploy();
      await nothingIsLeft(workspace);
    });
  });

  describe('Docker dies in the middle of a deploy', () => {
    for (const type of ['status', 'container'] as const) {
      it(`at its first "${type}" event: it runs once Docker is back, with one set of containers`, async () => {
        await using workspace = workspaceOn(engine);
        const backend = await BuiltBackend.build(workspace, echo);
        const { data } = await workspace.json<{ data: { deployment_id: string } }>([
          'backend',
          'deploy',
          '--runtime=local',
          `--backend=${backend.id}`,
        ]);
        const watching = workspace.start(['deployment', 'events', data.deployment_id, '--follow']);
        await untilEvent(watching, type);
        await engine.kill();
        await expect.poll(async () => (await backend.show(data.deployment_id)).status).toBe('deploying');
        await engine.start();
        await untilStatus(backend, data.deployment_id, 'running');
        expect(await backend.say('hello')).toBe('hello');
        const mine = await workspace.besideGateway();
        expect(
          mine.filter(name => name.startsWith('container')),
          mine.join(),
        ).toHaveLength(3);
        expect(mine.filter(name => name.startsWith('network'))).toHaveLength(1);
        await backend.undeploy();
        await nothingIsLeft(workspace);
      });
    }
  });

  describe('Docker is restarted in the middle of a live test', () => {
    for (const how of ['stop', 'kill'] as const) {
      it(`(${how}): the run says so, and when Docker is back everything is removed`, async () => {
        await using workspace = workspaceOn(engine);
        const dir = workspace.folder({
          ...componentFolder({}),
          'live-test.yml': manifest(),
          'hello.json': '{"text": "hello"}',
        });
        const run = workspace.start(['lease', 'run', '--test=live-test.yml', '--runtime=local'], { cwd: dir });
        await untilEvent(run, 'container');
        await engine[how]();
        const outcome = await run.outcome;
        expect(outcome.code, outcome.stderr).toBe(1);
        expect(eventsOf(outcome.stdout).at(-1)).toMatchObject({
          type: 'failed',
          error: { code: 'docker_unreachable' },
        });
        await engine.start();
        await expect.poll(() => workspace.leaseStates(), { timeout: 60_000 }).toEqual(['rolled_back']);
        await nothingIsLeft(workspace);
      });
    }
  });
});

describe.skipIf(impossible !== undefined)("Docker's disk is full", () => {
  it('as can be seen from here: a deploy is refused, with nothing recorded, until there is space', async () => {
    await using engine = await OwnEngine.create({ disk: { megabytes: 1500, seen: true } });
    await using workspace = workspaceOn(engine);
    const backend = await BuiltBackend.build(workspace, echo);
    engine.fill(100);
    const refused = await workspace.ppl(['backend', 'deploy', '--runtime=local', `--backend=${backend.id}`, '--wait']);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain('no_nodes_available');
    expect(await workspace.json(['deployment', 'list'])).toMatchObject({ items: [] });
    expect(await workspace.onEngine()).toEqual([]);
    engine.free();
    await backend.deploy();
    expect(await backend.say('hello')).toBe('hello');
    await backend.undeploy();
  });

  it('where nobody can see it: a deploy fails with that reason and leaves nothing, and works once there is space', async () => {
    await using engine = await OwnEngine.create({ disk: { megabytes: 1500, seen: false } });
    await using workspace = workspaceOn(engine);
    const backend = await BuiltBackend.build(workspace, echo);
    engine.fill(0);
    const failed = await workspace.ppl(['backend', 'deploy', '--runtime=local', `--backend=${backend.id}`, '--wait']);
    expect(failed.code, failed.stdout + failed.stderr).toBe(5);
    expect(failed.stderr).toContain('disk_full');
    const { items } = await workspace.json<{ items: { id: string }[] }>(['deployment', 'list']);
    expect(items).toHaveLength(1);
    expect(await backend.show(items[0]?.id as string)).toMatchObject({
      status: 'failed',
      error: { code: 'disk_full' },
    });
    await nothingIsLeft(workspace);
    engine.free();
    await backend.deploy();
    expect(await backend.say('hello')).toBe('hello');
    await backend.undeploy();
    await nothingIsLeft(workspace);
  });

  it('when a component is published: it says so, and the same publish works once there is space', async () => {
    await using engine = await OwnEngine.create({ disk: { megabytes: 700, seen: false } });
    await using workspace = workspaceOn(engine);
    const dir = workspace.folder(componentFolder(echo));
    engine.fill(50);
    const refused = await workspace.ppl(['component', 'publish'], { cwd: dir });
    expect(refused.code, refused.stderr).toBe(5);
    expect(refused.stderr).toContain('disk_full');
    const found = await workspace.json<{ items: { name: string }[] }>(['component', 'list', '--query=Echo']);
    expect(found.items).toEqual([]);
    engine.free();
    await workspace.json(['component', 'publish'], { cwd: dir });
    expect(await workspace.onEngine()).toEqual([]);
  });
});
