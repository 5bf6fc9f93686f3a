import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import Docker from 'dockerode';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { componentFolder } from '../support/components.ts';
import { Workspace } from '../support/workspace.ts';

const MiB = 2 ** 20;
const readers = 1_200;
const docker = new Docker();

/** Says how long a text was; asked for it, says a mebibyte. */
const measure = `import { run } from 'pipelogic';

run(({ text }) => ({ text: text === 'big' ? 'x'.repeat(2 ** 20) : String(text.length) }));
`;

describe('the endpoints of a backend', () => {
  it('carry 64 MiB bodies, 1,200 sockets and a reader that does not read, at URLs that stay', async () => {
    await using workspace = new Workspace({ PROOFBENCH_HOST_LINGER_MS: '10000' });
    const backend = await build(workspace);
    await using _ = { [Symbol.asyncDispose]: () => undeployed(workspace, backend) };
    const urls = await endpoints(workspace, backend);
    await refused(urls);
    await workspace.json(['backend', 'deploy', '--runtime', 'local', '--backend', backend, '--wait']);
    expect(await endpoints(workspace, backend)).toEqual(urls);
    const host = await workspace.hostPid();
    const gateway = await gatewayOf(workspace);

    const quick = await open(urls.out);
    const text = 'x'.repeat(64 * MiB - 11);
    expect(await told(quick, () => post(urls.in, text)), 'the first, after which memory is warm').toBe(
      `${text.length}`,
    );
    const before = memoryOf(host);
    for (let round = 0; round < 3; round++)
      expect(await told(quick, () => post(urls.in, text))).toBe(String(text.length));
    expect(memoryOf(host) - before, 'less than one body').toBeLessThan(60 * MiB);
    expect(memoryOf(gateway)).toBeLessThan(256 * MiB);
    expect((await post(urls.in, `${text}x`)).status).toBe(413);

    const stalled = await open(urls.out);
    stalled.pause();
    const paused = memoryOf(host);
    for (let round = 0; round < 60; round++) {
      expect(await told(quick, () => post(urls.in, 'big'))).toHaveLength(MiB);
    }
    expect(memoryOf(host) - paused, 'less than what was not read').toBeLessThan(50 * MiB);
    stalled.terminate();

    const many: WebSocket[] = [];
    while (many.length < readers) {
      many.push(...(await Promise.all(Array.from({ length: 50 }, () => open(urls.out)))));
    }
    const hearing = many.map(socket => next(socket));
    expect(await told(quick, () => post(urls.in, 'hello'))).toBe('5');
    expect(await Promise.all(hearing)).toEqual(Array.from({ length: readers }, () => '5'));
    const leaving = many.splice(0, readers / 2);
    for (const socket of leaving) socket.terminate();
    expect(await told(quick, () => post(urls.in, 'hi'))).toBe('2');

    const ended = Promise.all([...many, quick].map(socket => new Promise(closed => socket.once('close', closed))));
    await workspace.json(['backend', 'undeploy', '--backend', backend]);
    await ended;
    await refused(urls);
    expect(await endpoints(workspace, backend)).toEqual(urls);
  });
});

async function build(workspace: Workspace): Promise<string> {
  await workspace.json(['component', 'publish'], {
    cwd: workspace.folder(componentFolder({ name: 'Measure', output: '{text: String}', main: measure })),
  });
  const versionOf = async (query: string) => {
    type Found = { items: { id: string }[] };
    const { items } = await workspace.json<Found>(['component', 'list', `--query=${query}`]);
    const versions = await workspace.json<{ id: string }[]>(['component', 'versions', items[0]?.id as string]);
    return versions[0]?.id as string;
  };
  const { data } = await workspace.json<{ data: { backend_id: string } }>(['backend', 'create', '--name', 'sockets']);
  let from: string | undefined;
  for (const [alias, component] of Object.entries({ in: 'Input JSON', cut: 'Measure', out: 'Output JSON' })) {
    const version = await versionOf(component);
    const added = await workspace.json<{ data: { vertex_id: string } }>([
      ...['backend', 'add-vertex', data.backend_id, '--version', version, '--alias', alias],
    ]);
    const to = added.data.vertex_id;
    if (from !== undefined) {
      const ends = ['--from-vertex', from, '--from-output', '0', '--to-vertex', to, '--to-input', '0'];
      await workspace.json(['backend', 'connect', data.backend_id, ...ends]);
    }
    from = to;
  }
  return data.backend_id;
}

/** However far the test came: a host stays as long as its deployment. */
async function undeployed(workspace: Workspace, backend: string): Promise<void> {
  await workspace.ppl(['backend', 'undeploy', '--backend', backend]);
}

async function endpoints(workspace: Workspace, backend: string): Promise<{ in: string; out: string }> {
  const { items } = await workspace.json<{ items: { alias: string; url: string }[] }>(['forward', backend]);
  const urlOf = (alias: string) => items.find(item => item.alias === alias)?.url as string;
  return { in: urlOf('in'), out: urlOf('out') };
}

/** Nothing runs: both ways of asking are told so in JSON. */
async function refused(urls: { in: string; out: string }): Promise<void> {
  const posted = await post(urls.in, 'hello');
  expect(posted).toMatchObject({ status: 404, json: { error: { code: 'not_running' } } });
  const socket = new WebSocket(urls.out.replace('http', 'ws'));
  const upgraded = await new Promise<{ status: number | undefined; text: string }>((told, failed) => {
    socket.once('error', failed);
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', part => {
        text += part;
      });
      response.on('end', () => told({ status: response.statusCode, text }));
    });
  });
  expect(upgraded.status).toBe(404);
  expect(JSON.parse(upgraded.text)).toMatchObject({ error: { code: 'not_running' } });
}

function post(url: string, text: string): Promise<{ status: number | undefined; json: unknown }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': text.length + 11 };
    const sent = request(url, { method: 'POST', headers, agent: false }, response => {
      let answer = '';
      response.on('data', part => {
        answer += part;
      });
      response.on('end', () => resolve({ status: response.statusCode, json: JSON.parse(answer) }));
    });
    sent.on('error', reject).end(`{"text":"${text}"}`);
  });
}

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), { perMessageDeflate: false });
  await new Promise((opened, failed) => socket.once('open', opened).once('error', failed));
  return socket;
}

async function next(socket: WebSocket): Promise<string> {
  const frame = await new Promise<string>((resolve, reject) => {
    const closed = (code: number) => reject(new Error(`closed with ${code}`));
    socket.once('close', closed);
    socket.once('message', data => {
      socket.off('close', closed);
      resolve(data.toString());
    });
  });
  return (JSON.parse(frame) as { text: string }).text;
}

/** What the reader gets for what is posted. */
async function told(reader: WebSocket, send: () => Promise<unknown>): Promise<string> {
  const frame = next(reader);
  const [text] = await Promise.all([frame, send().then(answer => expect(answer).toMatchObject({ status: 202 }))]);
  return text;
}

async function gatewayOf(workspace: Workspace): Promise<number> {
  const label = [`proofbench.workspace=${workspace.workspaceId}`, 'proofbench.role=gateway'];
  const [container] = await docker.listContainers({ filters: { label } });
  return (await docker.getContainer(container?.Id as string).inspect()).State.Pid;
}

/** Resident bytes of a process; of an engine that is not on this machine, none. */
function memoryOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  } catch {
    return 0;
  }
}
