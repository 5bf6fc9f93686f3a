import { FolderOpen, RefreshCw, X } from 'lucide-react';
import { bridge } from '../host/host.ts';
import { nameOf } from '../runs/dropped.ts';
import { Button, CopyButton, ErrorText, IconButton, ProgressLine } from '../ui/index.ts';
import { useVerify } from './use-verify.ts';
import { VerifyResult } from './verify-result.tsx';

/** The check of one bundle, of this workspace or a teammate's, as it goes and what it found. */
export function VerifyPanel({ path, onClose }: { path: string; onClose: () => void }) {
  const { state, cancel, again } = useVerify(path);
  return (
    <aside
      aria-label="Verification"
      className="flex w-[400px] flex-none flex-col border-line border-l bg-sunken [--ground:var(--bg-sunken)]"
    >
      <header className="flex h-9 flex-none items-center gap-2 border-line border-b pr-2 pl-4">
        <h2 className="flex-1 truncate font-semibold text-12">Verification</h2>
        <IconButton icon={X} label="Close" onPress={onClose} />
      </header>
      <div className="grid min-h-0 flex-1 auto-rows-min gap-4 overflow-y-auto p-4" aria-live="polite">
        <div className="min-w-0">
          <p className="selectable break-all font-medium text-13">{nameOf(path)}</p>
          <p className="flex items-center gap-1 text-11 text-fg-2">
            <span className="selectable min-w-0 truncate font-mono">{path}</span>
            <CopyButton text={path} label="Copy the path" />
          </p>
        </div>
        {state.kind === 'checking' && <ProgressLine step={state.step} onCancel={cancel} />}
        {state.kind === 'stopped' && <p className="text-13 text-fg-2">Stopped. Nothing was found out.</p>}
        {state.kind === 'failed' && <ErrorText error={state.error} />}
        {state.kind === 'done' && <VerifyResult report={state.report} />}
        {state.kind !== 'checking' && (
          <div className="flex gap-2">
            <Button icon={RefreshCw} onPress={again}>
              Verify again
            </Button>
            <Button icon={FolderOpen} onPress={() => bridge.showInFolder(path)}>
              Show in folder
            </Button>
          </div>
        )}
      </div>
    </aside>
  );
}
