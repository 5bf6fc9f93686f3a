import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { componentFolder, manifest, shoutProof } from '../support/components.ts';
import { Workspace } from '../support/workspace.ts';

type Data<T> = { data: T };
interface Item {
  kind: string;
  id: string;
  name?: string;
}
interface Shown {
  state: string;
  result: unknown;
  owned: Item[];
  receipt: Record<'removed' | 'kept' | 'saved' | 'failed', Item[]> | null;
}

/** The host stays between the verbs, as an app that is open does. */
const openHost = { PROOFBENCH_HOST_LINGER_MS: '20000' };

async function create(workspace: Workspace, ...args: string[]): Promise<string> {
  const { data } = await workspace.json<Data<{ lease_id: string }>>(['lease', 'create', ...args]);
  return data.lease_id;
}

const show = (workspace: Workspace, lease: string) => workspace.json<Shown>(['lease', 'show', lease]);

/** A backend with everything it needs, all of it the lease's; not deployed. */
async function build(workspace: Workspace, lease: string) {
  const dir = workspace.folder(componentFolder({}));
  const under = ['--lease', lease];
  const { data: published } = await workspace.json<Data<{ version_id: string }>>(['component', 'publish', ...under], {
    cwd: dir,
  });
  const { data } = await workspace.json<Data<{ backend_id: string }>>(['backend', 'create', '--name=trial', ...under]);
  const backend = data.backend_id;
  const add = (version: string, alias: string) =>
    workspace.json(['backend', 'add-vertex', backend, '--version', version, '--alias', alias]);
  for (const [name, alias] of [
    ['Input JSON HTTP', 'in'],
    ['Output JSON HTTP', 'out'],
  ] as const) {
    const [version] = await workspace.json<{ id: string }[]>(['component', 'versions', name]);
    await add(version?.id as string, alias);
  }
  await add(published.version_id, 'cut');
  for (const [from, to] of [
    ['in', 'cut'],
    ['cut', 'out'],
  ] as const) {
    const ends = ['--from-vertex', from, '--from-output', '0', '--to-vertex', to, '--to-input', '0'];
    await workspace.json(['backend', 'connect', backend, ...ends]);
  }
  return { backend, version: published.version_id };
}

