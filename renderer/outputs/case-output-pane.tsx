import { useState } from 'react';
import type { RunCase, RunDetail } from '../../shared/contract/index.ts';
import { useRun } from '../run/run-store.ts';
import { isAfter } from '../run/run-time.ts';
import { bytes } from '../ui/format.ts';
import { absenceOf } from './case-state.ts';
import { Expectation } from './expectation.tsx';
import { FigureCaption } from './figure-caption.tsx';
import { frameAt } from './frame-at.ts';
import { OutputHead, type PictureOptions } from './output-head.tsx';
import { OutputView } from './output-view.tsx';
import { pictureFacts } from './picture.tsx';
import { saveBlob } from './save-blob.ts';
import { useOutput } from './use-output.ts';
import { useSize } from './use-size.ts';
import { outputName, unavailableViews, type View, viewFor } from './views.ts';
import type { Size } from './zoom.ts';

/** Below this the expectation goes under the figure: the 560 px of the container queries without its padding. */
const narrowWidth = 528;
const captionHeight = 24;

/** One case: its output at the left, its expectation at the right. */
export function CaseOutputPane({ detail, of: each }: { detail: RunDetail; of: RunCase }) {
  const frames = each.result?.frames ?? [];
  // Asked for what is shown, not for the playhead: that moves with every frame of the screen.
  const atPlayhead = useRun(state => frameAt(frames, each.frames, state.startMs, state.playheadMs));
  const isLater = useRun(({ index, playheadMs }) => isAfter(playheadMs, index.caseOf.get(each.name)?.atMs ?? 0));
  const [wanted, setWanted] = useState<View | null>(null);
  const [options, setOptions] = useState<PictureOptions>({ boxes: true, labels: true, zoom: false });
  const [turned, setTurned] = useState({ key: '', index: 0 });
  const [known, setKnown] = useState<{ sha256: string | null; size: Size }>();
  const [room, body] = useSize();

  // Turning to a frame holds until the playhead comes to another or another case is looked at.
  const key = `${each.name} ${atPlayhead}`;
  const index = turned.key === key ? turned.index : atPlayhead;
  const frame = frames[index];
  const fixture = detail.plan.fixtures.find(other => other.name === each.fixture);
  const output = useOutput(each, frame);
  const absence = absenceOf(detail, each);
  const reasons = unavailableViews(each, fixture, frame);
  const view = viewFor(wanted, reasons);

  const isNarrow = room.width < narrowWidth;
  const width = Math.floor(isNarrow ? room.width : room.width * 0.52);
  const height = Math.max(96, Math.floor((isNarrow ? room.height * 0.6 : room.height) - captionHeight));
  const figureRoom = { width: Math.max(1, width), height };
  const size =
    known !== undefined && (known.sha256 === frame?.sha256 || known.sha256 === fixture?.sha256)
      ? known.size
      : undefined;
  const facts =
    view === 'image' ? pictureFacts(each, size, output.boxes) : frame === undefined ? [] : [bytes(frame.bytes)];

  return (
    <section aria-label="Output" className="@container flex h-full min-h-0 flex-1 flex-col">
      <OutputHead
        view={view}
        onView={setWanted}
        reasons={reasons}
        fileCount={frames.length}
        options={options}
        onOptions={setOptions}
        onSave={frame && (() => void saveBlob(frame.sha256, outputName(each.name, frame, index, frames.length)))}
      />
      <div className="min-h-0 flex-1 @max-[560px]:overflow-y-auto px-4 pt-3 pb-[10px]">
        <div ref={body} className="flex h-full min-h-0 @max-[560px]:flex-col gap-4">
          <div
            role="tabpanel"
            id={`${view}-panel`}
            aria-label={view}
            className="flex min-h-0 flex-none flex-col gap-2"
            style={
              view === 'image'
                ? {}
                : { width: figureRoom.width, ...(isNarrow ? { height: height + captionHeight } : {}) }
            }
          >
            <OutputView
              view={view}
              of={each}
              fixture={fixture}
              frames={frames}
              frame={frame}
              output={output}
              absence={absence}
              options={options}
              room={figureRoom}
              onSize={(sha256, next) => setKnown({ sha256, size: next })}
            />
            {view !== 'files' && (
              <FigureCaption
                frames={frames}
                index={index}
                onIndex={next => setTurned({ key, index: next })}
                absent={absence?.title ?? 'No frame'}
                facts={facts}
              />
            )}
          </div>
          <Expectation
            key={each.name}
            of={each}
            boxes={output.boxes}
            roles={output.roles}
            text={output.text ?? (frame === undefined ? undefined : `${frame.media_type}, ${bytes(frame.bytes)}`)}
            absence={absence}
            isAfter={isLater}
          />
        </div>
      </div>
    </section>
  );
}
