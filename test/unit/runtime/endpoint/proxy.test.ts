import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type WebSocket as Connected, WebSocket, WebSocketServer } from 'ws';
import { Proxied } from './proxied.ts';

const MiB = 2 ** 20;

describe('an endpoint, through the host and the gateway', () => {
  it('takes a body of 64 MiB and gives one back, in memory that does not grow with it', async () => {
    await using proxied = await Proxied.start();
    let taken = 0;
    proxied.component.on('request', (incoming, response) => {
      taken = 0;
      incoming.on('data', (chunk: Buffer) => {
        taken += chunk.length;
      });
      incoming.on('end', () => pour(response, 64 * MiB));
    });
    await exchange(proxied.url, 64 * MiB);
    const before = { gateway: proxied.memory('gateway'), host: proxied.memory('host') };
    for (let round = 0; round < 3; round++) {
      expect(await exchange(proxied.url, 64 * MiB)).toEqual({ status: 200, bytes: 64 * MiB });
      expect(taken).toBe(64 * MiB);
    }
    expect(proxied.memory('gateway') - before.gateway).toBeLessThan(48 * MiB);
    expect(proxied.memory('host') - before.host).toBeLessThan(96 * MiB);
  });

  it('keeps 2,000 WebSockets open at once, serves them all, and outlives them leaving at once', async () => {
    await using proxied = await Proxied.start();
    await using echo = echoes(proxied);
    const sockets: WebSocket[] = [];
    for (let opened = 0; opened < 2_000; opened += 100) {
      sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => open(proxied.url)))));
    }
    expect(echo.clients.size).toBe(2_000);
    const answers = await Promise.all(sockets.map((socket, index) => ask(socket, `hello ${index}`)));
    expect(answers.filter((answer, index) => answer === `hello ${index}`)).toHaveLength(2_000);
    for (const socket of sockets) socket.terminate();
    await until(() => echo.clients.size === 0);
    const after = await open(proxied.url);
    expect(await ask(after, 'still there')).toBe('still there');
    after.terminate();
  });

  it('outlives thousands of clients that give up on their answers at once', async () => {
    await using proxied = await Proxied.start();
    let waiting = 0;
    proxied.component.on('request', (incoming, response) => {
      if (incoming.url === '/http/wait') waiting++;
      else response.end('here');
      response.on('close', () => incoming.url === '/http/wait' && waiting--);
    });
    const asked = Array.from({ length: 2_000 }, () => {
      const one = request(`${proxied.url}wait`, { agent: false });
      one.on('error', () => undefined).end();
      return one;
    });
    await until(() => waiting === 2_000);
    for (const one of asked) one.destroy();
    await until(() => waiting === 0);
    expect(await (await fetch(proxied.url)).text()).toBe('here');
  });

  it('lets readers that do not read hold up nobody else, and holds little for them', async () => {
    await using proxied = await Proxied.start();
    await using server = new WebSocketServerOf(proxied);
    const stalled: Connected[] = [];
    server.on('connection', socket => {
      socket.on('message', text => socket.send(text));
      stalled.push(socket);
    });
    const readers = await Promise.all(Array.from({ length: 20 }, () => open(proxied.url)));
    for (const reader of readers) reader.pause();
    const before = proxied.memory('gateway');
    const block = Buffer.alloc(MiB);
    for (const socket of stalled) for (let sent = 0; sent < 32; sent++) socket.send(block);
    // Until nothing more of it moves.
    let left = -1;
    const buffered = () => stalled.reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0);
    while (left !== buffered()) {
      left = buffered();
      await new Promise(resolve => setTimeout(resolve, 300));
    }
    expect(left).toBeGreaterThan(0);
    const quick = await open(proxied.url);
    for (let round = 0; round < 20; round++) {
      expect(await ask(quick, `round ${round}`)).toBe(`round ${round}`);
    }
    expect(proxied.memory('gateway') - before).toBeLessThan(100 * MiB);
    // And nothing was lost: whoever reads again gets all of it.
    const all = new Promise<number>(resolve => {
      let bytes = 0;
      readers[0]?.on('message', (data: Buffer) => {
        bytes += data.length;
        if (bytes === 32 * MiB) resolve(bytes);
      });
    });
    readers[0]?.resume();
    expect(await all).toBe(32 * MiB);
    quick.terminate();
    for (const reader of readers) reader.terminate();
  });

  it('lets senders whose component does not read hold up nobody else', async () => {
    await using proxied = await Proxied.start();
    const unread: IncomingMessage[] = [];
    proxied.component.on('request', (incoming, response) => {
      if (incoming.url === '/http/stall') {
        unread.push(incoming.on('error', () => undefined));
        return;
      }
      incoming.resume().on('end', () => response.end('done'));
    });
    const before = proxied.memory('gateway');
    const stalled = Array.from({ length: 30 }, () => {
      const sender = request(`${proxied.url}stall`, { method: 'POST', agent: false });
      sender.on('error', () => undefined);
      let written = 0;
      const more = () => {
        while (written < 16 && sender.write(Buffer.alloc(MiB / 4))) written++;
        if (written++ < 16) sender.once('drain', more);
      };
      more();
      return sender;
    });
    await new Promise(resolve => setTimeout(resolve, 2_000));
    for (let round = 0; round < 10; round++) {
      expect(await exchange(proxied.url, 1_000)).toMatchObject({ status: 200 });
    }
    expect(proxied.memory('gateway') - before).toBeLessThan(100 * MiB);
    for (const sender of stalled) sender.destroy();
    expect(unread).toHaveLength(30);
    for (const incoming of unread) incoming.resume();
    await until(() => unread.every(({ errored }) => errored !== null));
  });

  it('keeps each half of a socket open for as long as its side does', async () => {
    await using proxied = await Proxied.start();
    const upgraded: Duplex[] = [];
    proxied.component.on('upgrade', (incoming, socket) => {
      upgraded.push(socket);
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: raw\r\nconnection: upgrade\r\n\r\n');
      let got = '';
      socket.on('data', (text: Buffer) => {
        got += text;
      });
      // The client ended first: what is said after that still arrives.
      if (incoming.url === '/http/client') socket.on('end', () => setTimeout(() => socket.end(`heard: ${got}`), 50));
      // The component ends first: what the client says after that still arrives.
      else {
        socket.end('all of mine');
        socket.on('end', () => heard(got));
      }
    });
    let heard = (_: string) => undefined as unknown;
    const first = raw(proxied, upgradeTo('client'));
    first.end('the last word');
    expect(await textOf(first)).toMatch(/heard: the last word$/);

    const all = new Promise<string>(resolve => {
      heard = resolve;
    });
    const second = raw(proxied, upgradeTo('component'));
    expect(await textOf(second)).toMatch(/all of mine$/);
    second.end('and mine');
    expect(await all).toBe('and mine');
  });

  it('tells the component when a client disappears, in mid-body and in mid-answer', async () => {
    await using proxied = await Proxied.start();
    const cut: string[] = [];
    proxied.component.on('request', (incoming, response) => {
      incoming.on('data', () => undefined).on('error', () => cut.push('body'));
      if (incoming.url !== '/http/answer') return;
      response.on('close', () => response.writableFinished || cut.push('answer'));
      response.write('the beginning');
    });
    const sender = request(proxied.url, { method: 'POST', headers: { 'content-length': 1_000 }, agent: false });
    sender.on('error', () => undefined).write('half of it');
    await until(() => proxied.connections === 1);
    sender.destroy();
    await until(() => cut.includes('body'));

    const reader = request(`${proxied.url}answer`, { agent: false });
    reader.on('error', () => undefined).end();
    await new Promise(resolve => reader.once('response', resolve));
    reader.destroy();
    await until(() => cut.includes('answer'));
  });

  it('answers 502 when the component dies before it answers, and cuts off what it dies in the middle of', async () => {
    await using proxied = await Proxied.start();
    proxied.component.on('request', (incoming, response) => {
      if (incoming.url === '/http/middle') response.writeHead(200, { 'content-length': 1_000 }).write('some of it');
      setTimeout(() => proxied.killComponent(), 50);
    });
    proxied.component.on('upgrade', () => setTimeout(() => proxied.killComponent(), 50));
    const before = await fetch(proxied.url, { method: 'POST', body: 'hello' });
    expect(before.status).toBe(502);
    expect(await before.json()).toMatchObject({ error: { code: 'bad_gateway' } });
    await expect(fetch(`${proxied.url}middle`).then(answer => answer.text())).rejects.toThrow();
    expect(await textOf(raw(proxied, upgradeTo('')))).toMatch(/^HTTP\/1\.1 502 Bad Gateway[\s\S]*bad_gateway/);
  });

  it('answers 502 at once when the gateway is lost, and ends what was open', async () => {
    await using proxied = await Proxied.start();
    await using _ = echoes(proxied);
    const socket = await open(proxied.url);
    const ended = new Promise(resolve => socket.once('close', resolve));
    proxied.gateway.kill('SIGKILL');
    await ended;
    const answer = await fetch(proxied.url);
    expect(answer.status).toBe(502);
  });

  it('has the component say whether it wants a body that the sender asks for first', async () => {
    await using proxied = await Proxied.start();
    proxied.component.on('checkContinue', (incoming, response) => {
      if (incoming.headers['content-length'] === '5') {
        response.writeContinue();
        incoming.pipe(response);
      } else response.writeHead(413).end('too much');
    });
    const asks = (bytes: string) =>
      new Promise<{ status: number | undefined; continued: boolean }>((resolve, reject) => {
        const headers = { expect: '100-continue', 'content-length': bytes };
        const asked = request(proxied.url, { method: 'POST', headers, agent: false });
        let continued = false;
        asked.on('continue', () => {
          continued = true;
          asked.end('hello');
        });
        asked.on('response', response => {
          response.resume();
          resolve({ status: response.statusCode, continued });
          asked.destroy();
        });
        asked.on('error', reject).flushHeaders();
      });
    expect(await asks('5')).toEqual({ status: 200, continued: true });
    expect(await asks('67108865')).toEqual({ status: 413, continued: false });
  });

  it('keeps a body apart from the next request, whatever the method', async () => {
    await using proxied = await Proxied.start();
    const asked: string[] = [];
    proxied.component.on('request', (incoming, response) => {
      let body = '';
      incoming.on('data', chunk => {
        body += chunk;
      });
      incoming.on('end', () => {
        asked.push(`${incoming.method} ${body}`);
        response.setHeader('set-cookie', ['a=1', 'b=2']);
        response.end();
      });
    });
    for (const method of ['GET', 'DELETE', 'POST', 'PUT']) {
      const headers = { 'transfer-encoding': 'chunked', 'x-twice': ['1', '2'] };
      const sent = request(proxied.url, { method, headers, agent: false });
      sent.write('GET /http HTTP/1.1\r\n');
      sent.end('host: x\r\n\r\n');
      const response = await new Promise<IncomingMessage>(resolve => sent.once('response', resolve));
      expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2']);
      response.resume();
    }
    const body = 'GET /http HTTP/1.1\r\nhost: x\r\n\r\n';
    expect(asked).toEqual([`GET ${body}`, `DELETE ${body}`, `POST ${body}`, `PUT ${body}`]);
  });

  it('passes on what a component says instead of upgrading', async () => {
    await using proxied = await Proxied.start();
    proxied.component.on('upgrade', (_incoming, socket) => {
      socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 8\r\n\r\nnot here');
    });
    expect(await textOf(raw(proxied, upgradeTo('')))).toMatch(
      /^HTTP\/1\.1 426 [\s\S]*connection: close[\s\S]*not here$/,
    );
  });

  it('uses no connection again that the component has closed', async () => {
    await using proxied = await Proxied.start();
    proxied.component.on('request', (incoming, response) => incoming.resume().on('end', () => response.end('ok')));
    for (let round = 0; round < 5; round++) {
      expect((await fetch(proxied.url, { method: 'POST', body: 'x' })).status).toBe(200);
      proxied.component.closeIdleConnections();
      await until(() => proxied.connections === 0);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  });
});

