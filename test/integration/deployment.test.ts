import { describe, expect, it } from 'vitest';
import { BuiltBackend, statusesOf } from '../support/built-backend.ts';
import { Workspace } from '../support/workspace.ts';

/** The host stays between the verbs, as an app that is open does. */
const openHost = { PROOFBENCH_HOST_LINGER_MS: '20000' };

/** Says what its parameter is, and ends when it is told to. */
const moody = {
  name: 'Moody',
  config: '    mood: {type: String, default: "calm", mutable: true}\n    name: {type: String, default: "Moody"}',
  main: `import { run, config, subscribe } from 'pipelogic';
console.log('a life begins', config.mood);
if (config.mood === 'deadly') process.exit(3);
subscribe((name, value) => console.log('now', name, value));
run(message => {
  if (message.text === 'die') process.exit(7);
  return { text: config.mood + ' ' + message.text };
});
`,
};

async function untilStatus(backend: BuiltBackend, deployment: string, status: string): Promise<void> {
  await expect
    .poll(async () => (await backend.show(deployment)).status, { timeout: 60_000, interval: 200 })
    .toBe(status);
}

describe('A deployment', () => {
  it('walks its states in order, refuses a second one beside it, and leaves URLs that answer 404', async () => {
    await using workspace = new Workspace(openHost);
    const backend = await BuiltBackend.build(workspace, moody);
    const gone = await backend.post('hello');
    expect(gone.status).toBe(404);
    expect(await gone.json()).toMatchObject({ error: { code: 'not_running' } });

    const deployment = await backend.deploy('--debug');
    expect(await backend.say('hello')).toBe('calm hello');
    const second = await workspace.ppl(['backend', 'deploy', '--runtime=local', `--backend=${backend.id}`]);
    expect(second).toMatchObject({ code: 5 });
    expect(second.stderr).toContain('fork');
    const shown = await backend.show(deployment);
    expect(shown).toMatchObject({ status: 'running', debug: true, fixed: false, generation: 1, error: null });
    expect(shown.containers.map(({ alias, status }) => `${alias} ${status}`).sort()).toEqual([
      'cut running',
      'in running',
      'out running',
    ]);

    await backend.undeploy();
    expect(statusesOf(await backend.show(deployment))).toEqual(['deploying', 'running', 'tearing_down', 'gone']);
    expect((await backend.post('hello')).status).toBe(404);
    const followed = await workspace.ppl(['deployment', 'events', deployment, '--follow']);
    expect(
      followed.stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as { seq: number })
        .map(({ seq }) => seq),
    ).toEqual((await backend.show(deployment)).events.map(({ seq }) => seq));
    const cut = shown.containers.find(({ alias }) => alias === 'cut')?.id as string;
    const log = await workspace.ppl(['container', 'logs', cut]);
    expect(log.stdout, 'logs stay, and debug traces each message').toMatch(/a life begins calm[\s\S]*msg_/);

    const again = await backend.deploy();
    expect(await backend.say('again'), 'the same URLs serve the next deployment').toBe('calm again');
    expect(again).not.toBe(deployment);
    await backend.undeploy();
  });

  it('takes new values of mutable parameters while it runs, in order, and refuses every other edit', async () => {
    await using workspace = new Workspace(openHost);
    const backend = await BuiltBackend.build(workspace, moody);
    const deployment = await backend.deploy();
    const before = await backend.show(deployment);
    for (const mood of ['angry', 'sad', 'merry']) {
      const changed = await backend.setParameter('mood', `"${mood}"`);
      expect(changed, changed.stderr).toMatchObject({ code: 0 });
      expect(JSON.parse(changed.stdout)).toMatchObject({ data: { delivered: true } });
      expect(await backend.say('me')).toBe(`${mood} me`);
    }
    const undone = await workspace.json<{ data: object }>(['backend', 'undo', backend.id]);
    expect(undone.data).toMatchObject({ delivered: true });
    expect(await backend.say('me')).toBe('sad me');

    for (const refused of [
      await backend.setParameter('name', '"other"'),
      await workspace.ppl(['backend', 'delete-vertex', backend.id, '--vertex=cut']),
      await workspace.ppl(['backend', 'undo', backend.id, '4']),
    ]) {
      expect(refused).toMatchObject({ code: 5 });
      expect(refused.stderr).toContain('topology_locked');
      expect(refused.stderr).toContain('fork');
    }
    await workspace.json(['backend', 'rename', backend.id, '--name=a better name']);
    const after = await backend.show(deployment);
    expect(after.containers, 'no container was started again').toEqual(before.containers);
    const cut = after.containers.find(({ alias }) => alias === 'cut')?.id as string;
    const log = await workspace.ppl(['container', 'logs', cut, '--tail=4']);
    expect(log.stdout).toBe('now mood angry\nnow mood sad\nnow mood merry\nnow mood sad\n');
    await backend.undeploy();
  });

  it('is redeployed behind the same URLs, and goes on serving when the new containers do not come up', async () => {
    await using workspace = new Workspace(openHost);
    const backend = await BuiltBackend.build(workspace, moody);
    const deployment = await backend.deploy();
    const before = await backend.show(deployment);
    const redeployed = await workspace.json<{ data: { gap_ms: number } }>([
      'backend',
      'redeploy',
      `--backend=${backend.id}`,
    ]);
    expect(redeployed.data).toMatchObject({ deployment_id: deployment, generation: 2 });
    expect(await backend.say('again')).toBe('calm again');
    const after = await backend.show(deployment);
    expect(after).toMatchObject({ status: 'running', generation: 2 });
    expect(after.containers.map(({ id }) => id)).not.toEqual(before.containers.map(({ id }) => id));
    expect(after.events.map(({ type }) => type)).toContain('redeployed');
    expect((await workspace.onEngine()).filter(name => name.includes('-cut-'))).toHaveLength(1);

    expect(await backend.setParameter('mood', '"deadly"')).toMatchObject({ code: 0 });
    const failed = await workspace.ppl(['backend', 'redeploy', `--deployment=${deployment}`]);
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.stderr).toContain('container_exited');
    expect(await backend.say('still here'), 'the old containers serve').toBe('deadly still here');
    expect(await backend.show(deployment)).toMatchObject({ status: 'running', generation: 2 });
    expect((await workspace.onEngine()).filter(name => name.includes('-cut-'))).toHaveLength(1);
    await backend.undeploy();
  });

  it('starts a component again that crashed, and fails when its crash budget is used up', async () => {
    await using workspace = new Workspace(openHost);
    const backend = await BuiltBackend.build(workspace, moody);
    const deployment = await backend.deploy();
    await backend.post('die');
    await expect
      .poll(async () => (await backend.show(deployment)).containers.find(({ alias }) => alias === 'cut')?.restarts, {
        timeout: 30_000,
      })
      .toBe(1);
    await untilStatus(backend, deployment, 'running');
    expect(await backend.say('back')).toBe('calm back');
    expect(statusesOf(await backend.show(deployment))).toEqual(['deploying', 'running', 'deploying', 'running']);

    for (let life = 0; life < 3; life++) {
      await expect.poll(async () => (await backend.post('die')).status, { timeout: 30_000, interval: 100 }).toBe(202);
      await expect
        .poll(
          async () => {
            const { status, containers } = await backend.show(deployment);
            return status === 'failed' || containers.some(({ restarts }) => restarts === life + 2);
          },
          { timeout: 30_000, interval: 100 },
        )
        .toBe(true);
      if (life < 2) await untilStatus(backend, deployment, 'running');
    }
    await untilStatus(backend, deployment, 'failed');
    const failed = await backend.show(deployment);
    expect(failed.error).toMatchObject({ code: 'container_exited' });
    expect(failed.error?.message).toContain('after 3 restarts');
    expect((await backend.post('hello')).status).toBe(404);
    const cut = failed.containers.find(({ alias }) => alias === 'cut');
    expect(cut).toMatchObject({ status: 'failed', exit_code: 7, restarts: 3 });
    const log = await workspace.ppl(['container', 'logs', cut?.id as string]);
    expect(log.stdout.match(/a life begins/g), 'the log has every life').toHaveLength(4);
    await expect.poll(() => workspace.besideGateway(), { timeout: 20_000 }).toEqual([]);
    expect(await workspace.json(['backend', 'redeploy', `--backend=${backend.id}`])).toMatchObject({
      data: { generation: 1 },
    });
    expect(await backend.say('anew')).toBe('calm anew');
    await backend.undeploy();
  });

  it('ends by itself when its fixed duration is over', async () => {
    await using workspace = new Workspace(openHost);
    const backend = await BuiltBackend.build(workspace, moody);
    const deployment = await backend.deploy('--fixed-duration=6s');
    expect(await backend.show(deployment)).toMatchObject({ fixed: true });
    await untilStatus(backend, deployment, 'gone');
    const { events } = await backend.show(deployment);
    expect(events.find(({ detail }) => detail.to === 'tearing_down')?.detail.reason).toContain('time');
    expect((await backend.post('hello')).status).toBe(404);
  });

  it('is refused up front when there is no room, and nothing is left of it', async () => {
    await using workspace = new Workspace(openHost);
    const backend = await BuiltBackend.build(workspace, { ...moody, resources: '{memory: 4096Gi}' });
    const refused = await workspace.ppl(['backend', 'deploy', '--runtime=local', `--backend=${backend.id}`]);
    expect(refused).toMatchObject({ code: 5 });
    expect(JSON.parse(refused.stderr.trim().split('\n').at(-1) as string)).toMatchObject({
      error: {
        code: 'no_nodes_available',
        details: { need_bytes: expect.any(Number), headroom_bytes: expect.any(Number) },
      },
    });
    expect(await workspace.json(['deployment', 'list'])).toMatchObject({ count: 0 });
  });

  it('tells what its containers use', async () => {
    await using workspace = new Workspace(openHost);
    const backend = await BuiltBackend.build(workspace, moody);
    const deployment = await backend.deploy();
    const stats = await workspace.ppl(['container', 'stats', `--deployment=${deployment}`]);
    expect(stats, stats.stderr).toMatchObject({ code: 0 });
    const rows = stats.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { alias: string; memory_bytes: number });
    expect(rows.map(({ alias }) => alias).sort()).toEqual(['cut', 'in', 'out']);
    for (const row of rows) expect(row.memory_bytes).toBeGreaterThan(2 ** 20);
    await backend.undeploy();
  });
});
