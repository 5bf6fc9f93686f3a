import type { RunDetail, RunFixture } from '../../shared/contract/index.ts';
import type { Status } from '../ui/index.ts';
import type { RunIndex } from './run-index.ts';

/** One line of the fixtures: a fixture as one case sends it, or one that no case sends. */
export interface FixtureLine {
  readonly key: string;
  readonly fixture: RunFixture;
  readonly caseName: string | null;
  /** The case, where its name tells more than the fixture's. */
  readonly note: string | null;
  readonly status: Status;
  readonly word: string;
  readonly latencyMs: number | null;
  readonly warnings: number;
  /** When the case ended; null while it has not. */
  readonly endMs: number | null;
}

const words = { pass: 'Pass', mismatch: 'Mismatch', fail: 'Fail' };

/** The fixtures of a run in the order of its plan, each with what became of it. */
export function fixtureLines(
  detail: Pick<RunDetail, 'plan' | 'kind'>,
  index: RunIndex,
  isLive: boolean,
): FixtureLine[] {
  const { fixtures, cases } = detail.plan;
  const casesOf = Map.groupBy(cases, each => each.fixture);
  // Cases are sent one after another, so the first that has not ended is under way.
  const current =
    isLive && index.marks.readyMs !== null && index.marks.failedMs === null && detail.kind === 'proof'
      ? cases.find(each => !index.caseOf.has(each.name))?.name
      : undefined;
  return fixtures.flatMap((fixture): FixtureLine[] => {
    const sent = casesOf.get(fixture.name) ?? [];
    if (sent.length === 0) return [{ ...notSent, key: `fixture ${fixture.name}`, fixture, caseName: null, note: null }];
    return sent.map(each => {
      const base = {
        key: `case ${each.name}`,
        fixture,
        caseName: each.name,
        note: sent.length > 1 ? each.name : null,
      };
      const mark = index.caseOf.get(each.name);
      if (mark === undefined) {
        if (each.name === current) return { ...notSent, ...base, status: 'running', word: 'Running' };
        return { ...notSent, ...base };
      }
      const warnings = each.result?.expressions.filter(({ ok, severity }) => !ok && severity === 'warn').length ?? 0;
      return {
        ...base,
        status: mark.verdict,
        word: words[mark.verdict],
        latencyMs: mark.latencyMs,
        warnings,
        endMs: mark.atMs,
      };
    });
  });
}

const notSent = { status: 'idle', word: 'Not sent', latencyMs: null, warnings: 0, endMs: null } as const;
