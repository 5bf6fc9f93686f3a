import Docker from 'dockerode';
import { describe, expect, it } from 'vitest';
import { BuiltBackend, statusesOf } from '../support/built-backend.ts';
import { DockerSocket } from '../support/docker-socket.ts';
import { untilEvent, Workspace } from '../support/workspace.ts';

const openHost = { PROOFBENCH_HOST_LINGER_MS: '20000' };
const echo = { name: 'Echo', main: "import { run } from 'pipelogic';\nrun(message => message);\n" };
const docker = new Docker();

/** The engine's id of this workspace's containers that have `part` in their name. */
async function containersOf(workspace: Workspace, part: string): Promise<string[]> {
  const filters = { label: [`proofbench.workspace=${workspace.workspaceId}`] };
  return (await docker.listContainers({ filters }))
    .filter(({ Names }) => Names.some(name => name.includes(part)))
    .map(({ Id }) => Id);
}

function untilStatus(backend: BuiltBackend, deployment: string, status: string): Promise<void> {
  return expect
    .poll(async () => (await backend.show(deployment)).status, { timeout: 60_000, interval: 250 })
    .toBe(status);
}

/** What is recorded of a former host's deployment is true again once the next has looked: until then nothing serves. */
function untilItServes(backend: BuiltBackend): Promise<void> {
  return expect.poll(() => backend.say('hello').catch(() => ''), { timeout: 60_000, interval: 250 }).toBe('hello');
}

async function nothingLeftBut(workspace: Workspace, part: string): Promise<void> {
  await expect
    .poll(async () => (await workspace.onEngine()).filter(name => !name.includes(part)), { timeout: 30_000 })
    .toEqual([]);
}

describe('Somebody else works on the same Docker', () => {
  it('and removes a container: the deployment has failed, says so, and leaves nothing', async () => {
    await using workspace = new Workspace(openHost);
    const backend = await BuiltBackend.build(workspace, echo);
    const deployment = await backend.deploy();
    const [cut] = await containersOf(workspace, '-cut-');
    await docker.getContainer(cut as string).remove({ force: true });
    await untilStatus(backend, deployment, 'failed');
    expect((await backend.show(deployment)).error?.message).toMatch(/container of vertex cut/);
    expect((await backend.post('hello')).status).toBe(404);
    await nothingLeftBut(workspace, 'gateway');
  });

  it('and kills a container: it is started again', async () => {
    await using workspace = new Workspace(openHost);
    const backend = await BuiltBackend.build(workspace, echo);
    const deployment = await backend.deploy();
    const [cut] = await containersOf(workspace, '-cut-');
    await docker.getContainer(cut as string).kill();
    await expect
      .poll(async () => (await backend.show(deployment)).containers.find(({ alias }) => alias === 'cut')?.restarts, {
        timeout: 30_000,
      })
      .toBe(1);
    await untilStatus(backend, deployment, 'running');
    expect(await backend.say('hello')).toBe('hello');
    await backend.undeploy();
  });

  it('and takes the network away: the deployment has failed, and leaves nothing', async () => {
    await using workspace = new Workspace(openHost);
    const backend = await BuiltBackend.build(workspace, echo);
    const deployment = await backend.deploy();
    const filters = { label: [`proofbench.deployment=${deployment}`] };
    const [network] = await docker.listNetworks({ filters });
    const own = docker.getNetwork(network?.Id as string);
    for (const Container of Object.keys((await own.inspect()).Containers ?? {})) {
      await own.disconnect({ Container, Force: true });
    }
    await own.remove();
    await untilStatus(backend, deployment, 'failed');
    expect((await backend.show(deployment)).error?.message).toContain('network');
    await nothingLeftBut(workspace, 'gateway');
  });

  it('and removes the gateway: a new one takes its place, and the containers are the same', async () => {
    await using workspace = new Workspace(openHost);
    const backend = await BuiltBackend.build(workspace, echo);
    const deployment = await backend.deploy();
    const cut = await containersOf(workspace, '-cut-');
    const [gateway] = await containersOf(workspace, 'gateway');
    await docker.getContainer(gateway as string).remove({ force: true });
    await expect
      .poll(async () => (await containersOf(workspace, 'gateway')).filter(id => id !== gateway).length, {
        timeout: 30_000,
      })
      .toBe(1);
    await untilStatus(backend, deployment, 'running');
    expect(await backend.say('hello')).toBe('hello');
    expect(await containersOf(workspace, '-cut-')).toEqual(cut);
    await backend.undeploy();
  });
});