/** A WebSocket server on the component. */
class WebSocketServerOf extends WebSocketServer implements AsyncDisposable {
  constructor(proxied: Proxied) {
    super({ noServer: true, perMessageDeflate: false });
    proxied.component.on('upgrade', (incoming, socket, head) => {
      this.handleUpgrade(incoming, socket, head, connected => this.emit('connection', connected));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.clients) client.terminate();
  }
}

function echoes(proxied: Proxied): WebSocketServerOf {
  const server = new WebSocketServerOf(proxied);
  server.on('connection', socket => socket.on('message', data => socket.send(data.toString())));
  return server;
}

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http:', 'ws:'), { perMessageDeflate: false });
  await new Promise((opened, failed) => socket.once('open', opened).once('error', failed));
  return socket;
}

function ask(socket: WebSocket, text: string): Promise<string> {
  return new Promise(resolve => {
    socket.once('message', data => resolve(data.toString()));
    socket.send(text);
  });
}

/** Sends `bytes` as fast as they are taken and counts what comes back. */
async function exchange(url: string, bytes: number): Promise<{ status: number | undefined; bytes: number }> {
  const sent = request(url, { method: 'POST', agent: false });
  const answer = new Promise<IncomingMessage>((resolve, reject) => sent.on('response', resolve).on('error', reject));
  pour(sent, bytes);
  const response = await answer;
  let got = 0;
  for await (const chunk of response) got += (chunk as Buffer).length;
  return { status: response.statusCode, bytes: got };
}

function pour(into: ClientRequest | NodeJS.WritableStream, bytes: number): void {
  const block = Buffer.alloc(Math.min(bytes, 64 * 1024), 'x');
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const part = block.subarray(0, Math.min(left, block.length));
      left -= part.length;
      if (!into.write(part) && left > 0) return into.once('drain', more);
    }
    into.end();
  };
  more();
}

function upgradeTo(path: string): (proxied: Proxied) => string {
  return proxied => {
    const { pathname, host } = new URL(proxied.url);
    return `GET ${pathname}${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: upgrade\r\nupgrade: raw\r\n\r\n`;
  };
}

function raw(proxied: Proxied, text: (proxied: Proxied) => string): Socket {
  const socket = connect({ port: proxied.server.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.write(text(proxied));
  return socket;
}

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) text += chunk;
  return text;
}

async function until(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !condition(); await new Promise(resolve => setTimeout(resolve, 10))) {
    if (Date.now() > deadline) throw new Error(`gave up waiting: ${condition}`);
  }
}
