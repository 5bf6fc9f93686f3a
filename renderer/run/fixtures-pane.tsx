import { useNavigate } from '@tanstack/react-router';
import { FileAudio, FileImage, FileJson, FileText, type LucideIcon, Plus } from 'lucide-react';
import { memo, useMemo } from 'react';
import type { RunDetail, RunFixture } from '../../shared/contract/index.ts';
import { bridge } from '../host/host.ts';
import { useBlobUrl } from '../outputs/blob-url.ts';
import { DropArea, IconButton, ms, Pane, PaneHead, PaneMessage, StatusMark, VirtualList } from '../ui/index.ts';
import { type FixtureLine, fixtureLines } from './fixture-lines.ts';
import { useRun } from './run-store.ts';
import { isAfter } from './run-time.ts';

const rowHeight = 44;

/** What the run sends, and what became of each; choosing one shows its case. Dropped files begin another run of the same manifest. */
export function FixturesPane({ detail }: { detail: RunDetail }) {
  const index = useRun(state => state.index);
  const isLive = useRun(state => state.isLive);
  const selectedCase = useRun(state => state.selectedCase);
  const selectCase = useRun(state => state.selectCase);
  const navigate = useNavigate();
  const lines = useMemo(() => fixtureLines(detail, index, isLive), [detail, index, isLive]);
  const active = useMemo(
    () => lines.findIndex(line => line.caseName !== null && line.caseName === selectedCase),
    [lines, selectedCase],
  );
  const addFixture = (path: string | null | undefined) => {
    if (path == null) return;
    void navigate({ to: '/runs/new', search: { manifest: detail.plan.manifest_path, fixture: path } });
  };
  return (
    <Pane className="h-full [container-type:size]">
      <PaneHead title="Fixtures" count={<span className="text-11 text-fg-3">{detail.plan.fixtures.length}</span>}>
        <span className="flex-1" />
        <IconButton
          icon={Plus}
          label="Run with another fixture"
          onPress={() => void bridge.choose('fixture').then(addFixture)}
        />
      </PaneHead>
      {lines.length === 0 ? (
        <PaneMessage status="idle" title="No fixtures">
          The manifest names none. Drop a file here to run with it.
        </PaneMessage>
      ) : (
        <div className="flex min-h-0 flex-col" style={{ height: lines.length * rowHeight }}>
          <VirtualList
            count={lines.length}
            rowHeight={rowHeight}
            label="Fixtures"
            activeIndex={active}
            onActivate={position => {
              const name = lines[position]?.caseName;
              if (name != null) selectCase(name);
            }}
            render={position => <FixtureRow line={lines[position] as FixtureLine} isSelected={position === active} />}
          />
        </div>
      )}
      <div className="flex-none py-3 pr-3 pl-4 [@container(max-height:260px)]:hidden">
        <DropArea accept="a fixture for another run" onFiles={paths => addFixture(paths[0])} isCompact>
          Drop files, or
        </DropArea>
      </div>
    </Pane>
  );
}

const FixtureRow = memo(function FixtureRow({ line, isSelected }: { line: FixtureLine; isSelected: boolean }) {
  const { fixture, note, status, word, latencyMs, warnings, endMs } = line;
  const isLater = useRun(state => endMs !== null && isAfter(state.playheadMs, endMs));
  const strong = isLater ? 'text-fg-3' : 'text-fg';
  const digest = fixture.sha256?.slice(0, 8) ?? '';
  return (
    <div
      className={`flex h-11 items-center gap-2.5 border-line border-b pr-3 pl-4 ${isSelected ? 'bg-accent-bg shadow-[inset_2px_0_var(--accent-fg)] [--ground:var(--accent-bg)]' : 'hover:bg-hover'}`}
    >
      <Thumb fixture={fixture} />
      <div className="min-w-0 flex-1">
        <div title={fixture.name} className={`truncate font-medium text-12 ${strong}`}>
          {fixture.name}
        </div>
        <div className="truncate font-mono text-11 text-fg-3">{note ?? digest}</div>
      </div>
      <div className="flex flex-none flex-col items-end text-11">
        <span className={`flex items-center gap-[3px] font-medium ${strong}`}>
          <StatusMark status={status} />
          {word}
        </span>
        <span className={`flex h-4 items-center gap-[3px] ${isLater ? 'text-fg-3' : 'text-fg-2'}`}>
          {warnings > 0 && (
            <>
              <StatusMark status="warn" size={12} />
              <span className="mr-1">{warnings} warn</span>
            </>
          )}
          {latencyMs !== null && ms(latencyMs)}
        </span>
      </div>
    </div>
  );
});

function Thumb({ fixture }: { fixture: RunFixture }) {
  const { sha256, media_type: mediaType } = fixture;
  const isPicture = mediaType?.startsWith('image/') === true;
  const url = useBlobUrl(isPicture ? sha256 : null, mediaType);
  if (url !== undefined) {
    return (
      <img
        src={url}
        alt=""
        width={40}
        height={30}
        className="h-[30px] w-10 flex-none rounded-1 bg-hover object-cover ring-1 ring-line"
      />
    );
  }
  const Icon = iconOf(mediaType);
  return (
    <span className="grid h-[30px] w-10 flex-none place-items-center rounded-1 bg-hover text-fg-3 ring-1 ring-line">
      <Icon size={16} strokeWidth={1.75} aria-hidden />
    </span>
  );
}

function iconOf(mediaType: string | null): LucideIcon {
  if (mediaType?.startsWith('image/')) return FileImage;
  if (mediaType?.startsWith('audio/')) return FileAudio;
  return mediaType?.includes('json') ? FileJson : FileText;
}
