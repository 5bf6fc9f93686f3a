import { useMemo } from 'react';
import type { FrameRow, RunCase } from '../../shared/contract/index.ts';
import { type BlobText, useBlobText } from './blob-url.ts';
import { type Box, type BoxRole, findBoxes, rolesOf } from './boxes.ts';
import { expressionChecks } from './checks.ts';
import type { Parsed } from './json-view.tsx';
import { isJson, metadataText } from './views.ts';

/** One frame of a case as far as it is read. */
export interface CaseOutput extends BlobText {
  /** Missing until the text is read. */
  parsed?: Parsed;
  boxes: readonly Box[];
  roles: readonly BoxRole[];
}

const noBoxes: readonly Box[] = [];

/** Reads a JSON frame, or the metadata of another, and finds the boxes in it and what the case says of them. */
export function useOutput(each: RunCase | undefined, frame: FrameRow | undefined): CaseOutput {
  const blob = useBlobText(frame !== undefined && isJson(frame.media_type) ? frame.sha256 : null);
  const metadata = frame === undefined ? undefined : metadataText(frame);
  const read = metadata === undefined ? blob : { ...blob, text: metadata };
  const parsed = useMemo(() => (read.text === undefined ? undefined : parse(read.text)), [read.text]);
  const boxes = useMemo(() => (parsed?.isJson ? findBoxes(parsed.value) : noBoxes), [parsed]);
  const roles = useMemo(
    () => (each === undefined ? [] : rolesOf(boxes, expressionChecks(each), each.meaning)),
    [boxes, each],
  );
  return { ...read, ...(parsed === undefined ? {} : { parsed }), boxes, roles };
}

function parse(text: string): Parsed {
  try {
    return { isJson: true, value: JSON.parse(text) as unknown };
  } catch {
    return { isJson: false };
  }
}
