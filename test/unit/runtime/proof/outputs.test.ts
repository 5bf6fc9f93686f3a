import { describe, expect, it } from 'vitest';
import { evaluate, toCel } from '../../../../electron/runtime/proof/cel.ts';
import type { Frame } from '../../../../electron/runtime/proof/driver.ts';
import { outputsOf } from '../../../../electron/runtime/proof/outputs.ts';
import { framesOf, outputFiles } from '../../../../electron/runtime/proof/record-files.ts';

const frame = (bytes: Buffer, other: Partial<Frame> = {}): Frame => ({
  atMs: 5,
  monotonicMs: 5,
  message_ids: ['msg_1'],
  bytes,
  isBinary: true,
  ...other,
});
/** A PNG as far as its size. */
const head = Buffer.concat([
  Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
  Buffer.from([0, 0, 2, 128, 0, 0, 1, 224]),
]);
const picture = frame(head, { metadata: { format: 'BGR', width: 640 } });
const holds = (expression: string, frames: Frame[]) => {
  const { outputs, type } = outputsOf(frames, { record: { width: 'UInt64' } });
  // As the thread that evaluates gets them.
  const values = structuredClone(outputs).map(output => toCel(output, type));
  return evaluate(expression, values[0], values);
};

describe('what expressions see of a picture', () => {
  it.each([
    'output.width == 640 && output.height == 480',
    'output.width / 2 == 320',
    "output.metadata.format == 'BGR' && output.metadata.width == output.width",
    "output.media_type == 'image/png'",
    'size(output.data) == 24 && type(output.data) == bytes',
    '!has(output.metadata.message_ids)',
    'outputs.size() == 1',
  ])('%s', expression => {
    expect(holds(expression, [picture])).toBe(true);
  });

  it('has no size where the bytes are another file', () => {
    const other = frame(Buffer.from('OggS'), { metadata: {} });
    expect(holds("!has(output.width) && output.media_type == 'application/octet-stream'", [other])).toBe(true);
  });

  it('leaves JSON and bytes without metadata to the type of the endpoint', () => {
    const json = frame(Buffer.from('{"width": 3}'), { isBinary: false });
    expect(outputsOf([json], 'any')).toEqual({ outputs: [{ width: 3 }], type: 'any' });
    expect(outputsOf([frame(Buffer.from('hi'))], 'Bytes')).toEqual({ outputs: ['aGk='], type: 'Bytes' });
    expect(holds('output.width == 3', [json])).toBe(true);
  });
});

describe('the files of an output', () => {
  it('are the picture and its metadata beside it', () => {
    const result = { name: 'a dog', frames: [picture, frame(Buffer.from('{}'), { isBinary: false })] };
    const files = outputFiles(result as Parameters<typeof outputFiles>[0]);
    expect(files.map(({ path }) => path)).toEqual([
      'outputs/a_dog/0.png',
      'outputs/a_dog/0.json',
      'outputs/a_dog/1.json',
    ]);
    expect(JSON.parse(String(files[1]?.source))).toEqual({ format: 'BGR', width: 640 });
    expect(framesOf(result as Parameters<typeof framesOf>[0])).toHaveLength(2);
  });
});
