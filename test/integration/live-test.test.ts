import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { componentFolder, manifest, shoutInPython } from '../support/components.ts';
import { eventsOf, Workspace } from '../support/workspace.ts';

const hello = JSON.stringify({ text: 'hello' });

describe('ppl lease run', () => {
  it('tells every step in order, ends with ready and leaves nothing behind', async () => {
    await using workspace = new Workspace();
    const dir = workspace.folder({ ...componentFolder({}), 'live-test.yml': manifest(), 'hello.json': hello });
    const outcome = await workspace.ppl(['lease', 'run', '--test=live-test.yml', '--runtime=local', '--label=ci'], {
      cwd: dir,
    });
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    const events = eventsOf(outcome.stdout);
    expect(events.map(event => event.seq)).toEqual(events.map((_, index) => index + 1));
    const order = events.map(event => event.type).filter((type, index, all) => type !== all[index - 1]);
    expect(order.slice(0, 6)).toEqual([
      'lease_created',
      'prerelease_published',
      'fixture_uploaded',
      'backend_created',
      'vertex_added',
      'edge_connected',
    ]);
    expect(order).toContain('deploy_started');
    expect(events.filter(event => event.type === 'container')).toHaveLength(3);
    expect(events.filter(event => event.type === 'container_status' && event.status === 'running')).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({ type: 'ready' });
    const uploaded = events.find(event => event.type === 'fixture_uploaded');
    expect(uploaded?.sha256).toBe(createHash('sha256').update(hello).digest('hex'));
    expect(await workspace.onEngine()).not.toContainEqual(expect.stringContaining('proofbench-cut'));
    const leases = await workspace.json<{
      items: { state: string; label: string; receipt: { removed: unknown[]; failed: unknown[] } }[];
    }>(['lease', 'list']);
    expect(leases.items[0]).toMatchObject({ state: 'rolled_back', label: 'ci', receipt: { failed: [] } });
    expect(leases.items[0]?.receipt.removed.length).toBeGreaterThan(0);
    expect((await workspace.json<{ count: number }>(['file', 'list'])).count).toBe(0);
    expect((await workspace.json<{ count: number }>(['backend', 'list'])).count).toBe(0);
  });

  it('keeps the lease when asked, so the backend can be driven by hand, and rolls back later', async () => {
    await using workspace = new Workspace();
    const dir = workspace.folder({
      ...componentFolder({ python: true, main: shoutInPython }),
      'live-test.yml': manifest(),
      'hello.json': hello,
    });
    const outcome = await workspace.ppl(['lease', 'run', '--test=live-test.yml', '--runtime=local', '--keep-lease'], {
      cwd: dir,
    });
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    const ready = eventsOf(outcome.stdout).at(-1) as unknown as {
      lease_id: string;
      backend_id: string;
      deployment_id: string;
      endpoints: { alias: string; url: string }[];
    };
    const url = (alias: string) => ready.endpoints.find(endpoint => endpoint.alias === alias)?.url as string;
    const socket = new WebSocket(url('out').replace('http', 'ws'));
    await new Promise(opened => socket.once('open', opened));
    const frame = new Promise<string>(received => socket.once('message', data => received(data.toString())));
    const answer = await fetch(url('in'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: hello,
    });
    expect(answer.status).toBe(202);
    expect(JSON.parse(await frame)).toEqual({ text: 'HELLO' });
    socket.close();
    const wrongType = await fetch(url('in'), { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' });
    expect(wrongType.status).toBe(415);
    const notJson = await fetch(url('in'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect(notJson.status).toBe(400);
    const foreign = await fetch(url('in'), { method: 'POST', headers: { origin: 'http://evil.example' }, body: hello });
    expect(foreign.status).toBe(403);

    const containers = await workspace.json<{ items: { id: string; alias: string; status: string }[] }>([
      'container',
      'list',
      '--deployment',
      ready.deployment_id,
    ]);
    expect(containers.items.map(container => container.status)).toEqual(['running', 'running', 'running']);
    const cut = containers.items.find(container => container.alias === 'cut')?.id as string;
    expect((await workspace.ppl(['container', 'logs', cut])).stdout).toBe('shouting hello\n');

    const closed = await workspace.json<{ data: { receipt: { removed: { kind: string }[]; failed: unknown[] } } }>([
      'lease',
      'rollback',
      ready.lease_id,
    ]);
    expect(closed.data.receipt.failed).toEqual([]);
    expect((await fetch(url('in'), { method: 'POST', body: hello })).status).toBe(404);
    expect((await workspace.ppl(['container', 'logs', cut])).stdout, 'logs outlive the container').toBe(
      'shouting hello\n',
    );
  });

  it('runs --exec with the endpoints in its environment and fails when it fails', async () => {
    await using workspace = new Workspace();
    const dir = workspace.folder({ ...componentFolder({}), 'live-test.yml': manifest(), 'hello.json': hello });
    const post = `curl -sf -H 'content-type: application/json' -d '${hello}' "$PPL_ENDPOINT_IN_URL" >/dev/null && test -n "$PPL_ENDPOINT_OUT_TOKEN"`;
    const good = await workspace.ppl(['lease', 'run', '--test=live-test.yml', '--runtime=local', `--exec=${post}`], {
      cwd: dir,
    });
    expect(good, good.stderr).toMatchObject({ code: 0 });
    expect(eventsOf(good.stdout).at(-1)?.type).toBe('ready');
    const bad = await workspace.ppl(['lease', 'run', '--test=live-test.yml', '--runtime=local', '--exec=exit 3'], {
      cwd: dir,
    });
    expect(bad.code).toBe(1);
    const { items } = await workspace.json<{ items: { state: string }[] }>(['lease', 'list']);
    expect(items.map(lease => lease.state)).toEqual(['rolled_back', 'rolled_back']);
  });

  it('takes fixtures by url and by file id, and a version that was published before', async () => {
    await using workspace = new Workspace();
    const server = createServer((_request, response) =>
      response.setHeader('content-type', 'application/json').end(hello),
    );
    await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening));
    const dir = workspace.folder({ ...componentFolder({}), 'hello.json': hello });
    const published = await workspace.json<{ data: { version_id: string } }>(['component', 'publish'], { cwd: dir });
    const uploaded = await workspace.json<{ data: { file_id: string } }>(
      ['file', 'upload', 'hello.json', '--name', 'kept'],
      { cwd: dir },
    );
    const test = workspace.folder({
      'live-test.yml': manifest({
        release: 'false',
        fixtures: `  - {name: fetched, url: "http://127.0.0.1:${(server.address() as AddressInfo).port}/hello.json"}\n  - {name: kept, file_id: ${uploaded.data.file_id}}`,
      }),
    });
    const outcome = await workspace.ppl(
      ['lease', 'run', '--test=live-test.yml', '--runtime=local', `--cut-version-id=${published.data.version_id}`],
      { cwd: test },
    );
    server.close();
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    const types = eventsOf(outcome.stdout).map(event => event.type);
    expect(types).toContain('fixture_fetched');
    expect(types).not.toContain('prerelease_published');
    const files = await workspace.json<{ items: { name: string }[] }>(['file', 'list']);
    expect(
      files.items.map(file => file.name),
      'what the workspace owned stays',
    ).toEqual(['kept']);
  });

  it('sets parameters by literals of the type language', async () => {
    await using workspace = new Workspace();
    const dir = workspace.folder({
      ...componentFolder({
        config: '    suffix: {type: String, default: "!"}\n    times: {type: Int64, default: 1}',
        main: `import { run, config } from 'pipelogic';\nrun(m => ({ text: m.text + config.suffix.repeat(Number(config.times)) }));\n`,
      }),
      'live-test.yml': manifest({ params: `{times: {type: Int64, value: '3'}}` }),
      'hello.json': hello,
    });
    const exec = `node -e "
      const ws = new WebSocket(process.env.PPL_ENDPOINT_OUT_URL.replace('http', 'ws'));
      ws.onopen = () => fetch(process.env.PPL_ENDPOINT_IN_URL, {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({text: 'hi'})});
      ws.onmessage = m => process.exit(JSON.parse(m.data).text === 'hi!!!' ? 0 : 1);
    "`;
    const outcome = await workspace.ppl(['lease', 'run', '--test=live-test.yml', '--runtime=local', `--exec=${exec}`], {
      cwd: dir,
      env: { PATH: `${process.execPath.replace(/\/node$/, '')}:${process.env.PATH}` },
    });
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    expect(eventsOf(outcome.stdout).filter(event => event.type === 'param_set')).toHaveLength(1);
  });
});
