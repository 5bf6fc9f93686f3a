import { escapeMarkup } from './markup.ts';
import type { EvidenceRecord } from './record.ts';

/** The cases as JUnit reads them: a mismatch is a failure, a case that broke is an error. */
export function junitXml(record: EvidenceRecord): string {
  const { cases, failure } = record.conclusion;
  const latency = record.runtime_signal.latency_ms.by_case;
  const body = cases.map(({ name, verdict, reasons }) => {
    const open = `    <testcase name="${escapeMarkup(name)}" classname="proof" time="${((latency[name] ?? 0) / 1000).toFixed(3)}"`;
    if (verdict === 'pass') return `${open}/>`;
    const kind = verdict === 'mismatch' ? 'failure' : 'error';
    return `${open}>\n      <${kind} message="${escapeMarkup(reasons[0] ?? verdict)}">${escapeMarkup(reasons.join('\n'))}</${kind}>\n    </testcase>`;
  });
  if (failure !== null) {
    body.push(
      `    <testcase name="${escapeMarkup(failure.stage)}" classname="run">\n      <error message="${escapeMarkup(failure.code)}">${escapeMarkup(failure.message)}</error>\n    </testcase>`,
    );
  }
  const failures = cases.filter(each => each.verdict === 'mismatch').length;
  const errors = cases.filter(each => each.verdict === 'fail').length + (failure === null ? 0 : 1);
  const counts = `tests="${body.length}" failures="${failures}" errors="${errors}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escapeMarkup(record.evidence_id)}" timestamp="${escapeMarkup(record.created_at)}" ${counts}>`,
    ...body,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
