import type { DoctorCheck } from '../../shared/contract/index.ts';
import type { AppError } from '../../shared/errors.ts';
import { ago, CopyButton, ErrorText, ProgressLine, type Status, StatusText, useNow } from '../ui/index.ts';

const words: Record<DoctorCheck['status'], { status: Status; text: string }> = {
  ok: { status: 'pass', text: 'Good' },
  warn: { status: 'warn', text: 'Warning' },
  fail: { status: 'fail', text: 'Fail' },
};

/** What the doctor found on this machine, each thing that is wrong with its fix. */
export function DoctorTable(props: {
  checks: readonly DoctorCheck[] | undefined;
  error: AppError | null;
  isBusy: boolean;
  /** Epoch ms. */
  checkedAtMs: number;
  onRun: () => void;
  onCancel: () => void;
}) {
  const { checks, error, isBusy, checkedAtMs, onRun, onCancel } = props;
  useNow(30_000);
  return (
    <section className="flex-none overflow-hidden rounded-3 border border-line" aria-label="Doctor">
      <header className="flex h-9 items-center gap-2 border-line border-b px-4">
        <h2 className="font-semibold text-12">Doctor</h2>
        <span className="flex-1 text-11 text-fg-2">{summary(checks)}</span>
        {checks !== undefined && !isBusy && (
          <span className="text-11 text-fg-3">{ago(new Date(checkedAtMs).toISOString())}</span>
        )}
      </header>
      {isBusy && (
        <div className="border-line px-4 py-2 not-last:border-b">
          <ProgressLine step={{ message: 'Checking this computer' }} onCancel={onCancel} />
        </div>
      )}
      {error !== null && !isBusy && (
        <div className="p-4">
          <ErrorText error={error} onRetry={onRun} />
        </div>
      )}
      {checks !== undefined && (
        <table className="w-full table-fixed border-collapse text-12">
          <colgroup>
            <col className="w-28" />
            <col className="w-60" />
            <col />
          </colgroup>
          <thead className="sr-only">
            <tr>
              <th scope="col">Status</th>
              <th scope="col">Check</th>
              <th scope="col">What was found, and the fix</th>
            </tr>
          </thead>
          <tbody>
            {checks.map(check => (
              <CheckRow key={`${check.id} ${check.title}`} check={check} />
            ))}
          </tbody>
        </table>
      )}
      {checks === undefined && error === null && !isBusy && (
        <p className="px-4 py-3 text-12 text-fg-2">Stopped. Run doctor looks again.</p>
      )}
    </section>
  );
}

function CheckRow({ check: { status, title, detail, fix } }: { check: DoctorCheck }) {
  return (
    <tr className="h-9 border-line not-last:border-b">
      <td className="py-2 pr-2 pl-4 align-top">
        <StatusText status={words[status].status}>{words[status].text}</StatusText>
      </td>
      <th scope="row" className="break-words px-2 py-2 text-left align-top font-medium">
        {title}
      </th>
      <td className="selectable wrap-anywhere py-2 pr-4 pl-2 align-top text-fg-2">
        {detail}
        {fix !== undefined && (
          <div className="mt-1 flex items-start gap-2 text-fg">
            <span className="min-w-0 flex-1 pt-1">{fix}</span>
            <CopyButton text={fix} label="Copy the fix" />
          </div>
        )}
      </td>
    </tr>
  );
}

function summary(checks: readonly DoctorCheck[] | undefined): string {
  if (checks === undefined) return '';
  const fails = checks.filter(({ status }) => status === 'fail').length;
  const warns = checks.filter(({ status }) => status === 'warn').length;
  return [`${checks.length} checks`, fails > 0 && `${fails} failed`, warns > 0 && `${warns} warned`]
    .filter(Boolean)
    .join(', ');
}
