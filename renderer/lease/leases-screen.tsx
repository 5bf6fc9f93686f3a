import { Link } from '@tanstack/react-router';
import { type ReactNode, useRef, useState } from 'react';
import type { LeaseRow, RunRow } from '../../shared/contract/index.ts';
import { useAnswer } from '../host/host.ts';
import { CommandLine } from '../runs/command-line.tsx';
import {
  ago,
  Button,
  Digest,
  EmptyState,
  ErrorText,
  LinkButton,
  PaneMessage,
  useHotkeys,
  useNow,
} from '../ui/index.ts';
import { LeaseActions } from './lease-actions.tsx';
import { LeaseRing, LeaseTime } from './lease-clock.tsx';
import { inOrder } from './lease-time.ts';
import { nameOfRun } from './notices.ts';
import { OwnedLine } from './owned-line.tsx';

const atOnce = 200;

/** Every lease of the workspace: what is left of the open ones, and the receipts of the others. */
export function LeasesScreen() {
  const { data, error, refetch } = useAnswer('lease.list', {});
  const open = data?.items.filter(({ state }) => state === 'open').length ?? 0;
  let body: ReactNode;
  if (error !== null) {
    body = (
      <div className="m-4 max-w-[740px]">
        <ErrorText error={error} onRetry={() => void refetch()} />
      </div>
    );
  } else if (data === undefined) body = <PaneMessage status="running" title="Reading the leases" />;
  else if (data.count === 0) body = <NoLeases />;
  else body = <LeaseTable leases={data.items} />;
  return (
    <>
      <header className="flex h-12 flex-none items-center gap-2 border-line border-b px-4">
        <h1 className="font-semibold text-16">Leases</h1>
        {data !== undefined && data.count > 0 && <span className="text-fg-3">{open} open</span>}
      </header>
      {body}
    </>
  );
}

function NoLeases() {
  return (
    <EmptyState
      title="No lease yet"
      text="A run makes its containers, network and fixtures under a lease. When the lease ends, they go together, and a receipt says what went."
    >
      <LinkButton to="/runs" variant="primary" size="l">
        Go to runs
      </LinkButton>
      <CommandLine command="ppl lease create --ttl 1h" />
    </EmptyState>
  );
}

function LeaseTable({ leases }: { leases: readonly LeaseRow[] }) {
  const runs = useAnswer('run.list', {}).data?.items ?? [];
  const runOf = new Map(runs.map(run => [run.lease_id, run]));
  const [shown, setShown] = useState(atOnce);
  const body = useRef<HTMLTableSectionElement>(null);
  const move = (by: number) => {
    const rows = [...(body.current?.rows ?? [])];
    const at = rows.findIndex(row => row.contains(document.activeElement));
    rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus();
  };
  useHotkeys({ j: () => move(1), k: () => move(-1) });
  // So that "6 min ago" stays true.
  useNow(30_000);
  const rows = inOrder(leases);
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <table className="w-full min-w-[860px] border-collapse text-12" aria-label="Leases">
        <thead className="sticky top-0 z-10 bg-pane">
          <tr className="h-8 text-left text-11 text-fg-2 *:px-2 *:font-medium *:shadow-[inset_0_-1px_var(--border)]">
            <th scope="col" className="!pl-4 w-44">
              Time left
            </th>
            <th scope="col">Run</th>
            <th scope="col" className="w-40">
              Lease
            </th>
            <th scope="col" className="w-28">
              Created
            </th>
            <th scope="col">Owns, or became of it</th>
            <th scope="col" className="!pr-4 w-44 text-right">
              Actions
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.slice(0, shown).map(lease => (
            <LeaseLine key={lease.id} lease={lease} run={runOf.get(lease.id)} />
          ))}
        </tbody>
      </table>
      {rows.length > shown && (
        <div className="flex items-center gap-3 p-4 text-12 text-fg-2">
          {rows.length - shown} older
          <Button size="s" onPress={() => setShown(shown + atOnce)}>
            Show more
          </Button>
        </div>
      )}
    </div>
  );
}

function LeaseLine({ lease, run }: { lease: LeaseRow; run: RunRow | undefined }) {
  const name = run === undefined ? (lease.label ?? lease.id) : nameOfRun(run);
  return (
    <tr
      tabIndex={-1}
      aria-label={name}
      className="h-10 border-line border-b *:px-2 hover:bg-hover hover:[--ground:var(--bg-hover)]"
    >
      <td className="!pl-4">
        <span className="flex items-center gap-2">
          {lease.state === 'open' && <LeaseRing lease={lease} />}
          <LeaseTime lease={lease} />
        </span>
      </td>
      <td className="max-w-56 truncate">
        {run === undefined ? (
          <span className="text-fg-2">{lease.label ?? 'None'}</span>
        ) : (
          <Link
            to="/runs/$runId"
            params={{ runId: run.id }}
            className="inline-flex min-h-6 items-center gap-1 rounded-1 font-medium hover:underline"
          >
            {run.name} <span className="font-normal text-fg-2">#{run.number}</span>
          </Link>
        )}
      </td>
      <td>
        <Digest value={lease.id} kind="id" />
      </td>
      <td className="whitespace-nowrap text-fg-2">{ago(lease.created_at)}</td>
      <td className="max-w-64 truncate text-fg-2">
        <OwnedLine lease={lease} />
      </td>
      <td className="!pr-4">
        <span className="flex justify-end">
          <LeaseActions lease={lease} name={name} />
        </span>
      </td>
    </tr>
  );
}
