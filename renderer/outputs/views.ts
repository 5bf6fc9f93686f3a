import type { FrameRow, RunCase, RunFixture } from '../../shared/contract/index.ts';

/** The ways an output is looked at. */
export type View = 'json' | 'image' | 'audio' | 'tensor' | 'files';

/** Why a view has nothing of a case to show; missing when it has. */
export type Reasons = Partial<Record<View, string>>;

/** Pictures a window can draw. */
export function isPicture(mediaType: string | null | undefined): boolean {
  return /^image\/(jpeg|png|webp|gif|avif|bmp|svg\+xml)$/.test(mediaType ?? '');
}

export function isJson(mediaType: string | null | undefined): boolean {
  return /^application\/(.+\+)?json$/.test(mediaType ?? '');
}

/** Which views a case cannot have, and why, in words for people. */
export function unavailableViews(
  each: RunCase | undefined,
  fixture: RunFixture | undefined,
  frame: FrameRow | undefined,
): Reasons {
  if (each === undefined) {
    const reason = 'No case is selected.';
    return { json: reason, image: reason, audio: reason, tensor: reason, files: reason };
  }
  const reasons: Reasons = {
    tensor: 'The output is not an array file.',
  };
  if (each.from === null) reasons.json = 'This case looks at logs only; it has no output.';
  else if (frame !== undefined && !isJson(frame.media_type) && frame.metadata === undefined)
    reasons.json = `The output is ${frame.media_type}, not JSON.`;
  // A fixture that is not frozen yet has no known type: its picture may still come.
  const mayBecomePicture = fixture?.media_type === null;
  if (!isPicture(frame?.media_type) && !isPicture(fixture?.media_type) && !mayBecomePicture) {
    reasons.image = `Neither ${each.fixture} nor the output is a picture.`;
  }
  if (!isAudio(frame?.media_type) && !isAudio(fixture?.media_type)) {
    reasons.audio = `Neither ${each.fixture} nor the output is sound.`;
  }
  return reasons;
}

/** A frame's metadata as JSON, at the place where expressions find it. */
export function metadataText({ metadata }: FrameRow): string | undefined {
  return metadata === undefined ? undefined : JSON.stringify({ metadata });
}

export function isAudio(mediaType: string | null | undefined): boolean {
  return mediaType?.startsWith('audio/') ?? false;
}

const order: readonly View[] = ['image', 'json', 'audio', 'tensor', 'files'];

/** The wanted view when the case has it, else the first it has. */
export function viewFor(wanted: View | null, reasons: Reasons): View {
  if (wanted !== null && reasons[wanted] === undefined) return wanted;
  return order.find(view => reasons[view] === undefined) ?? 'json';
}

/** A name for an output that is saved: the case's, with the number of the frame when there are several. */
export function outputName(caseName: string, frame: FrameRow, index: number, frames: number): string {
  const stem = caseName.replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'output';
  return `${stem}${frames > 1 ? `-${index + 1}` : ''}${endings[frame.media_type] ?? '.bin'}`;
}

const endings: Readonly<Record<string, string>> = {
  'application/json': '.json',
  'application/x-ndjson': '.jsonl',
  'application/x-npy': '.npy',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'image/gif': '.gif',
  'audio/wav': '.wav',
  'text/plain': '.txt',
};
