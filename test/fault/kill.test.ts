import { describe, expect, it } from 'vitest';
import { componentFolder, manifest, shoutProof } from '../support/components.ts';
import { type Event, eventsOf, untilEvent, Workspace } from '../support/workspace.ts';

const hello = JSON.stringify({ text: 'hello' });
const files = {
  ...componentFolder({}),
  'live-test.yml': manifest(),
  'proof.yml': manifest({ proof: shoutProof }),
  'hello.json': hello,
};

async function nothingOfTheRunIsLeft(workspace: Workspace): Promise<void> {
  await expect.poll(() => workspace.leaseStates(), { timeout: 40_000 }).toEqual(['rolled_back']);
  expect((await workspace.json<{ count: number }>(['backend', 'list'])).count).toBe(0);
  expect((await workspace.json<{ count: number }>(['file', 'list'])).count).toBe(0);
  await expect.poll(() => workspace.besideGateway(), { timeout: 20_000 }).toEqual([]);
}

const backendOf = (events: readonly Event[]) =>
  events.find(({ type }) => type === 'backend_created')?.backend_id as string;

describe('kill -9', () => {
  it('of the host under a kept deployment: the next host adopts it, URLs and logs go on', async () => {
    await using workspace = new Workspace();
    const dir = workspace.folder(files);
    const outcome = await workspace.ppl(['lease', 'run', '--test=live-test.yml', '--runtime=local', '--keep-lease'], {
      cwd: dir,
    });
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    const ready = eventsOf(outcome.stdout).at(-1) as unknown as {
      lease_id: string;
      deployment_id: string;
      endpoints: { alias: string; url: string }[];
    };
    const post = () =>
      fetch(ready.endpoints.find(endpoint => endpoint.alias === 'in')?.url as string, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: hello,
      });
    expect((await post()).status).toBe(202);
    const before = await workspace.hostPid();
    process.kill(before, 'SIGKILL');
    expect(await workspace.hostPid()).not.toBe(before);
    await expect.poll(async () => (await post()).status, { timeout: 30_000 }).toBe(202);
    const { items } = await workspace.json<{ items: { id: string; alias: string }[] }>([
      'container',
      'list',
      '--deployment',
      ready.deployment_id,
    ]);
    const cut = items.find(container => container.alias === 'cut')?.id as string;
    await expect
      .poll(async () => (await workspace.ppl(['container', 'logs', cut])).stdout, { timeout: 10_000 })
      .toMatch(/^(shouting hello\n){2,}$/);
    await workspace.json(['lease', 'rollback', ready.lease_id]);
    await nothingOfTheRunIsLeft(workspace);
  });

  it('of the host in the middle of a proof: the caller hears it and the next proof passes', async () => {
    // It must not have left before it is killed.
    await using workspace = new Workspace({ PROOFBENCH_HOST_LINGER_MS: '20000' });
    const dir = workspace.folder(files);
    const pid = await workspace.hostPid();
    const run = workspace.start(['proof', 'run', 'proof.yml'], { cwd: dir });
    await untilEvent(run, 'deploy_started');
    process.kill(pid, 'SIGKILL');
    expect((await run.outcome).code).toBe(1);
    await nothingOfTheRunIsLeft(workspace);
    const again = await workspace.ppl(['proof', 'run', 'proof.yml'], { cwd: dir });
    expect(again, again.stderr + again.stdout).toMatchObject({ code: 0 });
  });
});

describe('a lease', () => {
  it('that reaches its deadline under a run ends the run with lease_expired', async () => {
    await using workspace = new Workspace();
    const never = `import 'pipelogic';\nsetInterval(() => {}, 1000);\n`;
    const dir = workspace.folder({ ...files, 'src/main.js': never });
    const outcome = await workspace.ppl(['lease', 'run', '--test=live-test.yml', '--runtime=local', '--ttl=8s'], {
      cwd: dir,
    });
    expect(outcome.code).toBe(1);
    expect(eventsOf(outcome.stdout).at(-1)).toMatchObject({ type: 'failed', error: { code: 'lease_expired' } });
    const { items } = await workspace.json<{ items: { state: string }[] }>(['lease', 'list']);
    expect(items).toMatchObject([{ state: 'expired' }]);
  });

  for (const [how, code] of [
    ['rollback', 'cancelled'],
    ['commit', 'cancelled'],
    ['expire', 'lease_expired'],
  ] as const) {
    it(`that ends under a proof (${how}): the proof has failed, once, and there is evidence of it`, async () => {
      await using workspace = new Workspace();
      const never = `import 'pipelogic';\nsetInterval(() => {}, 1000);\n`;
      const dir = workspace.folder({ ...files, 'src/main.js': never });
      const ttl = how === 'expire' ? ['--ttl=8s'] : [];
      const run = workspace.start(['proof', 'run', 'proof.yml', ...ttl], { cwd: dir });
      const { lease_id } = await untilEvent(run, 'deploy_started');
      if (how !== 'expire') await workspace.json(['lease', how, lease_id]);
      const outcome = await run.outcome;
      const events = eventsOf(outcome.stdout);
      expect(events.filter(({ type }) => type === 'failed')).toMatchObject([{ error: { code } }]);
      expect(events.at(-1), outcome.stderr).toMatchObject({ type: 'proof', verdict: 'fail' });
      const verified = await workspace.ppl(['evidence', 'verify', events.at(-1)?.bundle as string]);
      expect(verified, verified.stderr).toMatchObject({ code: 0 });
      if (how === 'commit') await workspace.ppl(['backend', 'undeploy', '--backend', backendOf(events)]);
    });
  }

  it('keeps what was made under it when it is committed, and discards it when rolled back', async () => {
    await using workspace = new Workspace();
    const dir = workspace.folder(files);
    const open = async () =>
      (await workspace.json<{ data: { lease_id: string } }>(['lease', 'create', '--ttl', '5m', '--label', 'mine'])).data
        .lease_id;
    const kept = await open();
    await workspace.json(['file', 'upload', 'hello.json', '--name', 'kept', '--lease', kept], { cwd: dir });
    await workspace.json(['lease', 'commit', kept]);
    const dropped = await open();
    await workspace.json(['file', 'upload', 'hello.json', '--name', 'dropped', '--lease', dropped], { cwd: dir });
    await workspace.json(['backend', 'create', '--name', 'dropped', '--lease', dropped]);
    const { data } = await workspace.json<{ data: { receipt: { removed: { kind: string }[] } } }>([
      'lease',
      'rollback',
      dropped,
    ]);
    expect(data.receipt.removed.map(item => item.kind).sort()).toEqual(['backend', 'file']);
    const list = await workspace.json<{ items: { name: string; lease_id: string | null }[] }>(['file', 'list']);
    expect(list.items).toMatchObject([{ name: 'kept', lease_id: null }]);
    const late = await workspace.ppl(['file', 'upload', 'hello.json', '--lease', dropped], { cwd: dir });
    expect(late.code).toBe(5);
  });
});
