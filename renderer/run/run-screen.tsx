import type { RunDetail } from '../../shared/contract/index.ts';
import { EmptyState, ErrorText, LinkButton, PaneMessage } from '../ui/index.ts';
import { RunBanners } from './run-banners.tsx';
import { RunHead } from './run-head.tsx';
import { RunLayout } from './run-layout.tsx';
import { RunProvider } from './run-provider.tsx';
import { useRun } from './run-store.ts';
import { TimelineProvider } from './run-timeline.tsx';
import { useDeepLink } from './use-deep-link.ts';
import { usePlay } from './use-play.ts';
import { useRunKeys } from './use-run-keys.ts';
import { WaterfallPane } from './waterfall-pane.tsx';

/** One run: what it did over time, and everything else as it was at the playhead. */
export function RunScreen({ runId }: { runId: string }) {
  return (
    <RunProvider key={runId} runId={runId}>
      <Screen />
    </RunProvider>
  );
}

function Screen() {
  const detail = useRun(state => state.detail);
  const error = useRun(state => state.error);
  if (detail !== undefined) {
    return (
      <TimelineProvider plan={detail.plan}>
        <Run detail={detail} />
      </TimelineProvider>
    );
  }
  if (error === undefined) return <PaneMessage status="running" title="Reading the run" />;
  const all = (
    <LinkButton to="/runs" variant="primary">
      Show all runs
    </LinkButton>
  );
  if (error.code === 'not_found') {
    return (
      <EmptyState title="There is no such run" text="It may belong to another workspace, or its record was removed.">
        {all}
      </EmptyState>
    );
  }
  return (
    <EmptyState title="The run could not be read" text="What is recorded of it is still on this computer.">
      <ErrorText error={error} />
      {all}
    </EmptyState>
  );
}

function Run({ detail }: { detail: RunDetail }) {
  const play = usePlay();
  useRunKeys(play.toggle);
  useDeepLink();
  return (
    <div className="relative flex h-full min-h-0 flex-col bg-pane">
      <RunHead detail={detail} />
      <RunBanners detail={detail} />
      <WaterfallPane play={play} />
      <RunLayout detail={detail} />
    </div>
  );
}
