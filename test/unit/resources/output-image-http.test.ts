import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LocalGraph, until } from './local-graph.ts';

const image = { record: { width: 'UInt64', height: 'UInt64', format: 'String', data: 'Bytes' } };
const keys = ['width', 'height', 'format'];
const egress = (metadata_keys: string[]) => ({
  source: { component: 'output_image_http' },
  inputs: [image],
  endpoints: [{ name: 'out', kind: 'egress', transports: ['ws'] }],
  config: { metadata_keys },
});
const ingress = {
  source: { component: 'input_json_http' },
  outputs: [image],
  endpoints: [{ name: 'in', kind: 'ingress', transports: ['http', 'ws'] }],
};
let graph: LocalGraph;
// biome-ignore lint/suspicious/noExplicitAny: sharp is a dependency of the component under test, not of this project
let sharp: any;

beforeAll(async () => {
  graph = await LocalGraph.start(
    {
      in: ingress,
      out: egress(keys),
      ids: egress(['message_ids', 'width']),
      bare: egress([]),
    },
    ['in.0 > out.0', 'in.0 > ids.0', 'in.0 > bare.0'],
  );
  await graph.ready();
  sharp = createRequire(`${graph.folderOf('out')}/src/main.js`)('sharp');
}, 180_000);

afterAll(async () => {
  await graph?.[Symbol.asyncDispose]();
});

interface Picture {
  width: number;
  height: number;
  format: string;
  data: number[];
}

async function post({ width, height, format, data }: Picture, to = graph): Promise<string> {
  const body = JSON.stringify({ width, height, format, data: Buffer.from(data).toString('base64') });
  const response = await fetch(`http://127.0.0.1:${to.component('in').httpPort}/in`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { message_id: string }).message_id;
}

/** Text frames as their JSON, binary ones as bytes. */
async function read(alias: string, protocol?: string, from = graph) {
  const socket = new WebSocket(
    `ws://127.0.0.1:${from.component(alias).httpPort}/out`,
    protocol === undefined ? [] : [protocol],
  );
  const frames: unknown[] = [];
  socket.on('message', (data: Buffer, isBinary) => frames.push(isBinary ? data : JSON.parse(data.toString())));
  await new Promise(resolve => socket.once('open', resolve));
  return { frames, [Symbol.dispose]: () => socket.terminate() };
}

async function pixelsOf(frame: unknown) {
  const { format, space } = await sharp(frame).metadata();
  expect(format).toBe('png');
  const { data, info } = await sharp(frame).toColourspace(space).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data: [...data] };
}

const rgb = { width: 2, height: 1, format: 'RGB', data: [255, 1, 2, 3, 254, 5] };

describe('Output Image HTTP', () => {
  it('sends what a picture is and then its bytes as PNG, with its message ids for who asks for them', async () => {
    using plain = await read('out');
    using joined = await read('out', 'proofbench.v1');
    const id = await post(rgb);
    await until(() => plain.frames.length === 2 && joined.frames.length === 3);
    expect(plain.frames[0]).toEqual({ type: 'metadata', metadata: { width: 2, height: 1, format: 'RGB' } });
    expect(await pixelsOf(plain.frames[1])).toEqual({ width: 2, height: 1, channels: 3, data: rgb.data });
    expect(joined.frames).toEqual([{ type: 'message', message_ids: [id], frames: 2 }, ...plain.frames]);
  });

  it('says of a picture what metadata_keys asks for', async () => {
    using ids = await read('ids');
    using bare = await read('bare');
    const id = await post(rgb);
    await until(() => ids.frames.length === 2 && bare.frames.length === 2);
    expect(ids.frames[0]).toEqual({ type: 'metadata', metadata: { message_ids: [id], width: 2 } });
    expect(bare.frames[0]).toEqual({ type: 'metadata', metadata: {} });
  });

  it.each([
    ['BGR', [2, 1, 255, 5, 254, 3], 3, rgb.data],
    ['RGBA', [255, 1, 2, 0, 3, 254, 5, 128], 4, [255, 1, 2, 0, 3, 254, 5, 128]],
    ['BGRA', [2, 1, 255, 0, 5, 254, 3, 128], 4, [255, 1, 2, 0, 3, 254, 5, 128]],
    ['GRAY', [7, 250], 1, [7, 250]],
  ])('keeps every pixel of %s', async (format, data, channels, expected) => {
    using out = await read('out');
    await post({ width: 2, height: 1, format, data });
    await until(() => out.frames.length === 2);
    expect(out.frames[0]).toMatchObject({ metadata: { format } });
    expect(await pixelsOf(out.frames[1])).toEqual({ width: 2, height: 1, channels, data: expected });
  });

  it('discards what nobody reads', async () => {
    await post({ ...rgb, data: [9, 9, 9, 9, 9, 9] });
    using out = await read('out');
    await post(rgb);
    await until(() => out.frames.length === 2);
    expect((await pixelsOf(out.frames[1])).data).toEqual(rgb.data);
  });

  it('ends with the reason when it is asked for metadata that there is none of', async () => {
    await using other = await LocalGraph.start({ out: egress(['width', 'colour']) }, [], 'dep_keys');
    expect(await other.component('out').exited).toBe(1);
    expect(other.component('out').stderr).toContain(
      'metadata_keys has colour; the metadata is made of width, height, format, message_ids',
    );
  }, 60_000);

  it.each([
    [{ ...rgb, data: [1, 2, 3] }, 'an Image of 2 × 1 RGB has 6 bytes of data, and this one has 3'],
    [{ ...rgb, format: 'YUV' }, 'an Image of format "YUV" is not one of RGB, BGR, RGBA, BGRA, GRAY'],
    [{ ...rgb, width: 0, data: [] }, 'an Image of 0 × 1 has no pixels'],
  ])(
    'ends with the reason on an image that is none (%#)',
    async (picture, reason) => {
      await using other = await LocalGraph.start({ in: ingress, out: egress(keys) }, ['in.0 > out.0'], 'dep_none');
      await other.ready();
      using _ = await read('out', undefined, other);
      await post(picture, other);
      expect(await other.component('out').exited).toBe(1);
      expect(other.component('out').stderr).toContain(reason);
    },
    60_000,
  );
});
