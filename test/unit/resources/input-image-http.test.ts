import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LocalGraph, until } from './local-graph.ts';

const image = { record: { width: 'UInt64', height: 'UInt64', format: 'String', data: 'Bytes' } };
let graph: LocalGraph;
// biome-ignore lint/suspicious/noExplicitAny: sharp is a dependency of the component under test, not of this project
let sharp: any;

beforeAll(async () => {
  graph = await LocalGraph.start(
    {
      in: {
        source: { component: 'input_image_http' },
        outputs: [image],
        endpoints: [{ name: 'in', kind: 'ingress', transports: ['http', 'ws'] }],
      },
      sink: {
        source: `import { run } from 'pipelogic';
          run(({ width, height, format, data }) => {
            console.log(JSON.stringify([width, height, format, data.length, ...data.subarray(0, 3)]));
          });`,
        inputs: [image],
      },
    },
    ['in.0 > sink.0'],
  );
  await graph.ready();
  sharp = createRequire(`${graph.folderOf('in')}/src/main.js`)('sharp');
}, 120_000);

afterAll(async () => {
  await graph?.[Symbol.asyncDispose]();
});

const url = () => `http://127.0.0.1:${graph.component('in').httpPort}/in`;
const post = (body: Buffer, type = 'image/png') =>
  fetch(url(), { method: 'POST', body: new Uint8Array(body), headers: { 'content-type': type } });

async function emitted(send: () => Promise<unknown>): Promise<unknown[]> {
  const sink = graph.component('sink');
  const before = sink.stdout.length;
  await send();
  await until(() => sink.stdout.endsWith('\n') && sink.stdout.length > before);
  return JSON.parse(sink.stdout.slice(before));
}

const red = { create: { width: 4, height: 2, channels: 3, background: '#ff0000' } };

describe('Input Image HTTP', () => {
  it.each(['png', 'webp', 'jpeg'])('decodes %s to RGB', async format => {
    const bytes = await sharp(red).toFormat(format, { quality: 100 }).toBuffer();
    const pixels = await emitted(async () => expect((await post(bytes, `image/${format}`)).status).toBe(202));
    expect(pixels.slice(0, 4)).toEqual([4, 2, 'RGB', 24]);
    expect(pixels[4]).toBeGreaterThan(250);
    expect(pixels[5]).toBeLessThan(5);
  });

  it('turns a picture upright as its EXIF says', async () => {
    const bytes = await sharp(red).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect((await emitted(() => post(bytes, 'image/jpeg'))).slice(0, 4)).toEqual([2, 4, 'RGB', 24]);
  });

  it('makes RGB of grey, transparent, 16-bit and CMYK pictures', async () => {
    const grey = await sharp(red).greyscale().png().toBuffer();
    expect((await emitted(() => post(grey)))[3]).toBe(24);
    const clear = await sharp({
      create: { width: 1, height: 1, channels: 4, background: { r: 255, g: 9, b: 9, alpha: 0 } },
    })
      .png()
      .toBuffer();
    expect(await emitted(() => post(clear))).toEqual([1, 1, 'RGB', 3, 0, 0, 0]);
    const deep = await sharp(red).toColourspace('rgb16').png().toBuffer();
    expect(await emitted(() => post(deep))).toEqual([4, 2, 'RGB', 24, 255, 0, 0]);
    const cmyk = await sharp(red).toColourspace('cmyk').jpeg().toBuffer();
    expect((await emitted(() => post(cmyk, 'image/jpeg')))[3]).toBe(24);
  });

  it('takes a picture a WebSocket frame', async () => {
    const socket = new WebSocket(url().replace('http:', 'ws:'));
    await new Promise(resolve => socket.once('open', resolve));
    const answer = new Promise(resolve => socket.once('message', data => resolve(JSON.parse(data.toString()))));
    const bytes = await sharp(red).png().toBuffer();
    expect((await emitted(async () => socket.send(bytes)))[0]).toBe(4);
    expect(await answer).toHaveProperty('message_id');
    socket.terminate();
  });

  it.each([
    ['no picture', async () => Buffer.from('not a picture at all'), 'unsupported image format'],
    ['nothing', async () => Buffer.alloc(0), ''],
    ['half a picture', async () => half(await noise()), ''],
    ['another format', () => sharp(red).gif().toBuffer(), 'gif'],
    ['a bomb of pixels', () => bomb(), 'pixel limit'],
  ])('refuses %s with the reason', async (_title, bytes, reason) => {
    const response = await post(await bytes());
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { message: string } };
    expect(error.message.toLowerCase()).toContain(reason);
    expect(error.message).not.toBe('');
    expect(graph.component('in').stderr).toBe('');
  });
});

function noise(): Promise<Buffer> {
  const raw = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251));
  return sharp(raw, { raw: { width: 64, height: 64, channels: 3 } })
    .png()
    .toBuffer();
}

function bomb(): Promise<Buffer> {
  return sharp({ create: { width: 9000, height: 8000, channels: 3, background: '#000' }, limitInputPixels: false })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

function half(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length >> 1);
}