describe('ppl lease', () => {
  it('waits for what is deployed, hands single things over, and rolls the rest back', async () => {
    await using workspace = new Workspace(openHost);
    const lease = await create(workspace, '--label=trial', '--ttl=20m');
    const { backend, version } = await build(workspace, lease);
    const fixture = join(workspace.folder({ 'hello.json': '{}' }), 'hello.json');
    const { data: file } = await workspace.json<Data<{ file_id: string }>>([
      'file',
      'upload',
      fixture,
      `--lease=${lease}`,
    ]);

    const without = await workspace.ppl(['backend', 'deploy', `--backend=${backend}`, '--runtime=local']);
    expect(without).toMatchObject({ code: 5 });
    expect(without.stderr).toContain('--lease');
    const early = await workspace.ppl(['lease', 'wait', lease, '--timeout=1s']);
    expect(early, 'nothing is deployed yet').toMatchObject({ code: 6 });
    await workspace.json(['backend', 'deploy', `--backend=${backend}`, '--runtime=local', `--lease=${lease}`]);
    const waited = await workspace.json<{ deployments: { status: string }[] }>(['lease', 'wait', 'trial']);
    expect(waited.deployments.map(({ status }) => status)).toEqual(['running']);

    const unknown = await workspace.ppl(['lease', 'promote', lease, 'fil_unknown']);
    expect(unknown).toMatchObject({ code: 4 });
    const { data } = await workspace.json<Data<{ promoted: Item[] }>>(['lease', 'promote', lease, 'trial']);
    expect(data.promoted.map(({ id }) => id).sort()).toEqual([backend, version].sort());

    const { data: rolledBack } = await workspace.json<Data<{ receipt: NonNullable<Shown['receipt']> }>>([
      'lease',
      'rollback',
      lease,
    ]);
    expect(rolledBack.receipt.removed.map(({ kind }) => kind).sort()).toEqual(['deployment', 'file']);
    expect(rolledBack.receipt.kept.map(({ id }) => id).sort()).toEqual([backend, version].sort());
    expect(rolledBack.receipt.failed).toEqual([]);
    expect((await workspace.ppl(['backend', 'show', backend])).code).toBe(0);
    expect((await workspace.json<{ items: Item[] }>(['file', 'list'])).items.map(({ id }) => id)).not.toContain(
      file.file_id,
    );
    const after = await workspace.ppl(['backend', 'create', `--lease=${lease}`]);
    expect(after).toMatchObject({ code: 5 });
    expect(after.stderr).toContain('lease_closed');
    expect(await workspace.ppl(['lease', 'promote', lease, backend])).toMatchObject({ code: 5 });
    const ended = await workspace.json<Shown>(['lease', 'wait', lease, '--for=closed']);
    expect(ended.state).toBe('rolled_back');
  });

  it('takes the image of a prerelease along when it expires', async () => {
    await using workspace = new Workspace(openHost);
    const lease = await create(workspace, '--ttl=5m');
    const main = `// ${lease}\nimport { run } from 'pipelogic';\nrun(message => message);\n`;
    const dir = workspace.folder(componentFolder({ main }));
    await workspace.json(['component', 'publish', `--lease=${lease}`], { cwd: dir });
    await workspace.json(['lease', 'renew', lease, '--ttl=2s']);
    await workspace.json(['lease', 'wait', lease, '--for=closed', '--timeout=60s']);
    const shown = await show(workspace, lease);
    expect(shown.state).toBe('expired');
    expect(shown.receipt?.removed.map(({ kind }) => kind).sort()).toEqual(['image', 'version']);
    expect(shown.owned).toEqual([]);
  });

  it('keeps results and outputs, and is forgotten when that is asked for', async () => {
    await using workspace = new Workspace(openHost);
    const dir = workspace.folder({
      ...componentFolder({}),
      'proof.yml': manifest({ proof: shoutProof }),
      'hello.json': JSON.stringify({ text: 'hello' }),
    });
    const run = await workspace.ppl(['proof', 'run', 'proof.yml', '--label=ci'], { cwd: dir });
    expect(run, run.stderr).toMatchObject({ code: 0 });
    const collect = () => workspace.json<Data<{ saved: Item[] }>>(['lease', 'collect-outputs', 'ci']);
    const { saved } = (await collect()).data;
    expect(saved.length).toBeGreaterThan(0);
    for (const { name } of saved) expect(name).toMatch(/^.+-.+-\d+\.json$/);
    expect((await collect()).data.saved, 'again, only what is new').toEqual([]);

    writeFileSync(join(dir, 'result.json'), '{"accuracy": 0.93}');
    await workspace.json(['lease', 'set-result', 'ci', '@result.json'], { cwd: dir });
    const lease = await show(workspace, 'ci');
    expect(lease).toMatchObject({ state: 'rolled_back', result: { accuracy: 0.93 }, receipt: { saved } });
    expect(await workspace.ppl(['lease', 'set-result', 'ci', 'not json'])).toMatchObject({ code: 2 });
    expect(await workspace.ppl(['lease', 'set-result', 'ci', '@missing.json'])).toMatchObject({ code: 2 });

    expect(await workspace.ppl(['lease', 'delete-bulk'])).toMatchObject({ code: 2 });
    const bulk = (...args: string[]) => workspace.json<Data<object>>(['lease', 'delete-bulk', '--label=ci', ...args]);
    expect((await bulk('--older-than=1h')).data).toEqual({ matched: 0, deleted: 0, failed: [] });
    expect((await bulk('--dry-run')).data).toEqual({ matched: 1, deleted: 0, failed: [] });
    expect((await bulk()).data).toEqual({ matched: 1, deleted: 1, failed: [] });
    expect(await workspace.ppl(['lease', 'show', 'ci'])).toMatchObject({ code: 4 });
    expect(await workspace.json(['run', 'list'])).toMatchObject({ count: 0 });
    const evidence = await workspace.json<{ items: { id: string; bundle: string }[] }>(['evidence', 'list']);
    expect(evidence.items).toHaveLength(1);
    expect(await workspace.ppl(['evidence', 'verify', evidence.items[0]?.bundle as string])).toMatchObject({ code: 0 });
    const files = await workspace.json<{ items: Item[] }>(['file', 'list']);
    expect(files.items.map(({ id }) => id)).toEqual(expect.arrayContaining(saved.map(({ id }) => id)));
    const open = await create(workspace, '--label=open');
    expect(await workspace.ppl(['lease', 'delete', open])).toMatchObject({ code: 5 });
    expect((await workspace.json<{ count: number }>(['lease', 'list', '--state=open', '--limit=1'])).count).toBe(1);
  });
});
