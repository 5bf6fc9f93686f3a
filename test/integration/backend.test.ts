import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { componentFolder } from '../support/components.ts';
import { Workspace } from '../support/workspace.ts';

interface Version {
  id: string;
  tags: string[];
}

describe('the hand-built path', () => {
  it('creates, connects, deploys, drives, undeploys and deletes a backend, verb by verb', async () => {
    // The host stays between the verbs, so that an idle endpoint answers 404 and not nothing at all.
    await using workspace = new Workspace({ PROOFBENCH_HOST_LINGER_MS: '10000' });
    const dir = workspace.folder(
      componentFolder({
        config: '    prefix: {type: String, default: ""}',
        main: `import { run, config } from 'pipelogic';\nrun(m => ({ text: config.prefix + m.text.toUpperCase() }));\n`,
      }),
    );
    await workspace.json(['component', 'publish'], { cwd: dir });
    await workspace.json(['component', 'promote'], { cwd: dir });
    const componentId = async (query: string) =>
      (await workspace.json<{ items: { id: string; name: string }[] }>(['component', 'list', `--query=${query}`]))
        .items[0]?.id as string;
    const latest = async (query: string) =>
      (await workspace.json<Version[]>(['component', 'versions', await componentId(query)])).find(version =>
        version.tags.includes('latest'),
      )?.id as string;
    const input = await latest('Input JSON');
    const cut = await latest('Shout');
    const output = await latest('Output JSON');

    const { data } = await workspace.json<{ data: { backend_id: string } }>(['backend', 'create', '--name', 'by hand']);
    const id = data.backend_id;
    const add = async (version: string, alias: string) =>
      (
        await workspace.json<{ data: { vertex_id: string } }>([
          'backend',
          'add-vertex',
          id,
          '--version',
          version,
          '--alias',
          alias,
        ])
      ).data.vertex_id;
    const [a, b, c] = [await add(input, 'in'), await add(cut, 'cut'), await add(output, 'out')];
    const connect = (from: string, to: string) =>
      workspace.json([
        'backend',
        'connect',
        id,
        '--from-vertex',
        from,
        '--from-output',
        '0',
        '--to-vertex',
        to,
        '--to-input',
        '0',
      ]);
    await connect(a, b);
    await connect(b, c);
    await workspace.json([
      'backend',
      'change-parameter',
      id,
      '--vertex',
      b,
      '--name',
      'prefix',
      '--type',
      'String',
      '--value',
      '"> "',
    ]);
    const wrong = await workspace.ppl([
      'backend',
      'change-parameter',
      id,
      '--vertex',
      b,
      '--name',
      'prefix',
      '--type',
      'String',
      '--value',
      'naked',
    ]);
    expect(wrong.code).toBe(2);

    const rows = async () =>
      (
        await workspace.json<{
          items: { alias: string; url: string; token: string; endpoint_name: string; vertex_id: string }[];
        }>(['forward', id])
      ).items;
    const before = await rows();
    expect(before.map(row => row.alias).sort()).toEqual(['in', 'out']);
    const urlOf = (alias: string) => before.find(row => row.alias === alias)?.url as string;
    const idle = await fetch(urlOf('in'), { method: 'POST', body: '{}' });
    expect(idle.status).toBe(404);
    expect(await idle.json()).toMatchObject({ error: { code: 'not_running' } });

    const deployed = await workspace.json<{ data: { deployment_id: string } }>([
      'backend',
      'deploy',
      '--runtime',
      'local',
      '--backend',
      id,
      '--wait',
    ]);
    const second = await workspace.ppl(['backend', 'deploy', '--runtime', 'local', '--backend', id]);
    expect(second.code, 'at most one live deployment').toBe(5);
    const locked = await workspace.ppl(['backend', 'add-vertex', id, '--version', cut, '--alias', 'more']);
    expect(locked.code).toBe(5);
    expect(locked.stderr).toContain('topology_locked');

    const answer = new Promise<string>((received, failed) => {
      const socket = new WebSocket(urlOf('out').replace('http', 'ws'));
      socket.once('error', failed);
      socket.once('message', text => {
        received(text.toString());
        socket.close();
      });
      socket.once('open', () => {
        fetch(urlOf('in'), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"text": "hi"}',
        }).catch(failed);
      });
    });
    expect(JSON.parse(await answer)).toEqual({ text: '> HI' });

    const listed = await workspace.json<{ items: { status: string }[] }>([
      'container',
      'list',
      '--deployment',
      deployed.data.deployment_id,
    ]);
    expect(listed.items.map(container => container.status)).toEqual(['running', 'running', 'running']);
    await workspace.json(['backend', 'undeploy', '--backend', id]);
    expect((await fetch(urlOf('in'), { method: 'POST', body: '{}' })).status).toBe(404);
    expect(await rows(), 'URLs belong to the backend').toEqual(before);
    const operations = await workspace.json<{ items: { type: string }[] }>(['backend', 'operations', id]);
    expect(operations.items.map(operation => operation.type)).toEqual([
      'create',
      'add-vertex',
      'add-vertex',
      'add-vertex',
      'connect',
      'connect',
      'change-parameter',
    ]);
    await workspace.json(['backend', 'delete', id]);
    expect((await workspace.ppl(['backend', 'show', id])).code).toBe(4);
  });

  it('publishes the same source as the same image and another source as another', async () => {
    await using workspace = new Workspace();
    const publish = async (dir: string) =>
      (
        await workspace.json<{ data: { version_id: string; image_digest: string } }>(['component', 'publish'], {
          cwd: dir,
        })
      ).data;
    const one = await publish(workspace.folder(componentFolder({})));
    const same = await publish(workspace.folder(componentFolder({})));
    const other = await publish(
      workspace.folder(componentFolder({ main: `import { run } from 'pipelogic';\nrun(m => m);\n` })),
    );
    expect(same.image_digest).toBe(one.image_digest);
    expect(same.version_id).not.toBe(one.version_id);
    expect(other.image_digest).not.toBe(one.image_digest);
  });
});