describe('Docker is away for a while under a live deployment', () => {
  it('which is deploying meanwhile and running when it is back, behind the same URLs', async () => {
    await using socket = new DockerSocket();
    await socket.start();
    await using workspace = new Workspace({ ...openHost, DOCKER_HOST: `unix://${socket.path}` });
    const backend = await BuiltBackend.build(workspace, echo);
    const deployment = await backend.deploy();
    await socket.stop();
    await untilStatus(backend, deployment, 'deploying');
    expect((await backend.post('hello')).status).toBe(404);
    // What a restarted engine has done to them.
    for (const id of await containersOf(workspace, 'proofbench-')) await docker.getContainer(id).stop({ t: 0 });
    await socket.start();
    await untilStatus(backend, deployment, 'running');
    expect(await backend.say('hello')).toBe('hello');
    expect(statusesOf(await backend.show(deployment)).slice(0, 3)).toEqual(['deploying', 'running', 'deploying']);
    await backend.undeploy();
    await nothingLeftBut(workspace, 'gateway');
  });

  it('and is undeployed meanwhile: it goes as soon as Docker is back', async () => {
    await using socket = new DockerSocket();
    await socket.start();
    await using workspace = new Workspace({ ...openHost, DOCKER_HOST: `unix://${socket.path}` });
    const backend = await BuiltBackend.build(workspace, echo);
    const deployment = await backend.deploy();
    await socket.stop();
    const refused = await workspace.ppl(['backend', 'undeploy', `--backend=${backend.id}`]);
    expect(refused.code).toBe(3);
    await untilStatus(backend, deployment, 'tearing_down');
    await socket.start();
    await untilStatus(backend, deployment, 'gone');
    await nothingLeftBut(workspace, 'gateway');
  });
});

describe('The host is killed', () => {
  for (const type of ['redeploy_started', 'redeployed']) {
    it(`at "${type}": the next has one set of containers, and it serves`, async () => {
      await using workspace = new Workspace(openHost);
      const backend = await BuiltBackend.build(workspace, echo);
      const deployment = await backend.deploy();
      const pid = await workspace.hostPid();
      const watching = workspace.start(['deployment', 'events', deployment, '--follow']);
      const event = untilEvent(watching, type);
      const redeploying = workspace.ppl(['backend', 'redeploy', `--backend=${backend.id}`]);
      await event;
      process.kill(pid, 'SIGKILL');
      await redeploying;
      await untilItServes(backend);
      await expect.poll(async () => (await containersOf(workspace, '-cut-')).length, { timeout: 30_000 }).toBe(1);
      expect((await backend.show(deployment)).generation).toBe(type === 'redeployed' ? 2 : 1);
      await backend.undeploy();
      await nothingLeftBut(workspace, 'gateway');
    });
  }

  it('and a container crashes before the next is there: it is started again', async () => {
    await using workspace = new Workspace(openHost);
    const backend = await BuiltBackend.build(workspace, echo);
    const deployment = await backend.deploy();
    process.kill(await workspace.hostPid(), 'SIGKILL');
    const [cut] = await containersOf(workspace, '-cut-');
    await docker.getContainer(cut as string).kill();
    expect(await workspace.hostPid(), 'the next host is there').toBeGreaterThan(0);
    await untilItServes(backend);
    expect((await backend.show(deployment)).containers.find(({ alias }) => alias === 'cut')?.restarts).toBe(1);
    await backend.undeploy();
  });
});
