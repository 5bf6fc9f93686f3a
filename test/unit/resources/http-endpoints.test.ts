import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LocalGraph, until } from './local-graph.ts';

const ingress = (type: unknown) => ({
  source: { component: 'input_json_http' },
  outputs: [type],
  endpoints: [{ name: 'in', kind: 'ingress', transports: ['http', 'ws'] }],
});
const egress = (type: unknown) => ({
  source: { component: 'output_json_http' },
  inputs: [type],
  endpoints: [{ name: 'out', kind: 'egress', transports: ['ws'] }],
});
const json = { 'content-type': 'application/json' };
const type = { record: { n: 'Int64', data: 'Bytes' } };

async function roundTrip(of: unknown = type) {
  const graph = await LocalGraph.start({ in: ingress(of), out: egress(of) }, ['in.0 > out.0']);
  await graph.ready();
  const url = `http://127.0.0.1:${graph.component('in').httpPort}/in`;
  const post = (body: string, headers: Record<string, string> = json) => fetch(url, { method: 'POST', body, headers });
  return { graph, url, post, reader: `ws://127.0.0.1:${graph.component('out').httpPort}/out` };
}

async function read(url: string, protocol?: string) {
  const socket = new WebSocket(url, protocol ? [protocol] : []);
  const frames: string[] = [];
  let closed = 0;
  socket.on('message', data => frames.push(data.toString()));
  socket.on('close', code => {
    closed = code;
  });
  await new Promise(resolve => socket.once('open', resolve));
  return { socket, frames, closedWith: () => closed };
}

