import { spawn } from 'node:child_process';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { LocalGraph, until } from './local-graph.ts';

const idle = `import { run } from 'pipelogic'; run(() => {});`;
const echoEndpoint = {
  source: { component: 'output_json_http' },
  inputs: ['String'],
  endpoints: [{ name: 'out', kind: 'egress', transports: ['ws'] }],
};

describe('the gateway', () => {
  it('reports every vertex, then every change', async () => {
    await using graph = await LocalGraph.start({ a: { source: idle } });
    await graph.ready();
    graph.component('a').process.kill('SIGKILL');
    await until(() => graph.statuses.a === 'lost');
    await graph.startComponent('a');
    await graph.ready();
  });

  it('ends by itself when neither a host nor a component has needed it for a while', async () => {
    await using graph = await LocalGraph.start({ a: { source: idle } }, [], 'dep_test', {
      PROOFBENCH_GATEWAY_IDLE_MS: '200',
    });
    await graph.ready();
    graph.session.destroy();
    await new Promise(resolve => setTimeout(resolve, 600));
    expect(graph.gateway.exitCode, 'a component is there').toBeNull();
    graph.component('a').process.kill('SIGKILL');
    await until(() => graph.gateway.exitCode === 0);
  });

  it('refuses a wrong token, and the component keeps waiting', async () => {
    await using graph = await LocalGraph.start({ a: { source: idle, wrongToken: 'guessed' } });
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(graph.statuses.a).toBe('waiting');
    expect(graph.component('a').process.exitCode).toBeNull();
    expect(await say(graph.gatewayPort, '{"type":"register","token":"guessed","edge_port":1}\n')).toBe(
      '{"type":"refused","reason":"the token is not known here"}\n',
    );
  });

  it.each([
    ['too long a line', `{"type":"register","token":"${'x'.repeat(70_000)}"`],
    ['what is not JSON', 'GET / HTTP/1.1\r\nHost: gateway\r\n\r\n'],
    ['another message first', '{"type":"ready"}\n'],
    ['null', 'null\n'],
  ])('closes a connection that sends %s, and lives on', async (_title, text) => {
    await using graph = await LocalGraph.start({});
    expect(await say(graph.gatewayPort, text)).toMatch(/^(\{"type":"refused".*\n)?$/);
    expect((await graph.request('GET', '/health')).status).toBe(200);
  });

  it('answers for its version, its deployments, and nothing else', async () => {
    await using graph = await LocalGraph.start({ a: { source: idle } });
    expect(JSON.parse((await graph.request('GET', '/health')).body)).toEqual({ version: expect.any(String) });
    expect((await graph.request('GET', '/deployments/dep_other/events')).status).toBe(404);
    expect((await graph.request('GET', '/elsewhere')).status).toBe(404);
    const wrong = await graph.request('PUT', '/deployments/dep_x', '{"vertices":[],"edges":[{"id":"e","from":"q"}]}');
    expect(wrong.status).toBe(400);
    expect(wrong.body).toContain('edges[0].from');
    expect((await graph.request('DELETE', '/deployments/dep_test')).status).toBe(204);
    expect((await graph.request('DELETE', '/deployments/dep_test')).status).toBe(204);
    expect((await graph.request('GET', '/deployments/dep_test/events')).status).toBe(404);
  });

  it('does not let one deployment take the token of another', async () => {
    await using graph = await LocalGraph.start({ a: { source: idle } });
    const vertex = { vertex_id: 'b', alias: 'b', token: 'token of a in dep_test' };
    const plan = JSON.stringify({ vertices: [vertex], edges: [] });
    expect((await graph.request('PUT', '/deployments/dep_thief', plan)).status).toBe(400);
  });

  it('tunnels to an endpoint of a deployment, and says what is not there', async () => {
    await using graph = await LocalGraph.start(
      { in: { source: idle, outputs: ['String'] }, out: echoEndpoint, late: { ...echoEndpoint, wrongToken: 'x' } },
      [],
    );
    await until(() => graph.statuses.out === 'waiting' || graph.statuses.out === 'registered');
    await until(() => graph.component('out').process.exitCode === null);
    expect(await tunnelStatus(graph, 'dep_other', 'out', 'out')).toBe(404);
    expect(await tunnelStatus(graph, 'dep_test', 'other', 'out')).toBe(404);
    expect(await tunnelStatus(graph, 'dep_test', 'out', 'other')).toBe(404);
    expect(await tunnelStatus(graph, 'dep_test', 'late', 'out')).toBe(502);
    await until(() => graph.statuses.out === 'registered');
    let status = 0;
    for (let attempt = 0; attempt < 100 && status !== 200; attempt++) {
      status = await tunnelStatus(graph, 'dep_test', 'out', 'out');
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    expect(status).toBe(200);
    const stream = graph.session.request({
      ':method': 'CONNECT',
      ':authority': 'component',
      deployment: 'dep_test',
      vertex: 'out',
      endpoint: 'out',
    });
    stream.write('GET /out HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const chunk of stream) text += chunk;
    expect(text).toMatch(/^HTTP\/1.1 426 /);
  });

  it('is reached through the relay, which ends with its stdin', async () => {
    await using graph = await LocalGraph.start({});
    const relay = spawn(process.execPath, [join(import.meta.dirname, '../../../resources/images/gateway/relay.js')], {
      env: { PROOFBENCH_GATEWAY_SOCKET: graph.socketPath },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exited = new Promise(resolve => relay.once('exit', resolve));
    const stream = Duplex.from({ readable: relay.stdout, writable: relay.stdin });
    const session = connectHttp2('http://gateway', { createConnection: () => stream });
    const request = session.request({ ':path': '/health' });
    let text = '';
    for await (const chunk of request) text += chunk;
    expect(JSON.parse(text)).toHaveProperty('version');
    session.destroy();
    relay.stdin.end();
    expect(await exited).toBe(0);
  });
});

function say(port: number, text: string): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', chunk => {
      answer += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}

function tunnelStatus(graph: LocalGraph, deployment: string, vertex: string, endpoint: string): Promise<number> {
  const stream = graph.session.request({
    ':method': 'CONNECT',
    ':authority': 'component',
    deployment,
    vertex,
    endpoint,
  });
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.once('response', headers => {
      resolve(Number(headers[':status']));
      stream.close();
    });
  });
}
