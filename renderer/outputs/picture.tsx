import { useState } from 'react';
import type { RunCase } from '../../shared/contract/index.ts';
import { PaneMessage } from '../ui/index.ts';
import { useBlobUrl } from './blob-url.ts';
import { type Box, type BoxRole, countText, thresholdOf } from './boxes.ts';
import { ImageView } from './image-view.tsx';
import { boxText } from './observed.tsx';
import type { PictureOptions } from './output-head.tsx';
import type { Size } from './zoom.ts';

interface PictureProps {
  of: RunCase;
  sha256: string | null;
  mediaType: string | null;
  /** The picture is the output itself, not the fixture it came of. */
  isOutput: boolean;
  boxes: readonly Box[];
  roles: readonly BoxRole[];
  options: PictureOptions;
  room: Size;
  onSize(size: Size): void;
}

/** The picture of a case with its boxes, or why there is none yet. */
export function Picture({ of: each, sha256, mediaType, isOutput, boxes, roles, options, room, onSize }: PictureProps) {
  const src = useBlobUrl(sha256, mediaType);
  const [broken, setBroken] = useState<string>();
  if (sha256 === null || src === undefined || broken === src) {
    return (
      <div
        className="flex overflow-hidden rounded-2 bg-sunken outline outline-1 outline-line"
        style={{ width: room.width, height: Math.min(room.height, Math.round(room.width * 0.75)) }}
      >
        {sha256 === null ? (
          <PaneMessage status="idle" title="No picture yet">
            {each.fixture} is shown when the run has frozen it.
          </PaneMessage>
        ) : src === undefined ? (
          <PaneMessage status="running" title="Reading the picture" />
        ) : (
          <PaneMessage status="fail" title="The picture cannot be drawn">
            Its bytes do not decode as {mediaType}. Save it from Files to look at it elsewhere.
          </PaneMessage>
        )}
      </div>
    );
  }
  return (
    <ImageView
      key={src}
      src={src}
      alt={altText(isOutput ? `Output of ${each.name}` : `Fixture ${each.fixture}`, boxes)}
      boxes={boxes}
      roles={roles}
      hasBoxes={options.boxes}
      hasLabels={options.labels}
      hasControls={options.zoom}
      room={room}
      onSize={onSize}
      onBroken={() => setBroken(src)}
    />
  );
}

/** The facts under a picture. */
export function pictureFacts(each: RunCase, size: Size | undefined, boxes: readonly Box[]): string[] {
  return [
    ...(size === undefined ? [] : [`${size.width} × ${size.height}`]),
    ...(boxes.length === 0 ? [] : [countText(boxes, thresholdOf(each.that))]),
  ];
}

function altText(what: string, boxes: readonly Box[]): string {
  if (boxes.length === 0) return what;
  return `${what} with ${boxes.length} ${boxes.length === 1 ? 'box' : 'boxes'}: ${boxes.map(boxText).join(', ')}`;
}
