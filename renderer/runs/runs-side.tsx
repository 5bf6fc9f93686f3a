import { useNavigate } from '@tanstack/react-router';
import { Upload } from 'lucide-react';
import type { LeaseRow, RunRow } from '../../shared/contract/index.ts';
import type { AppError } from '../../shared/errors.ts';
import { LeaseControls } from '../lease/lease-controls.tsx';
import { DropArea, ErrorText } from '../ui/index.ts';
import { openDropped } from './drop.ts';

/** Beside the table: what is open, and where to drop things. */
export function RunsSide(props: {
  rows: readonly RunRow[];
  leases: readonly LeaseRow[];
  error: AppError | null;
  onRetry(): void;
}) {
  const navigate = useNavigate();
  const runOf = new Map(props.rows.map(row => [row.lease_id, row]));
  return (
    <aside className="w-64 flex-none overflow-y-auto border-line border-l bg-sunken" aria-label="Leases and drop area">
      <section className="border-line border-b p-4">
        <h2 className="mb-3 font-semibold text-12">
          Leases <span className="font-normal text-fg-3">{props.leases.length}</span>
        </h2>
        {props.error !== null && <ErrorText error={props.error} onRetry={props.onRetry} />}
        {props.error === null && props.leases.length === 0 && (
          <p className="text-12 text-fg-2">None is open. A run opens one for what it makes.</p>
        )}
        <ul className="grid gap-4">
          {props.leases.map(lease => {
            const run = runOf.get(lease.id);
            const name = run === undefined ? (lease.label ?? undefined) : `${run.name} #${run.number}`;
            return (
              <li key={lease.id}>
                <LeaseControls lease={lease} {...(name === undefined ? {} : { name })} />
              </li>
            );
          })}
        </ul>
      </section>
      <section className="border-line border-b p-4">
        <DropArea
          accept="a .proof bundle, a manifest, a component folder or a fixture"
          onFiles={paths => void openDropped(paths, navigate)}
        >
          <Upload size={20} strokeWidth={1.75} aria-hidden />
          <b className="font-semibold text-13 text-fg">Drop anything here</b>
          <p className="text-12">
            A <span className="font-mono">.proof</span> bundle to verify and replay, a manifest to run, or a component
            folder.
          </p>
        </DropArea>
      </section>
    </aside>
  );
}
