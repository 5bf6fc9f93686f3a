import { useNavigate } from '@tanstack/react-router';
import { FolderOpen, Plus } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { RunRow } from '../../shared/contract/index.ts';
import { bridge, useAnswer } from '../host/host.ts';
import { Button, ErrorText, PaneMessage, screenEvents, useHotkeys } from '../ui/index.ts';
import { openDropped } from './drop.ts';
import { everything, filterRuns, unitsOf } from './run-filter.ts';
import { isLive } from './run-row.ts';
import { RunsEmpty } from './runs-empty.tsx';
import { focusLine, RunsGrid } from './runs-grid.tsx';
import { RunsSide } from './runs-side.tsx';
import { RunsTools } from './runs-tools.tsx';
import { useStop } from './use-stop.tsx';

/** All runs of the workspace, or how to make the first. */
export function RunsScreen() {
  const { data, error, refetch } = useAnswer('run.list', {});
  const navigate = useNavigate();
  const openBundle = async () => {
    const path = await bridge.choose('bundle');
    if (path !== null) await openDropped([path], navigate);
  };
  const newRun = () => void navigate({ to: '/runs/new', search: {} });
  const isEmpty = data?.count === 0;
  let body: ReactNode;
  if (data === undefined) {
    body =
      error === null ? (
        <PaneMessage status="running" title="Reading the runs" />
      ) : (
        <div className="m-4 max-w-[740px]">
          <ErrorText error={error} onRetry={() => void refetch()} />
        </div>
      );
  } else body = isEmpty ? <RunsEmpty onOpenBundle={() => void openBundle()} /> : <RunsList rows={data.items} />;
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-pane">
      <header className="flex h-12 flex-none items-center gap-2 px-4">
        <h1 className="font-semibold text-16">Runs</h1>
        {data !== undefined && !isEmpty && <span className="text-fg-3">{data.count}</span>}
        <span className="flex-1" />
        <Button icon={FolderOpen} kbd="O" onPress={() => void openBundle()}>
          Open bundle
        </Button>
        <Button icon={Plus} kbd="N" variant={isEmpty ? 'default' : 'primary'} onPress={newRun}>
          New run
        </Button>
      </header>
      {body}
    </div>
  );
}

function RunsList({ rows: all }: { rows: readonly RunRow[] }) {
  const navigate = useNavigate();
  const leases = useAnswer('lease.list', { state: 'open' });
  const [filter, setFilter] = useState(everything);
  const [selected, setSelected] = useState<string | null>(null);
  const { stop, stopping, dialog } = useStop();
  const input = useRef<HTMLInputElement>(null);
  const { rows, counts } = filterRuns(all, filter);
  const open = (runId: string) => void navigate({ to: '/runs/$runId', params: { runId }, search: {} });
  const move = (by: number) => {
    const at = rows.findIndex(({ id }) => id === selected);
    const next = rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next === undefined) return;
    setSelected(next.id);
    focusLine(next.id);
  };
  const live = rows.filter(isLive);
  const stoppable = live.find(({ id }) => id === selected) ?? (live.length === 1 ? live[0] : undefined);
  useEffect(() => {
    const find = () => input.current?.focus();
    window.addEventListener(screenEvents.find, find);
    return () => window.removeEventListener(screenEvents.find, find);
  }, []);
  // N and O are the shell's, since they work everywhere.
  useHotkeys({
    '/': event => {
      event.preventDefault();
      input.current?.focus();
    },
    j: () => move(1),
    k: () => move(-1),
    '.': () => stoppable !== undefined && stop(stoppable),
  });
  return (
    <>
      <RunsTools filter={filter} counts={counts} units={unitsOf(all)} inputRef={input} onChange={setFilter} />
      <div className="flex min-h-0 flex-1">
        {rows.length === 0 ? (
          <PaneMessage
            title="No run matches"
            action={
              <Button onPress={() => setFilter({ ...everything, newestFirst: filter.newestFirst })}>Show all</Button>
            }
          >
            {all.length} {all.length === 1 ? 'run is' : 'runs are'} left out by the filter.
          </PaneMessage>
        ) : (
          <RunsGrid
            rows={rows}
            leases={leases.data?.items ?? []}
            selected={selected}
            stopping={stopping}
            onSelect={setSelected}
            onOpen={open}
            onStop={stop}
            onMove={move}
          />
        )}
        <RunsSide
          rows={all}
          leases={leases.data?.items ?? []}
          error={leases.error}
          onRetry={() => void leases.refetch()}
        />
      </div>
      {dialog}
    </>
  );
}
