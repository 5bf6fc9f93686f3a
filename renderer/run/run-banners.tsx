import { Unplug } from 'lucide-react';
import type { RunDetail } from '../../shared/contract/index.ts';
import { AppError, type ErrorData } from '../../shared/errors.ts';
import { useEngine } from '../host/host.ts';
import { Badge, ErrorText, LinkButton } from '../ui/index.ts';
import { useRun } from './run-store.ts';

/** What holds the run up or broke it, above its panes. */
export function RunBanners({ detail }: { detail: RunDetail }) {
  return (
    <>
      {detail.failure !== null && <FailureBanner failure={detail.failure} />}
      <DockerBanner />
      <ReadBanner />
    </>
  );
}

function FailureBanner({ failure }: { failure: NonNullable<RunDetail['failure']> }) {
  const { stage, error } = failure;
  return (
    <section aria-label="Why the run broke" className="flex flex-none items-start gap-3 border-line border-b px-4 py-3">
      <span className="flex h-11 flex-none items-center">
        <Badge status="fail" size="l">
          Failed at {stage}
        </Badge>
      </span>
      <div className="max-h-40 min-w-0 max-w-[740px] flex-1 overflow-auto">
        <ErrorText error={AppError.fromData(error as ErrorData)} />
      </div>
    </section>
  );
}

/** Only while something of the run may be in Docker's hands. */
function DockerBanner() {
  const engine = useEngine();
  const isLive = useRun(state => state.isLive);
  if (!isLive || engine.state === 'ready' || engine.state === 'checking') return null;
  return (
    <section
      role="status"
      className="flex flex-none items-center gap-3 border-warn-line border-b bg-warn-bg px-4 py-2 text-12 [--ground:var(--warn-bg)]"
    >
      <Unplug size={16} strokeWidth={1.75} className="flex-none text-warn" aria-hidden />
      <div className="selectable min-w-0 flex-1">
        <p className="font-medium">Docker stopped answering.</p>
        <p className="text-fg-2">
          Events, outputs and logs captured so far are kept. A step that needs Docker now ends the run. What the run
          made is removed once Docker answers again.
        </p>
        {engine.said.length > 0 && <p className="truncate font-mono text-11 text-fg-2">{engine.said.join(' ')}</p>}
      </div>
      <LinkButton to="/runtime" size="s">
        Open Runtime
      </LinkButton>
    </section>
  );
}

/** The run is shown as far as it could be read. */
function ReadBanner() {
  const error = useRun(state => state.error);
  if (error === undefined) return null;
  return (
    <div className="flex-none border-line border-b px-4 py-3">
      <ErrorText error={error} />
    </div>
  );
}
