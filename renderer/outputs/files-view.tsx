import { Download } from 'lucide-react';
import type { FrameRow, RunCase, RunFixture } from '../../shared/contract/index.ts';
import { bytes } from '../ui/format.ts';
import { Digest, IconButton } from '../ui/index.ts';
import { saveBlob } from './save-blob.ts';
import { outputName } from './views.ts';

interface FilesViewProps {
  of: RunCase;
  fixture: RunFixture | undefined;
  frames: readonly FrameRow[];
}

/** The files of a case: what was sent and what came, each to be saved. */
export function FilesView({ of: each, fixture, frames }: FilesViewProps) {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <h3 className="pb-1 font-medium text-11 text-fg-2">Output</h3>
      <ul className="mb-4 border-line border-t">
        {frames.map((frame, index) => (
          <FileLine
            key={`${frame.sha256}-${frame.at}`}
            {...frame}
            name={outputName(each.name, frame, index, frames.length)}
          />
        ))}
        {frames.length === 0 && <li className="border-line border-b py-3 text-12 text-fg-2">No frame was captured.</li>}
      </ul>
      <h3 className="pb-1 font-medium text-11 text-fg-2">Sent</h3>
      <ul className="border-line border-t">
        {fixture?.sha256 != null ? (
          <FileLine
            name={fixture.source?.split(/[\\/]/).at(-1) || fixture.name}
            sha256={fixture.sha256}
            bytes={fixture.bytes}
            media_type={fixture.media_type}
          />
        ) : (
          <li className="border-line border-b py-3 text-12 text-fg-2">{each.fixture} is not frozen yet.</li>
        )}
      </ul>
    </div>
  );
}

interface FileLineProps {
  name: string;
  sha256: string;
  bytes: number | null;
  media_type: string | null;
}

function FileLine({ name, sha256, bytes: size, media_type }: FileLineProps) {
  return (
    <li className="flex h-11 items-center gap-2 border-line border-b">
      <span className="min-w-0 flex-1">
        <span className="selectable block truncate font-medium text-12" title={name}>
          {name}
        </span>
        <span className="flex items-center gap-2 text-11 text-fg-2">
          {size !== null && <span>{bytes(size)}</span>}
          <span className="truncate">{media_type ?? 'unknown type'}</span>
        </span>
      </span>
      <Digest value={sha256} />
      <IconButton icon={Download} label={`Save ${name}`} size="s" onPress={() => void saveBlob(sha256, name)} />
    </li>
  );
}
