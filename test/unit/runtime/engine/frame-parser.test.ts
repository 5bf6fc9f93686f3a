import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FrameParser } from '../../../../electron/runtime/engine/frame-parser.ts';

function frame(stream: number, data: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}

describe('taking apart what a container wrote', () => {
  it('gives every byte to its stream however the connection cuts it up', () => {
    const out = randomBytes(3000);
    const err = randomBytes(500);
    const bytes = Buffer.concat([
      frame(1, out.subarray(0, 1)),
      frame(2, err),
      frame(1, Buffer.alloc(0)),
      frame(1, out.subarray(1)),
    ]);
    for (const size of [1, 3, 7, 8, 9, 1000, bytes.length]) {
      const parser = new FrameParser();
      const got: [Buffer[], Buffer[]] = [[], []];
      for (let at = 0; at < bytes.length; at += size) {
        for (const piece of parser.feed(bytes.subarray(at, at + size))) got[piece.stderr ? 1 : 0].push(piece.data);
      }
      expect(Buffer.concat(got[0]).equals(out)).toBe(true);
      expect(Buffer.concat(got[1]).equals(err)).toBe(true);
      expect(parser.atBoundary).toBe(true);
    }
  });

  it('knows that it was cut off in the middle', () => {
    const parser = new FrameParser();
    expect([...parser.feed(frame(1, Buffer.from('abc')).subarray(0, 10))]).toHaveLength(1);
    expect(parser.atBoundary).toBe(false);
  });
});
