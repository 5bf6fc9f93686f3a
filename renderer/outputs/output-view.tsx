import type { FrameRow, RunCase, RunFixture } from '../../shared/contract/index.ts';
import { ErrorText, PaneMessage } from '../ui/index.ts';
import { useBlobUrl } from './blob-url.ts';
import type { Absence } from './case-state.ts';
import { FilesView } from './files-view.tsx';
import { JsonView } from './json-view.tsx';
import type { PictureOptions } from './output-head.tsx';
import { Picture } from './picture.tsx';
import type { CaseOutput } from './use-output.ts';
import { isAudio, isPicture, type View } from './views.ts';
import type { Size } from './zoom.ts';

interface OutputViewProps {
  view: View;
  of: RunCase;
  fixture: RunFixture | undefined;
  frames: readonly FrameRow[];
  frame: FrameRow | undefined;
  output: CaseOutput;
  absence: Absence | null;
  options: PictureOptions;
  room: Size;
  onSize(sha256: string | null, size: Size): void;
}

/** A frame of a case in the view that was asked for. */
export function OutputView(props: OutputViewProps) {
  const { view, of: each, fixture, frames, frame, output, absence, options, room, onSize } = props;
  if (view === 'files') return <FilesView of={each} fixture={fixture} frames={frames} />;
  if (view === 'image') {
    const shown = isPicture(frame?.media_type) ? frame : fixture;
    return (
      <Picture
        of={each}
        sha256={shown?.sha256 ?? null}
        mediaType={shown?.media_type ?? null}
        isOutput={shown !== undefined && shown === frame}
        boxes={output.boxes}
        roles={output.roles}
        options={options}
        room={room}
        onSize={size => onSize(shown?.sha256 ?? null, size)}
      />
    );
  }
  if (view === 'audio') return <Sound of={each} shown={isAudio(frame?.media_type) ? frame : fixture} />;
  if (frame === undefined) {
    return (
      <Framed>
        <PaneMessage status={absence?.status ?? 'idle'} title={absence?.title ?? 'No frame'}>
          {absence?.text}
        </PaneMessage>
      </Framed>
    );
  }
  if (output.error !== undefined) {
    return (
      <Framed>
        <PaneMessage status="fail" title="The output could not be read">
          <ErrorText error={output.error} onRetry={output.retry} />
        </PaneMessage>
      </Framed>
    );
  }
  if (output.text === undefined || output.parsed === undefined) {
    return (
      <Framed>
        <PaneMessage status="running" title="Reading the output" />
      </Framed>
    );
  }
  return <JsonView key={frame.sha256} text={output.text} parsed={output.parsed} />;
}

function Framed({ children }: { children: React.ReactNode }) {
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-auto rounded-2 border border-line bg-sunken">{children}</div>
  );
}

function Sound({ of: each, shown }: { of: RunCase; shown: FrameRow | RunFixture | undefined }) {
  const url = useBlobUrl(shown?.sha256 ?? null, shown?.media_type ?? null);
  if (url === undefined) {
    return (
      <Framed>
        <PaneMessage status="running" title="Reading the sound" />
      </Framed>
    );
  }
  return (
    // biome-ignore lint/a11y/useMediaCaption: captured sound has no captions
    <audio controls src={url} aria-label={`Sound of ${each.name}`} className="w-full" />
  );
}
