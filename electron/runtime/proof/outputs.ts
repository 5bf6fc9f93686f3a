import type { WireType } from '../../../shared/types/wire.ts';
import type { Frame } from './driver.ts';
import { mediaTypeOf, pictureSize } from './frame-media.ts';

/** What expressions look at: the frames as canonical JSON, with the type to read them by. */
export interface Outputs {
  outputs: unknown[];
  type: WireType;
}

/**
 * A frame that came with metadata is no value of the type language but a file: expressions see what the file says of itself
 * beside what the endpoint says of it.
 */
export function outputsOf(frames: readonly Frame[], type: WireType): Outputs {
  const outputs = frames.map(frame => (frame.metadata === undefined ? jsonOf(frame) : fileOf(frame)));
  return { outputs, type: frames.some(frame => frame.metadata !== undefined) ? 'any' : type };
}

function jsonOf({ bytes, isBinary }: Frame): unknown {
  return isBinary ? bytes.toString('base64') : (JSON.parse(bytes.toString('utf8')) as unknown);
}

function fileOf(frame: Frame): unknown {
  const { metadata, bytes } = frame;
  return { ...pictureSize(bytes), media_type: mediaTypeOf(frame), data: new Uint8Array(bytes), metadata };
}
