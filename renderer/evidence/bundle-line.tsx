import { Link } from '@tanstack/react-router';
import { Download, FileText, ShieldCheck } from 'lucide-react';
import type { EvidenceRow, RunRow } from '../../shared/contract/index.ts';
import { ago, Button, Digest, IconButton, StatusText } from '../ui/index.ts';
import { verdictStatus } from './bundle-words.ts';
import { DragOut } from './drag-out.tsx';
import { openReport } from './open-report.ts';

/** One piece of evidence in the table, with what can be done with its bundle. */
export function BundleLine(props: {
  row: EvidenceRow;
  run: RunRow | undefined;
  isSelected: boolean;
  isSaving: boolean;
  onVerify: () => void;
  onSave: () => void;
}) {
  const { row, run, isSelected, isSaving, onVerify, onSave } = props;
  return (
    <tr
      tabIndex={-1}
      aria-label={row.name}
      aria-selected={isSelected}
      className="h-10 border-line border-b *:px-2 hover:bg-hover hover:[--ground:var(--bg-hover)] aria-selected:bg-accent-bg aria-selected:shadow-[inset_2px_0_var(--accent-fg)] aria-selected:[--ground:var(--accent-bg)]"
    >
      <td className="!pl-4">
        <span className="flex">
          <StatusText status={verdictStatus(row.verdict)} />
        </span>
      </td>
      <td className="max-w-56 truncate">
        <Link
          to="/runs/$runId"
          params={{ runId: row.run_id }}
          className="inline-flex min-h-6 items-center gap-1 rounded-1 font-medium hover:underline"
        >
          {row.name}
          {run !== undefined && <span className="font-normal text-fg-2">#{run.number}</span>}
        </Link>
      </td>
      <td>
        <Digest value={row.id} kind="id" />
      </td>
      <td className="whitespace-nowrap text-fg-2">{ago(row.created_at)}</td>
      <td>
        <Digest value={row.sha256} />
      </td>
      <td className="!pr-4">
        <span className="flex items-center justify-end gap-1">
          <Button size="s" icon={ShieldCheck} isOn={isSelected} onPress={onVerify} aria-label={`Verify ${row.name}`}>
            Verify
          </Button>
          <Button size="s" icon={Download} isBusy={isSaving} onPress={onSave} aria-label={`Save ${row.name}`}>
            Save
          </Button>
          <IconButton icon={FileText} label="Open report" onPress={() => void openReport(row.id)} />
          <DragOut path={row.bundle} name={row.name} />
        </span>
      </td>
    </tr>
  );
}
