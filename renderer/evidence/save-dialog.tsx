import { FileText, Fingerprint, FolderOpen } from 'lucide-react';
import { bridge } from '../host/host.ts';
import { nameOf } from '../runs/dropped.ts';
import { Button, CopyButton, Dialog, ErrorText, ProgressLine, StatusMark } from '../ui/index.ts';
import { fingerprint, validKeys, verifiedLine } from './bundle-words.ts';
import { DragOut } from './drag-out.tsx';
import { openReport } from './open-report.ts';
import type { SaveStage, useSaveBundle } from './use-save-bundle.ts';
import { VerifyResult } from './verify-result.tsx';

const titles: Record<SaveStage['kind'], string> = {
  working: 'Saving the bundle',
  saved: 'Bundle saved',
  failed: 'The bundle',
};

/** Shows how a bundle is saved and checked, then where it is and whose key it carries. */
export function SaveDialog({ flow }: { flow: ReturnType<typeof useSaveBundle> }) {
  const { stage, cancel, close } = flow;
  if (stage === null) return null;
  const leave = () => (stage.kind === 'working' ? cancel() : close());
  const path = stage.kind === 'working' ? undefined : stage.path;
  return (
    <Dialog
      title={titles[stage.kind]}
      isOpen
      onClose={leave}
      width={560}
      footer={
        stage.kind === 'working' ? (
          <Button onPress={cancel}>Cancel</Button>
        ) : (
          <>
            {path !== undefined && (
              <>
                <Button icon={FolderOpen} onPress={() => bridge.showInFolder(path)}>
                  Show in folder
                </Button>
                <Button icon={FileText} onPress={() => void openReport(stage.evidence.id)}>
                  Open report
                </Button>
              </>
            )}
            <Button variant="primary" autoFocus onPress={close}>
              Close
            </Button>
          </>
        )
      }
    >
      <div className="grid gap-4">
        {stage.kind === 'working' && <ProgressLine key={stage.phase} step={stage.step} />}
        {stage.kind === 'failed' && (
          <>
            <p className="text-fg-2">
              {stage.path === undefined
                ? 'It was not saved. No part of it is left behind.'
                : 'It was saved, and was not checked to the end.'}
            </p>
            <ErrorText error={stage.error} onRetry={() => void flow.save(stage.evidence)} />
          </>
        )}
        {stage.kind === 'saved' && <Saved stage={stage} />}
        {path !== undefined && <SavedFile path={path} bundle={stage.evidence.bundle} />}
      </div>
    </Dialog>
  );
}

function Saved({ stage: { report } }: { stage: Extract<SaveStage, { kind: 'saved' }> }) {
  if (!report.ok) {
    return (
      <>
        <p className="text-fg-2">The saved file does not verify. Do not pass it on.</p>
        <VerifyResult report={report} />
      </>
    );
  }
  return (
    <div className="grid gap-2" role="status">
      <p className="flex items-center gap-2 font-semibold text-14">
        <StatusMark status="pass" size={16} />
        Saved and verified: {verifiedLine(report)}
      </p>
      {validKeys(report).map(keyid => (
        <p key={keyid} className="flex min-h-6 items-center gap-2 text-12 text-fg-2">
          <Fingerprint size={14} strokeWidth={2.1} aria-hidden />
          Key
          <code className="selectable font-mono text-fg">{fingerprint(keyid)}</code>
          <CopyButton text={keyid} label="Copy the key id" />
        </p>
      ))}
      <p className="text-12 text-fg-2">Whoever gets the bundle compares this fingerprint with the one you give them.</p>
    </div>
  );
}

function SavedFile({ path, bundle }: { path: string; bundle: string }) {
  return (
    <div className="flex min-h-10 items-center gap-2 rounded-3 border border-line bg-sunken px-2">
      <DragOut path={bundle} name={nameOf(path)} />
      <code className="selectable min-w-0 flex-1 break-all py-2 font-mono text-12">{path}</code>
      <CopyButton text={path} label="Copy the path" />
    </div>
  );
}
