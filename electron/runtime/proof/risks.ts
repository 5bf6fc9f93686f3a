import type { CaseResult } from './cases.ts';
import type { ProofBlock } from './manifest.ts';

export interface Risk {
  kind: 'manifest' | 'stderr' | 'restarts' | 'fixture_never_sent' | 'structural_only' | 'warning';
  text: string;
  /** Verbatim. */
  quote?: string;
  /** `noted`: its author knows of it. `draft`: found in the run, and nobody has looked at it yet. */
  status: 'noted' | 'draft';
}

const quotedLines = 5;

/** What a verdict does not cover: the manifest's own risks and those seen in the run. Counts and quotes, no diagnosis (DESIGN §9). */
export function risksOf(run: {
  proof: ProofBlock;
  results: readonly CaseResult[];
  fixtures: readonly string[];
  containers: readonly { alias: string; restarts: number; stderr: readonly string[] }[];
}): Risk[] {
  const risks: Risk[] = run.proof.risks.map(text => ({ kind: 'manifest', text, status: 'noted' }));
  const draft = (kind: Risk['kind'], text: string, quote?: string) =>
    risks.push({ kind, text, ...(quote === undefined ? {} : { quote }), status: 'draft' });
  for (const { alias, stderr, restarts } of run.containers) {
    if (stderr.length > 0) {
      const more = stderr.length > quotedLines ? `\n… ${stderr.length - quotedLines} more` : '';
      draft(
        'stderr',
        `${count(stderr.length, 'stderr line')} in ${alias}`,
        stderr.slice(0, quotedLines).join('\n') + more,
      );
    }
    if (restarts > 0) draft('restarts', `${alias} restarted ${count(restarts, 'time')}`);
  }
  const sent = new Set(
    run.proof.cases
      .filter(each => run.results.some(result => result.name === each.name))
      .map(each => each.send.fixture),
  );
  for (const fixture of run.fixtures) if (!sent.has(fixture)) draft('fixture_never_sent', `${fixture} was never sent`);
  for (const result of run.results) {
    if (result.structuralOnly) draft('structural_only', `${result.name} looks at the shape of the output only`);
    for (const { expr, severity, ok, error } of result.expressions) {
      if (severity === 'warn' && !ok)
        draft('warning', `${result.name}: ${expr} ${error === undefined ? 'was false' : `gave ${error}`}`);
    }
  }
  return risks;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
