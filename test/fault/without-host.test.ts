import Docker from 'dockerode';
import { describe, expect, it } from 'vitest';
import { BuiltBackend } from '../support/built-backend.ts';
import { Workspace } from '../support/workspace.ts';

const openHost = { PROOFBENCH_HOST_LINGER_MS: '20000' };
const docker = new Docker();

/** Serves until it is told to spin; then it hears nothing any more, not even a signal. */
const stubborn = {
  name: 'Stubborn',
  main: `import { run } from 'pipelogic';
process.removeAllListeners('SIGTERM');
process.on('SIGTERM', () => console.log('not now'));
run(message => {
  while (message.text === 'spin');
  return message;
});
`,
};

async function vertexContainers(workspace: Workspace): Promise<Docker.ContainerInspectInfo[]> {
  const filters = { label: [`proofbench.workspace=${workspace.workspaceId}`, 'proofbench.vertex'] };
  const found = await docker.listContainers({ all: true, filters });
  return Promise.all(found.map(({ Id }) => docker.getContainer(Id).inspect()));
}

async function openLease(workspace: Workspace, ttl: string): Promise<string> {
  const { data } = await workspace.json<{ data: { lease_id: string } }>(['lease', 'create', `--ttl=${ttl}`]);
  return data.lease_id;
}

describe('Nobody is left to end a lease', () => {
  it('and its containers end themselves, also one that spins and ignores signals; the next host removes them', async () => {
    await using workspace = new Workspace(openHost);
    const backend = await BuiltBackend.build(workspace, stubborn);
    const lease = await openLease(workspace, '12s');
    await backend.deploy(`--lease=${lease}`);
    await backend.post('spin');
    process.kill(await workspace.hostPid(), 'SIGKILL');
    const [gateway] = await docker.listContainers({
      filters: { label: [`proofbench.workspace=${workspace.workspaceId}`, 'proofbench.role=gateway'] },
    });
    await docker.getContainer(gateway?.Id as string).remove({ force: true });
    await expect
      .poll(async () => (await vertexContainers(workspace)).map(({ State }) => `${State.Status} ${State.ExitCode}`), {
        timeout: 90_000,
        interval: 1000,
      })
      .toEqual(['exited 124', 'exited 124', 'exited 124']);
    await expect
      .poll(async () => (await workspace.json<{ state: string }>(['lease', 'show', lease])).state, { timeout: 60_000 })
      .toBe('expired');
    await expect.poll(() => workspace.besideGateway(), { timeout: 30_000 }).toEqual([]);
  });

  it('but what was renewed in time lives on, and so does what was committed', async () => {
    await using workspace = new Workspace(openHost);
    const backend = await BuiltBackend.build(workspace, stubborn);
    const lease = await openLease(workspace, '5m');
    await backend.deploy(`--lease=${lease}`);
    const known = async () => {
      const deadlines = (await vertexContainers(workspace)).map(async ({ Id }) => {
        const exec = await docker
          .getContainer(Id)
          .exec({ Cmd: ['cat', '/run/lease/deadline'], AttachStdout: true, Tty: true });
        const output = await exec.start({ Tty: true });
        let text = '';
        for await (const chunk of output) text += chunk;
        return Number(text.split(' ')[0]) * 1000;
      });
      return Math.min(...(await Promise.all(deadlines)));
    };
    await workspace.json(['lease', 'renew', lease, '--ttl=20m']);
    await expect.poll(known, { timeout: 20_000 }).toBeGreaterThan(Date.now() + 19 * 60_000);
    await workspace.json(['lease', 'commit', lease]);
    await expect.poll(known, { timeout: 20_000 }).toBeGreaterThan(Date.now() + 50 * 60_000);
    await backend.undeploy();
  });

  it('and a component cannot give itself more time', async () => {
    await using workspace = new Workspace(openHost);
    const backend = await BuiltBackend.build(workspace, {
      name: 'Greedy',
      main: `import { writeFileSync } from 'node:fs';
import { run } from 'pipelogic';
run(() => {
  try {
    writeFileSync('/run/lease/deadline', '9999999999 999999');
    return { text: 'taken' };
  } catch (error) {
    return { text: error.code };
  }
});
`,
    });
    await backend.deploy();
    expect(await backend.say('more')).toBe('EACCES');
    await backend.undeploy();
  });
});
