import type { Frame } from './driver.ts';

interface Media {
  type: string;
  ending: string;
  begins: Buffer;
}

/** An egress does not say what its bytes are; files do, at their beginning. */
const media: readonly Media[] = [
  { type: 'image/png', ending: 'png', begins: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1') },
  { type: 'image/jpeg', ending: 'jpg', begins: Buffer.from('\xff\xd8\xff', 'latin1') },
  { type: 'application/x-npy', ending: 'npy', begins: Buffer.from('\x93NUMPY', 'latin1') },
];

export function mediaTypeOf(frame: Pick<Frame, 'bytes' | 'isBinary'>): string {
  return frame.isBinary ? (mediaOf(frame.bytes)?.type ?? 'application/octet-stream') : 'application/json';
}

/** How a file of the frame is named, without the dot. */
export function endingOf(frame: Pick<Frame, 'bytes' | 'isBinary'>): string {
  return frame.isBinary ? (mediaOf(frame.bytes)?.ending ?? 'bin') : 'json';
}

/** The size a PNG says it has; nothing for other files. */
export function pictureSize(bytes: Buffer): { width?: number; height?: number } {
  const isPng = mediaOf(bytes)?.type === 'image/png' && bytes.length >= 24;
  return isPng ? { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) } : {};
}

function mediaOf(bytes: Buffer): Media | undefined {
  return media.find(({ begins }) => bytes.subarray(0, begins.length).equals(begins));
}