describe('harness endpoints', () => {
  it('carry a posted message to a reader, with its id for who asks for it', async () => {
    const { graph, post, reader } = await roundTrip();
    await using _ = graph;
    const plain = await read(reader);
    const joined = await read(reader, 'proofbench.v1');
    expect(joined.socket.protocol).toBe('proofbench.v1');
    const response = await post('{"n": 9007199254740993, "data": "aGk="}');
    expect(response.status).toBe(202);
    const { message_id } = (await response.json()) as { message_id: string };
    expect(message_id).toMatch(/^msg_[0-9a-hjkmnp-tv-z]{26}$/);
    await until(() => joined.frames.length === 2 && plain.frames.length === 1);
    expect(plain.frames).toEqual(['{"data":"aGk=","n":"9007199254740993"}']);
    expect(joined.frames).toEqual([`{"type":"message","message_ids":["${message_id}"]}`, plain.frames[0]]);
    plain.socket.terminate();
    joined.socket.terminate();
  });

  it.each([
    ['415 for another type', '{}', { 'content-type': 'text/plain' }, 415, 'application/json'],
    ['415 for no type', '{}', { 'content-type': '' }, 415, 'there is no Content-Type'],
    ['400 for what is not JSON', '{"n":', json, 400, 'JSON'],
    ['400 for JSON of another type', '{"n":1,"data":"!"}', json, 400, 'at .data: expected Bytes, got the string "!"'],
    ['400 for a missing field', '{"data":""}', json, 400, 'at .n: expected Int64, got nothing'],
    ['400 for a number out of range', '{"n":9300000000000000000,"data":""}', json, 400, 'expected Int64'],
  ])('answer %s', async (_title, body, headers, status, message) => {
    const { graph, post } = await roundTrip();
    await using _ = graph;
    const response = await post(body, headers as Record<string, string>);
    expect(response.status).toBe(status);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect(error.message).toContain(message);
    expect((await post('{"n":1,"data":""}')).status).toBe(202);
  });

  it('answer 413 past 64 MiB, before and while the body comes', async () => {
    const { graph, url } = await roundTrip();
    await using _ = graph;
    const { port } = new URL(url);
    const head = `POST /in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
    expect(await raw(Number(port), `${head}content-length: 67108865\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 413 [\s\S]*too_large/,
    );
    const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
    expect(await raw(Number(port), `${head}transfer-encoding: chunked\r\n\r\n`, chunk, 66)).toMatch(/^HTTP\/1.1 413 /);
  });

  it('answer 404, 405 and 426 where there is nothing to be had', async () => {
    const { graph, url, reader } = await roundTrip();
    await using _ = graph;
    expect((await fetch(`${url}side`)).status).toBe(404);
    expect((await fetch(url)).status).toBe(405);
    const plain = await fetch(reader.replace('ws:', 'http:'));
    expect(plain.status).toBe(426);
    expect(await plain.json()).toMatchObject({ error: { code: 'upgrade_required' } });
  });

  it('answer 429 with Retry-After once the graph is full, and take more when it has room', async () => {
    await using graph = await LocalGraph.start(
      {
        in: ingress('String'),
        slow: {
          source: `import { run } from 'pipelogic'; import { existsSync } from 'node:fs';
            run(async text => { while (!existsSync(process.env.GO)) await new Promise(r => setTimeout(r, 20)); });`,
          inputs: ['String'],
          env: { GO: `/tmp/ppl-go-${process.pid}` },
        },
      },
      ['in.0 > slow.0'],
    );
    await graph.ready();
    const url = `http://127.0.0.1:${graph.component('in').httpPort}/in`;
    const body = JSON.stringify('x'.repeat(4 * 1024 * 1024));
    const post = () => fetch(url, { method: 'POST', body, headers: json });
    let refused: Response | undefined;
    let accepted = 0;
    while (!refused && accepted < 100) {
      const response = await post();
      if (response.status === 202) accepted++;
      else refused = response;
    }
    expect(refused?.status).toBe(429);
    expect(refused?.headers.get('retry-after')).toBe('1');
    expect(accepted).toBeGreaterThan(16);
    const { writeFileSync, rmSync } = await import('node:fs');
    writeFileSync(`/tmp/ppl-go-${process.pid}`, '');
    try {
      let status = 0;
      for (let attempt = 0; attempt < 200 && status !== 202; attempt++) {
        status = (await post()).status;
        await new Promise(resolve => setTimeout(resolve, 25));
      }
      expect(status).toBe(202);
    } finally {
      rmSync(`/tmp/ppl-go-${process.pid}`);
    }
  });

  it('answer each WebSocket frame with its id or an error, in order', async () => {
    const { graph, url, reader } = await roundTrip('Int32');
    await using _ = graph;
    const out = await read(reader, 'proofbench.v1');
    const { socket, frames } = await read(url.replace('http:', 'ws:'));
    for (const text of ['1', '"two"', '3']) socket.send(text);
    await until(() => frames.length === 3 && out.frames.length === 4);
    const answers = frames.map(frame => JSON.parse(frame));
    expect(answers[1].error).toMatchObject({
      code: 'does_not_decode',
      message: expect.stringContaining('expected Int32'),
    });
    expect(out.frames).toEqual([
      `{"type":"message","message_ids":["${answers[0].message_id}"]}`,
      '1',
      `{"type":"message","message_ids":["${answers[2].message_id}"]}`,
      '3',
    ]);
    socket.terminate();
    out.socket.terminate();
  });

  it('discard what nobody reads, and close with 1013 who falls 16 MiB behind', async () => {
    const { graph, post, reader } = await roundTrip('String');
    await using _ = graph;
    const text = JSON.stringify('x'.repeat(4 * 1024 * 1024));
    expect((await post(text)).status).toBe(202);
    const quick = await read(reader);
    const slow = await read(reader);
    slow.socket.pause();
    for (let sent = 1; sent <= 12; sent++) {
      expect((await post(text)).status).toBe(202);
      await until(() => quick.frames.length === sent);
    }
    slow.socket.resume();
    await until(() => slow.closedWith() !== 0);
    expect(slow.closedWith()).toBe(1013);
    expect(slow.frames.length).toBeLessThan(12);
    expect(quick.closedWith()).toBe(0);
    quick.socket.terminate();
  });
});

function raw(port: number, head: string, chunk = '', times = 0): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(head);
      for (let i = 0; i < times; i++) socket.write(chunk);
    });
    let answer = '';
    socket.on('data', data => {
      answer += data;
      if (answer.includes('}}')) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}
