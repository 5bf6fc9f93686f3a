import { Fingerprint } from 'lucide-react';
import type { VerifyReport } from '../../shared/contract/index.ts';
import { Badge, CopyButton, Digest, StatusMark, StatusText } from '../ui/index.ts';
import { fingerprint, problemWords, verdictStatus, verdictWord, verifiedLine } from './bundle-words.ts';

/** What verifying a bundle found: whether it is as it was signed, each problem, each signature and whose key that may be. */
export function VerifyResult({ report }: { report: VerifyReport }) {
  const { ok, evidence_id, verdict, problems, signatures } = report;
  return (
    <div className="grid gap-4">
      <div className="flex items-start gap-2">
        <span className="flex h-5 items-center">
          <StatusMark status={ok ? 'pass' : 'fail'} size={16} />
        </span>
        <div className="min-w-0">
          <p className="font-semibold text-14">{ok ? 'As it was signed' : 'Not as it was signed'}</p>
          <p className="text-12 text-fg-2">{verifiedLine(report)}</p>
        </div>
      </div>
      <dl className="grid grid-cols-[72px_1fr] items-center gap-y-2 text-12">
        <dt className="text-fg-2">Verdict</dt>
        <dd>
          {ok ? (
            <Badge status={verdictStatus(verdict)}>{verdictWord(verdict)}</Badge>
          ) : (
            <Badge status="idle">Claims {verdict}</Badge>
          )}
        </dd>
        <dt className="text-fg-2">Evidence</dt>
        <dd>
          <Digest value={evidence_id} kind="id" />
        </dd>
      </dl>
      {problems.length > 0 && <Problems problems={problems} />}
      <Signatures signatures={signatures} />
    </div>
  );
}

function Problems({ problems }: Pick<VerifyReport, 'problems'>) {
  const text = problems.map(({ file, problem, detail }) => `${file}: ${problem}: ${detail}`).join('\n');
  return (
    <section aria-label="Problems" className="min-w-0 overflow-hidden rounded-3 border border-line">
      <header className="flex h-9 items-center gap-2 border-line border-b pr-2 pl-3">
        <h3 className="font-semibold text-12">Problems</h3>
        <span className="flex-1 text-12 text-fg-2">{problems.length}</span>
        <CopyButton text={text} label="Copy the problems" />
      </header>
      <ul className="max-h-72 overflow-auto">
        {problems.map(({ file, problem, detail }) => (
          <li
            key={`${file} ${problem} ${detail}`}
            className="grid gap-1 border-line px-3 py-2 text-12 not-last:border-b"
          >
            <div className="flex items-start gap-2">
              <StatusText status="fail">{problemWords[problem]}</StatusText>
              <code className="selectable min-w-0 break-all font-mono">{file}</code>
            </div>
            <p className="selectable wrap-anywhere text-fg-2">{detail}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Signatures({ signatures }: Pick<VerifyReport, 'signatures'>) {
  return (
    <section aria-label="Signatures" className="min-w-0 rounded-3 border border-line">
      <header className="flex h-9 items-center gap-2 border-line border-b px-3">
        <h3 className="font-semibold text-12">Signatures</h3>
        <span className="text-12 text-fg-2">{signatures.length}</span>
      </header>
      {signatures.length === 0 && <p className="border-line border-b px-3 py-2 text-12 text-fg-2">Nobody signed it.</p>}
      <ul>
        {signatures.map(({ keyid, valid, detail }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: one key may sign several times
          <li key={`${keyid} ${index}`} className="grid gap-1 border-line border-b px-3 py-2 text-12">
            <div className="flex min-h-6 items-center gap-2">
              <Fingerprint size={14} strokeWidth={2.1} className="flex-none text-fg-2" aria-hidden />
              <code className="selectable min-w-0 truncate font-mono">{fingerprint(keyid)}</code>
              <CopyButton text={keyid} label="Copy the key id" />
              <span className="flex-1" />
              <StatusText status={valid ? 'pass' : 'fail'}>{valid ? 'Valid' : 'Not valid'}</StatusText>
            </div>
            {!valid && <p className="selectable wrap-anywhere text-fg-2">{detail}</p>}
          </li>
        ))}
      </ul>
      <p className="px-3 py-2 text-12 text-fg-2">
        A signature says which key signed. It counts only if you know whose key that is: compare the fingerprint with
        the one its owner gives you.
      </p>
    </section>
  );
}
