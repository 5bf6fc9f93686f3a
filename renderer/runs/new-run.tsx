import { useNavigate } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useState } from 'react';
import { useAct, useEngine } from '../host/host.ts';
import { Button, ErrorText, LinkButton, PaneMessage } from '../ui/index.ts';
import { openDropped } from './drop.ts';
import { FixturesTable } from './fixtures-table.tsx';
import { ManifestProblem } from './manifest-problem.tsx';
import { NewRunHead } from './new-run-head.tsx';
import { PlanCases } from './plan-cases.tsx';
import { PlanStrip } from './plan-strip.tsx';
import { engineReason, kindOf, reasonNotToRun, runInput, setMeaning } from './run-form.ts';
import { RunOptions } from './run-options.tsx';
import { useFileDrop } from './use-file-drop.ts';
import { useManifest } from './use-manifest.ts';
import { useRunForm } from './use-run-form.ts';
import { useRunKey } from './use-run-key.ts';

/** One manifest: what is wrong with it, or its plan, what can be changed about it for once, and Run. */
export function NewRun({ manifest, fixture }: { manifest: string; fixture: string | undefined }) {
  const navigate = useNavigate();
  const engine = useEngine();
  const check = useManifest(manifest);
  const start = useAct('run.start');
  const plan = check.error === null ? check.data : undefined;
  const { form, setForm, freezing, take, restore, remove } = useRunForm(plan, fixture);
  const [isMeaningAsked, askMeaning] = useState(false);
  const { isOver, target } = useFileDrop(paths => void openDropped(paths, navigate, { manifest }));
  const reason = reasonNotToRun({
    plan,
    problem: check.error !== null,
    engine: engine.state,
    form,
    freezing: freezing.busy,
  });

  const run = async () => {
    askMeaning(true);
    if (plan === undefined || reason !== undefined || start.isBusy) return;
    const begun = await start.act(runInput(plan, manifest, form));
    if (begun !== undefined) await navigate({ to: '/runs/$runId', params: { runId: begun.run_id }, search: {} });
  };
  useRunKey(() => void run());

  return (
    <div
      {...target}
      className={`flex min-h-0 flex-1 flex-col bg-pane ${isOver ? 'outline-1 outline-accent -outline-offset-1' : ''}`}
    >
      <NewRunHead manifest={manifest} fixture={fixture}>
        <Button
          variant="primary"
          icon={Play}
          kbd="↵"
          isBusy={start.isBusy}
          {...(reason === undefined ? {} : { isDisabled: true, reason })}
          onPress={() => void run()}
        >
          {plan === undefined || kindOf(plan) === 'proof' ? 'Run' : 'Run live test'}
        </Button>
      </NewRunHead>
      <div role="status" className="flex-none empty:hidden">
        {reason !== undefined && check.error === null && !check.isPending && (
          <div className="flex min-h-9 items-center gap-3 border-line border-b bg-sunken px-4 text-12 text-fg-2">
            <span className="flex-1">{reason}</span>
            {engineReason(engine.state) !== undefined && (
              <LinkButton to="/runtime" size="s">
                Open Runtime
              </LinkButton>
            )}
          </div>
        )}
      </div>
      {start.error !== undefined && (
        <div className="flex-none border-line border-b p-4">
          <ErrorText error={start.error} onRetry={() => void run()} />
        </div>
      )}
      {check.isPending && <PaneMessage status="running" title="Checking the manifest" />}
      {check.error !== null && (
        <div className="min-h-0 flex-1 overflow-y-auto">
          <ManifestProblem
            error={check.error}
            manifest={manifest}
            isChecking={check.isFetching}
            onCheck={() => void check.refetch()}
          />
        </div>
      )}
      {plan !== undefined && (
        <div className="flex min-h-0 flex-1">
          <div className="min-h-0 min-w-0 flex-1 overflow-y-auto">
            <PlanStrip plan={plan} />
            <FixturesTable
              plan={plan}
              form={form}
              freezing={freezing.items}
              isMeaningAsked={isMeaningAsked}
              acts={{
                onCancel: freezing.cancel,
                onRetry: item => {
                  freezing.dismiss(item.key);
                  take(item.path, item.fixture);
                },
                onDismiss: freezing.dismiss,
              }}
              onFile={take}
              onRestore={restore}
              onRemove={remove}
              onMeaning={(name, meaning) => setForm(now => setMeaning(now, name, meaning))}
            />
            <PlanCases plan={plan} form={form} />
          </div>
          <RunOptions kind={kindOf(plan)} manifest={manifest} form={form} onChange={setForm} />
        </div>
      )}
    </div>
  );
}
