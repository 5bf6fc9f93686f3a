import { useNavigate } from '@tanstack/react-router';
import { CircleStop, FileText, RefreshCw } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { RunDetail } from '../../shared/contract/index.ts';
import { openReport } from '../evidence/open-report.ts';
import { SaveBundleButton } from '../evidence/save-bundle.tsx';
import { useAct } from '../host/host.ts';
import { useStop } from '../runs/use-stop.tsx';
import { Badge, Button, Digest, ErrorText, StatusText, shortId, useHotkeys } from '../ui/index.ts';
import { RunLease } from './run-lease.tsx';
import { useRun } from './run-store.ts';
import { folderOf, runBadge, runFacts } from './run-words.ts';

/** What the run is, how it stands, and what can be done with it. */
export function RunHead({ detail }: { detail: RunDetail }) {
  const index = useRun(state => state.index);
  const facts = useMemo(() => runFacts(detail, index), [detail, index]);
  const badge = runBadge(detail);
  const { unit } = detail;
  return (
    <header className="@container flex h-12 flex-none items-center gap-2 border-line border-b px-4">
      <div className="flex min-w-0 flex-1 items-center gap-3 overflow-hidden">
        <Badge status={badge.status} size="l">
          {badge.text}
        </Badge>
        <h1 className="flex min-w-0 items-baseline gap-1.5 whitespace-nowrap font-semibold text-16 tracking-[-.011em]">
          <span className="truncate">{detail.name}</span>
          {unit !== null && (
            <span className="font-medium font-mono text-14 text-fg-2" title={`${unit.component} ${unit.version_id}`}>
              {unit.component === detail.name ? shortId(unit.version_id) : unit.component}
            </span>
          )}
        </h1>
        {unit !== null && (
          <span className="hidden @min-[760px]:inline">
            <Digest value={unit.image_digest} />
          </span>
        )}
        <span className="hidden items-center gap-3 whitespace-nowrap text-12 text-fg-2 [&_span]:font-normal @min-[1080px]:flex">
          <i aria-hidden className="h-4 w-px flex-none bg-line-strong" />
          <StatusText status={facts.running > 0 ? 'running' : 'idle'}>{facts.containers}</StatusText>
          {detail.plan.fixtures.length > 0 && <span>{facts.fixtures}</span>}
          <span className="hidden @min-[1240px]:inline">{facts.mode}</span>
        </span>
      </div>
      <RunActions detail={detail} />
      <RunLease />
    </header>
  );
}

/** Stop while it runs; then the run again, its report and its bundle. */
function RunActions({ detail }: { detail: RunDetail }) {
  const navigate = useNavigate();
  const start = useAct('run.start');
  const { stop, stopping, dialog } = useStop();
  const [isOpening, setOpening] = useState(false);
  const canStop = detail.state === 'running' || (detail.state === 'ready' && detail.lease.state === 'open');
  const onStop = () => stop({ ...detail, cases: [], containers: { running: 0, total: 0 } });
  useHotkeys({ '.': onStop }, { when: canStop });
  const again = async () => {
    const manifest = detail.plan.manifest_path;
    const answer = await start.act({
      kind: detail.kind,
      manifest,
      cwd: folderOf(manifest),
      runtime: detail.lease.runtime_id,
      ...(detail.kind === 'live_test' ? { hold: true } : {}),
    });
    if (answer !== undefined) await navigate({ to: '/runs/$runId', params: { runId: answer.run_id } });
  };
  const report = async (evidenceId: string) => {
    setOpening(true);
    await openReport(evidenceId);
    setOpening(false);
  };
  const { evidence } = detail;
  return (
    <div className="flex flex-none items-center gap-2">
      {canStop ? (
        <Button icon={CircleStop} kbd="." isBusy={stopping.has(detail.id)} onPress={onStop}>
          Stop
        </Button>
      ) : (
        <Button icon={RefreshCw} isBusy={start.isBusy} onPress={() => void again()}>
          Run again
        </Button>
      )}
      {evidence !== null && (
        <Button icon={FileText} isBusy={isOpening} onPress={() => void report(evidence.id)}>
          Open report
        </Button>
      )}
      {detail.kind === 'proof' && <SaveBundleButton evidence={evidence} />}
      {dialog}
      {start.error !== undefined && (
        <div className="absolute top-14 right-4 z-40 w-[480px] rounded-3 shadow-3">
          <ErrorText error={start.error} onRetry={() => void again()} />
        </div>
      )}
    </div>
  );
}
