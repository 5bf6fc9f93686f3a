import { useNavigate } from '@tanstack/react-router';
import { Archive, FolderOpen } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import type { EvidenceRow } from '../../shared/contract/index.ts';
import { bridge, useAnswer } from '../host/host.ts';
import { openDropped } from '../runs/drop.ts';
import { Button, DropArea, EmptyState, ErrorText, PaneMessage, useHotkeys, useNow } from '../ui/index.ts';
import { BundleLine } from './bundle-line.tsx';
import { SaveDialog } from './save-dialog.tsx';
import { useSaveBundle } from './use-save-bundle.ts';
import { VerifyPanel } from './verify-panel.tsx';

const atOnce = 200;

/** The evidence of this workspace and its bundles; with `verify`, the check of the bundle at that path beside it. */
export function BundlesScreen({ verify }: { verify?: string }) {
  const navigate = useNavigate();
  const { data, error, refetch } = useAnswer('evidence.list', {});
  const show = (path: string | undefined) =>
    void navigate({ to: '/bundles', search: path === undefined ? {} : { verify: path } });
  const drop = (paths: string[]) => void openDropped(paths, navigate);
  const browse = async () => {
    const path = await bridge.choose('bundle');
    if (path !== null) show(path);
  };
  let body: ReactNode;
  if (error !== null) {
    body = (
      <div className="m-4 max-w-[740px] flex-1">
        <ErrorText error={error} onRetry={() => void refetch()} />
      </div>
    );
  } else if (data === undefined) body = <PaneMessage status="running" title="Reading the evidence" />;
  else if (data.count === 0) body = <NoBundles onBrowse={() => void browse()} onDrop={drop} />;
  else body = <BundleTable rows={data.items} verify={verify} onVerify={show} onDrop={drop} />;
  return (
    <>
      <header className="flex h-12 flex-none items-center gap-2 border-line border-b px-4">
        <h1 className="font-semibold text-16">Bundles</h1>
        {data !== undefined && data.count > 0 && <span className="text-fg-3">{data.count}</span>}
        <span className="flex-1" />
        <Button icon={FolderOpen} onPress={() => void browse()}>
          Open bundle
        </Button>
      </header>
      <div className="flex min-h-0 flex-1">
        {body}
        {verify !== undefined && <VerifyPanel key={verify} path={verify} onClose={() => show(undefined)} />}
      </div>
    </>
  );
}

function NoBundles({ onBrowse, onDrop }: { onBrowse: () => void; onDrop: (paths: string[]) => void }) {
  return (
    <EmptyState
      art={<Archive size={32} strokeWidth={1.5} className="text-fg-3" aria-hidden />}
      title="No evidence yet"
      text="A proof leaves a signed bundle here when it is done. A bundle from somebody else can be verified without Docker and without a network."
    >
      <Button variant="primary" size="l" icon={FolderOpen} onPress={onBrowse}>
        Open a bundle
      </Button>
      <div className="w-full">
        <DropArea isCompact accept="a .proof bundle" onFiles={onDrop}>
          <span>
            Or drop a <span className="font-mono">.proof</span> bundle
          </span>
        </DropArea>
      </div>
    </EmptyState>
  );
}

function BundleTable(props: {
  rows: readonly EvidenceRow[];
  verify: string | undefined;
  onVerify: (path: string) => void;
  onDrop: (paths: string[]) => void;
}) {
  const { rows, verify, onVerify, onDrop } = props;
  const runs = new Map((useAnswer('run.list', {}).data?.items ?? []).map(run => [run.id, run]));
  const flow = useSaveBundle();
  const [shown, setShown] = useState(atOnce);
  const body = useRef<HTMLTableSectionElement>(null);
  const move = (by: number) => {
    const lines = [...(body.current?.rows ?? [])];
    const at = lines.findIndex(line => line.contains(document.activeElement));
    lines[at === -1 ? 0 : Math.min(lines.length - 1, Math.max(0, at + by))]?.focus();
  };
  useHotkeys({ j: () => move(1), k: () => move(-1) });
  // So that "6 min ago" stays true.
  useNow(30_000);
  const saving = flow.stage?.kind === 'working' ? flow.stage.evidence.id : undefined;
  return (
    <div className="min-h-0 min-w-0 flex-1 overflow-auto">
      <table className="w-full min-w-[820px] border-collapse text-12" aria-label="Evidence">
        <thead className="sticky top-0 z-10 bg-pane">
          <tr className="h-8 text-left text-11 text-fg-2 *:px-2 *:font-medium *:shadow-[inset_0_-1px_var(--border)]">
            <th scope="col" className="!pl-4 w-28">
              Verdict
            </th>
            <th scope="col">Name</th>
            <th scope="col">Evidence</th>
            <th scope="col">Created</th>
            <th scope="col">SHA-256</th>
            <th scope="col" className="!pr-4 text-right">
              Bundle
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.slice(0, shown).map(row => (
            <BundleLine
              key={row.id}
              row={row}
              run={runs.get(row.run_id)}
              isSelected={row.bundle === verify}
              isSaving={row.id === saving}
              onVerify={() => onVerify(row.bundle)}
              onSave={() => saving === undefined && void flow.save(row)}
            />
          ))}
        </tbody>
      </table>
      <div className="grid gap-4 p-4">
        {rows.length > shown && (
          <div className="flex items-center gap-3 text-12 text-fg-2">
            {rows.length - shown} older
            <Button size="s" onPress={() => setShown(shown + atOnce)}>
              Show more
            </Button>
          </div>
        )}
        <DropArea isCompact accept="a .proof bundle" onFiles={onDrop}>
          <span>
            Drop a <span className="font-mono">.proof</span> bundle to verify it
          </span>
        </DropArea>
      </div>
      <SaveDialog flow={flow} />
    </div>
  );
}
