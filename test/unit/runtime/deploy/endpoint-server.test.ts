import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EndpointServer } from '../../../../electron/runtime/endpoint/endpoint-server.ts';

const token = 'a-token-of-some-length-1234';
const stopped = 'another-token-of-a-stopped-one';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let component: Server;
let served: EndpointServer;
let upgraded: Duplex[];
beforeEach(async () => {
  upgraded = [];
  component = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', part => parts.push(part));
    incoming.on('end', () => {
      response.writeHead(201, { 'x-of-the-component': 'yes' });
      response.end(
        JSON.stringify({
          method: incoming.method,
          url: incoming.url,
          host: incoming.headers.host,
          body: Buffer.concat(parts).toString(),
        }),
      );
    });
  });
  component.on('upgrade', (incoming, socket, head) => {
    upgraded.push(socket);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n${incoming.url}`);
    socket.write(head);
    socket.pipe(socket);
  });
  await new Promise<void>(resolve => component.listen(0, '127.0.0.1', resolve));
  const { port } = component.address() as AddressInfo;
  served = new EndpointServer({
    resolve: hash =>
      hash === sha256(token)
        ? { backend_id: 'bck_1', vertex_id: 'vtx_1', name: 'http' }
        : hash === sha256(stopped)
          ? { backend_id: 'bck_2', vertex_id: 'vtx_1', name: 'http' }
          : undefined,
    running: backend => (backend === 'bck_1' ? 'dep_1' : undefined),
    tunnel: async () => connect({ port, host: '127.0.0.1' }),
    log: () => undefined,
  });
  await served.listen(0, false);
});
afterEach(async () => {
  await served[Symbol.asyncDispose]();
  for (const socket of upgraded) socket.destroy();
  component.closeAllConnections();
  await new Promise(resolve => component.close(resolve));
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  json: Record<string, unknown> & { error?: { code: string } };
}

function ask(
  path: string,
  options: { headers?: Record<string, string>; method?: string; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { headers = {}, method = 'GET', body } = options;
    const asked = request({ port: served.port, host: '127.0.0.1', path, method, headers, agent: false }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', part => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, json: JSON.parse(text) }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** What comes back, to the end or until it has `until` in it. */
function raw(text: string, until?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: served.port, host: '127.0.0.1' }, () => socket.write(text));
    let got = '';
    socket.setEncoding('utf8').on('data', part => {
      got += part;
      if (until !== undefined && got.includes(until)) socket.end();
    });
    socket.on('close', () => resolve(got));
    socket.on('error', reject);
  });
}

const upgrade = (path: string, headers: string) =>
  `GET ${path} HTTP/1.1\r\n${headers}\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n`;

describe('the endpoints of a workspace', () => {
  it('reach the component by their token, with path, query and body', async () => {
    const answer = await ask(`/e/${token}/a/b?c=d`, { method: 'POST', body: 'hello' });
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'x-of-the-component': 'yes' },
      json: { method: 'POST', url: '/http/a/b?c=d', host: 'component', body: 'hello' },
    });
    expect((await ask(`/e/${token}`)).json.url).toBe('/http');
    expect((await ask(`/e/${token}/`)).json.url).toBe('/http');
    expect(served.url(token)).toBe(`http://127.0.0.1:${served.port}/e/${token}/`);
  });

  it('answer under their own names only', async () => {
    for (const host of [
      'example.com',
      `example.com:${served.port}`,
      '127.0.0.1',
      `127.0.0.1:${served.port + 1}`,
      `127.0.0.1.nip.io:${served.port}`,
    ])
      expect(await ask(`/e/${token}/`, { headers: { host } }), host).toMatchObject({
        status: 421,
        json: { error: { code: 'wrong_host' } },
      });
    expect((await ask(`/e/${token}/`, { headers: { host: `localhost:${served.port}` } })).status).toBe(201);
  });

  it('are not for the pages of other origins', async () => {
    for (const origin of [
      'https://example.com',
      'null',
      `http://127.0.0.1:${served.port + 1}`,
      `https://127.0.0.1:${served.port}`,
      '',
    ])
      expect(await ask(`/e/${token}/`, { headers: { origin } }), origin).toMatchObject({
        status: 403,
        json: { error: { code: 'wrong_origin' } },
      });
    expect((await ask(`/e/${token}/`, { headers: { origin: `http://127.0.0.1:${served.port}` } })).status).toBe(201);
  });

  it('are not found under a token that nobody has', async () => {
    for (const path of [
      `/e/${token}x/`,
      '/e/short/',
      '/',
      '/e/',
      `/x/${token}/`,
      `//e/${token}/`,
      `/e/${token.slice(0, -1)}/`,
    ])
      expect(await ask(path), path).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } });
  });

  it('say that nothing is running behind them', async () => {
    expect(await ask(`/e/${stopped}/`)).toMatchObject({ status: 404, json: { error: { code: 'not_running' } } });
    expect(await ask(`/e/${stopped}/`, { method: 'POST', body: 'x'.repeat(200_000) })).toMatchObject({ status: 404 });
  });

  it('carry what is upgraded, under the same rules', async () => {
    const own = `host: 127.0.0.1:${served.port}`;
    const echoed = await raw(`${upgrade(`/e/${token}/ws`, own)}ping`, 'ping');
    expect(echoed).toContain('101 Switching Protocols');
    expect(echoed).toContain('/http/wsping');
    expect(await raw(upgrade(`/e/${token}/ws`, 'host: example.com'))).toMatch(/^HTTP\/1\.1 421 .*wrong_host/s);
    expect(await raw(upgrade(`/e/${token}/ws`, `${own}\r\norigin: https://example.com`))).toMatch(
      / 403 .*wrong_origin/s,
    );
    expect(await raw(upgrade(`/e/${token}x/ws`, own))).toMatch(/ 404 .*"not_found"/s);
    expect(await raw(upgrade(`/e/${stopped}/ws`, own))).toMatch(/ 404 .*not_running/s);
  });

  it('end what was upgraded when the host leaves', async () => {
    const open = connect({ port: served.port, host: '127.0.0.1' });
    open.write(upgrade(`/e/${token}/ws`, `host: 127.0.0.1:${served.port}`));
    await new Promise(resolve => open.once('data', resolve));
    const left = served[Symbol.asyncDispose]().then(() => 'left');
    const late = new Promise(resolve => setTimeout(resolve, 1000, 'still there'));
    try {
      expect(await Promise.race([left, late])).toBe('left');
    } finally {
      open.destroy();
      await left;
    }
  });

  it('say when the component cannot be reached', async () => {
    component.closeAllConnections();
    await new Promise(resolve => component.close(resolve));
    expect(await ask(`/e/${token}/`)).toMatchObject({ status: 502, json: { error: { code: 'bad_gateway' } } });
    await new Promise<void>(resolve => component.listen(0, '127.0.0.1', resolve));
  });

  it('move to another port only when they may', async () => {
    const options = {
      resolve: () => undefined,
      running: () => undefined,
      tunnel: () => Promise.reject(new Error('no tunnel')),
      log: () => undefined,
    };
    await using stays = new EndpointServer(options);
    await expect(stays.listen(served.port, false)).rejects.toMatchObject({
      code: 'port_in_use',
      details: { port: served.port },
    });
    await using moves = new EndpointServer(options);
    await moves.listen(served.port, true);
    expect(moves.port).not.toBe(served.port);
    expect(moves.port).toBeGreaterThan(0);
  });
});
