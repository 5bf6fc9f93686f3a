import { useState } from 'react';
import type { CaseResultRow, RunCase } from '../../shared/contract/index.ts';
import { Badge, StatusMark, VerbatimBlock } from '../ui/index.ts';
import type { Box, BoxRole } from './boxes.ts';
import type { Absence } from './case-state.ts';
import { type CheckRow, checkRows, hasWarning } from './checks.ts';
import { Observed } from './observed.tsx';

const words = { pass: 'Pass', mismatch: 'Mismatch', fail: 'Fail' };

interface ExpectationProps {
  of: RunCase;
  boxes: readonly Box[];
  roles: readonly BoxRole[];
  /** The output as text, quoted when there are no boxes. */
  text: string | undefined;
  absence: Absence | null;
  /** The case ends after the playhead: what it says is dimmed. */
  isAfter: boolean;
}

/** What a case should mean and what came of it: the sentence, then each check with what was seen. */
export function Expectation({ of: each, boxes, roles, text, absence, isAfter }: ExpectationProps) {
  const { result } = each;
  return (
    <section
      aria-label={`Expectation, ${each.name}`}
      data-after={isAfter || undefined}
      className="group/expectation min-h-0 min-w-0 flex-1 @max-[560px]:flex-none @min-[560px]:overflow-y-auto pb-1"
    >
      <div className="flex min-h-6 items-center gap-2">
        <span className="min-w-0 flex-1 truncate text-11 text-fg-2">
          Expectation, {each.name}
          {isAfter && ', after the playhead'}
        </span>
        {result === null ? (
          <Badge status={absence?.status ?? 'idle'}>{absence?.title ?? 'Not sent yet'}</Badge>
        ) : (
          <Badge status={result.verdict}>{words[result.verdict]}</Badge>
        )}
      </div>
      <h3 className="selectable mt-1 mb-2 font-semibold text-16 tracking-[-.011em] group-data-after/expectation:text-fg-3">
        {each.meaning}
      </h3>
      <dl className="selectable mb-2 grid grid-cols-[64px_1fr] gap-y-1 text-12 group-data-after/expectation:text-fg-3">
        <dt className="text-fg-2">{result === null ? 'State' : 'Observed'}</dt>
        <dd className="min-w-0">
          {absence === null ? <Observed boxes={boxes} roles={roles} text={text} /> : absence.text}
        </dd>
      </dl>
      {/* Of a case that broke they say most, for its checks were not looked at. */}
      {result?.verdict === 'fail' && <Reasons of={result} />}
      <ul className="mb-2 border-line border-t">
        {checkRows(each).map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the checks of a case keep their order
          <CheckLine key={index} row={row} />
        ))}
      </ul>
      {hasWarning(each) && (
        <p className="flex items-center gap-[6px] text-11 text-fg-2">
          <StatusMark status="warn" size={12} />
          Severity warn: noted in the conclusion, does not fail the case
        </p>
      )}
      {result?.verdict === 'mismatch' && <Reasons of={result} />}
    </section>
  );
}

function Reasons({ of: { reasons } }: { of: CaseResultRow }) {
  if (reasons.length === 0) return null;
  return (
    <div className="my-3">
      <VerbatimBlock title="Reasons" lines={reasons} />
    </div>
  );
}

const spoken = { pass: 'Holds', mismatch: 'Does not hold', fail: 'Failed', warn: 'Warning', idle: 'Not checked' };

/** One check; it opens to its whole text. */
function CheckLine({ row }: { row: CheckRow }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <li className="border-line border-b">
      <button
        type="button"
        aria-expanded={isOpen}
        title={row.text}
        onClick={() => setIsOpen(!isOpen)}
        className="flex min-h-6 w-full items-start gap-2 rounded-1 py-1 text-left text-11 hover:bg-hover"
      >
        <span className="grid h-4 flex-none place-items-center">
          <StatusMark status={row.status} size={14} />
        </span>
        <span className="sr-only">{spoken[row.status]}</span>
        <code
          className={`min-w-0 flex-1 tracking-[-.02em] group-data-after/expectation:text-fg-3 ${isOpen ? 'whitespace-pre-wrap break-words' : 'truncate'}`}
        >
          {row.text}
        </code>
        <code className={row.status === 'warn' ? 'flex-none font-semibold text-warn' : 'flex-none text-fg-2'}>
          {row.observed}
        </code>
      </button>
      {row.error !== undefined && (
        <p className="selectable break-words pb-1 pl-[22px] font-mono text-11 text-fg-2">{row.error}</p>
      )}
    </li>
  );
}
