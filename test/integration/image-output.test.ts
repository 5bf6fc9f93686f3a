import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { readBagFile } from '../../electron/runtime/evidence/read-bag.ts';
import { componentFolder, manifest } from '../support/components.ts';
import { decodePng, encodePng } from '../support/png.ts';
import { eventsOf, projectDir, Workspace } from '../support/workspace.ts';

const invert = `import { run } from 'pipelogic';

run(image => ({ ...image, data: image.data.map(value => 255 - value) }));
`;
const blueFirst = `from pipelogic.worker import run

def blue_first(image):
    data = bytearray(image["data"])
    data[0::3], data[2::3] = data[2::3], data[0::3]
    return {**image, "format": "BGR", "data": bytes(data)}

run(blue_first)
`;
const pixels = {
  width: 61,
  height: 40,
  channels: 3,
  data: Buffer.from(Array.from({ length: 61 * 40 * 3 }, (_, at) => (at * 7919) % 251)),
};
const imageComponent = { input: 'Image', output: 'Image' };
const throughImages = (text: string) =>
  text.replace('Input JSON HTTP', 'Input Image HTTP').replace('Output JSON HTTP', 'Output Image HTTP');

const proof = `proof:
  name: inverting
  cases:
    - name: pixels
      send: {to: in, fixture: pixels}
      expect:
        meaning: "Every pixel is inverted, and the picture keeps its size."
        from: out
        that:
          - output.width == 61 && output.height == 40
          - output.metadata.format == 'RGB'
          - output.media_type == 'image/png' && size(output.data) > 100
    - name: photo
      send: {to: in, fixture: dog}
      expect:
        meaning: "A photo keeps its size."
        from: out
        that:
          - output.metadata.width == 768 && output.metadata.height == 576
          - output.width == output.metadata.width
`;

describe('a graph that gives pictures', () => {
  it('is proved with a photo, and its bundle has the picture that came out and its metadata', async () => {
    await using workspace = new Workspace();
    const dir = workspace.folder({
      ...componentFolder({ ...imageComponent, name: 'Invert', main: invert }),
      'pixels.png': encodePng(pixels),
      'dog.jpg': readFileSync(join(projectDir, 'resources/examples/pets/fixtures/dog.jpg')),
      'proof.yml': throughImages(
        manifest({
          fixtures: '  - {name: pixels, path: ./pixels.png}\n  - {name: dog, path: ./dog.jpg}',
          proof,
        }),
      ),
    });
    const outcome = await workspace.ppl(['proof', 'run', 'proof.yml'], { cwd: dir });
    expect(outcome, outcome.stderr + outcome.stdout).toMatchObject({ code: 0 });
    const { bundle, evidence_id } = eventsOf(outcome.stdout).at(-1) as unknown as Record<string, string>;
    expect(await workspace.json(['evidence', 'verify', bundle as string])).toMatchObject({ ok: true });

    const shown = await workspace.json<{ record: { observed: { cases: { frames: unknown[] }[] } } }>([
      'evidence',
      'show',
      evidence_id as string,
    ]);
    const metadata = { width: 61, height: 40, format: 'RGB' };
    expect(shown.record.observed.cases[0]?.frames).toMatchObject([
      { path: 'outputs/pixels/0.png', media_type: 'image/png', metadata },
    ]);
    const read = (path: string) =>
      readBagFile(bundle as string, { evidenceId: evidence_id as string, name: `data/${path}` }, buffer);
    const picture = decodePng(await read('outputs/pixels/0.png'));
    expect(picture).toMatchObject({ width: 61, height: 40, channels: 3 });
    expect(picture.data.equals(Buffer.from(pixels.data.map(value => 255 - value)))).toBe(true);
    expect(JSON.parse(String(await read('outputs/pixels/0.json')))).toEqual(metadata);
    expect(decodePng(await read('outputs/photo/0.png'))).toMatchObject({ width: 768, height: 576 });
    expect(String(await read('report.html'))).toContain('<img alt="Output of pixels" src="data:image/png;base64,');
  });

  it('gives any client the metadata it asks for and then the same pixels, also from Python and with blue first', async () => {
    await using workspace = new Workspace();
    const dir = workspace.folder({
      ...componentFolder({ ...imageComponent, name: 'Blue first', main: blueFirst, python: true }),
      'pixels.png': encodePng(pixels),
      'live-test.yml': throughImages(manifest({ fixtures: '  - {name: pixels, path: ./pixels.png}' })).replace(
        '{harness: "Output Image HTTP"}',
        `{harness: "Output Image HTTP", params: {metadata_keys: {type: "[String]", value: '["format", "message_ids"]'}}}`,
      ),
    });
    const outcome = await workspace.ppl(['lease', 'run', '--test=live-test.yml', '--runtime=local', '--keep-lease'], {
      cwd: dir,
    });
    expect(outcome, outcome.stderr + outcome.stdout).toMatchObject({ code: 0 });
    const ready = eventsOf(outcome.stdout).at(-1) as unknown as {
      lease_id: string;
      endpoints: { alias: string; url: string }[];
    };
    const url = (alias: string) => ready.endpoints.find(endpoint => endpoint.alias === alias)?.url as string;
    const socket = new WebSocket(url('out').replace('http', 'ws'));
    const frames: { data: Buffer; isBinary: boolean }[] = [];
    const both = new Promise<void>(done =>
      socket.on('message', (data: Buffer, isBinary) => {
        if (frames.push({ data, isBinary }) === 2) done();
      }),
    );
    await new Promise(opened => socket.once('open', opened));
    const answer = await fetch(url('in'), {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array(encodePng(pixels)),
    });
    const { message_id } = (await answer.json()) as { message_id: string };
    await both;
    socket.close();
    expect(frames.map(({ isBinary }) => isBinary)).toEqual([false, true]);
    expect(JSON.parse(String(frames[0]?.data))).toEqual({
      type: 'metadata',
      metadata: { format: 'BGR', message_ids: [message_id] },
    });
    expect(decodePng(frames[1]?.data as Buffer)).toEqual(pixels);
    await workspace.json(['lease', 'rollback', ready.lease_id]);
  });
});
