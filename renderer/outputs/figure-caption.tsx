import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { FrameRow } from '../../shared/contract/index.ts';
import { shortId } from '../ui/format.ts';
import { IconButton } from '../ui/index.ts';

interface FigureCaptionProps {
  frames: readonly FrameRow[];
  index: number;
  onIndex(index: number): void;
  /** What is said when there is no frame. */
  absent: string;
  /** Facts at the right: size of the picture, count of boxes. */
  facts: readonly string[];
}

/** Which frame this is, whose message it came of, and its facts. */
export function FigureCaption({ frames, index, onIndex, absent, facts }: FigureCaptionProps) {
  const frame = frames[index];
  const message = frame?.message_ids[0];
  return (
    <figcaption className="flex min-h-4 flex-none flex-wrap items-center gap-x-2 text-11 text-fg-2">
      {frames.length > 1 && (
        <IconButton
          icon={ChevronLeft}
          label="Previous frame"
          size="s"
          isDisabled={index === 0}
          onPress={() => onIndex(index - 1)}
        />
      )}
      <span>{frame === undefined ? absent : `Frame ${index + 1} of ${frames.length}`}</span>
      {frames.length > 1 && (
        <IconButton
          icon={ChevronRight}
          label="Next frame"
          size="s"
          isDisabled={index === frames.length - 1}
          onPress={() => onIndex(index + 1)}
        />
      )}
      {message !== undefined && (
        <code className="selectable text-fg-3" title={message}>
          {shortId(message)}
        </code>
      )}
      <span className="flex-1" />
      {facts.map(fact => (
        <span key={fact}>{fact}</span>
      ))}
    </figcaption>
  );
}
