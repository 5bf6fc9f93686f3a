import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { EgressReader } from '../../../../electron/runtime/proof/driver.ts';

const signal = AbortSignal.timeout(20_000);

/** An egress that sends `frames` as soon as it is opened: text as it is, other values as JSON, bytes as bytes. */
async function framesOf(frames: readonly (object | string | Buffer)[], id: string, count: number) {
  const server = createServer();
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'proofbench.v1' });
  sockets.on('connection', (socket: WebSocket) => {
    for (const frame of frames) {
      socket.send(Buffer.isBuffer(frame) || typeof frame === 'string' ? frame : JSON.stringify(frame));
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    using reader = await EgressReader.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, signal);
    return await reader.collect(id, count, 10_000, 50, signal);
  } finally {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  }
}

const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

describe('the reader of an egress', () => {
  it('joins metadata with the bytes that follow it to one frame', async () => {
    const metadata = { width: 2, format: 'RGB' };
    const frames = await framesOf(
      [
        { type: 'message', message_ids: ['msg_1'], frames: 2 },
        { type: 'metadata', metadata },
        png,
        { type: 'message', message_ids: ['msg_2'], frames: 2 },
        { type: 'metadata', metadata: {} },
        Buffer.from('x'),
      ],
      'msg_2',
      1,
    );
    expect(frames).toMatchObject([{ message_ids: ['msg_2'], isBinary: true, metadata: {}, bytes: Buffer.from('x') }]);
    const first = await framesOf(
      [{ type: 'message', message_ids: ['msg_1'], frames: 2 }, { type: 'metadata', metadata }, png],
      'msg_1',
      1,
    );
    expect(first).toMatchObject([{ message_ids: ['msg_1'], isBinary: true, metadata, bytes: png }]);
  });

  it('takes a message of one frame as it is, whatever it looks like', async () => {
    const looks = { type: 'metadata', metadata: { width: 2 } };
    const frames = await framesOf(
      [
        { type: 'message', message_ids: ['msg_1'] },
        looks,
        { type: 'message', message_ids: ['msg_1'] },
        { type: 'message', message_ids: ['msg_9'] },
        { type: 'message', message_ids: ['msg_1'] },
        'null',
      ],
      'msg_1',
      3,
    );
    expect(frames.map(frame => JSON.parse(frame.bytes.toString()))).toEqual([
      looks,
      { type: 'message', message_ids: ['msg_9'] },
      null,
    ]);
    expect(frames.every(frame => frame.metadata === undefined)).toBe(true);
  });

  it('knows the inputs of every frame of a message of several', async () => {
    const frames = await framesOf([{ type: 'message', message_ids: ['msg_1'], frames: 3 }, '1', '2', '3'], 'msg_1', 3);
    expect(frames.map(frame => frame.bytes.toString())).toEqual(['1', '2', '3']);
  });
});
