import { parseDuration } from '../../../shared/duration.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EndpointRow, Verdict } from '../../../shared/events.ts';
import type { WireType } from '../../../shared/types/wire.ts';
import type { Deployer } from '../deploy/deployer.ts';
import { isStructural } from './cel.ts';
import { EgressReader, type Frame, sendFixture } from './driver.ts';
import { Evaluator } from './evaluator.ts';
import type { LiveTest } from './live-test.ts';
import type { ProofBlock, ProofCase } from './manifest.ts';
import { outputsOf } from './outputs.ts';

/** The first request may pay for a lazily loaded model (docs/test-with-a-live-backend.txt, Timing realities). */
const firstTimeoutMs = 60_000;
const laterTimeoutMs = 30_000;
/** How long one frame too many is waited for. */
const settleMs = 250;

export interface ExpressionResult {
  expr: string;
  severity: 'error' | 'warn';
  ok: boolean;
  error?: string;
}

export interface CaseResult {
  name: string;
  verdict: Verdict;
  /** From sending to the first frame; null when none came. */
  latency_ms: number | null;
  reasons: string[];
  expressions: ExpressionResult[];
  message_id: string | null;
  frames: Frame[];
  sentAtMs: number | null;
  structuralOnly: boolean;
}

/**
 * Sends every case through the one deployment, in order. Outputs are opened before the first input is sent. A case that
 * breaks does not end the rest; a deployment that failed lets them fail with its reason.
 */
export async function driveCases(
  proof: ProofBlock,
  test: LiveTest,
  deployer: Deployer,
  signal: AbortSignal,
  onResult: (result: CaseResult) => Promise<void>,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const evaluator = stack.use(new Evaluator());
  const readers = new Map<string, EgressReader>();
  for (const alias of new Set(proof.cases.map(each => each.expect.from).filter(from => from !== undefined))) {
    readers.set(alias, stack.use(await EgressReader.open(endpointOf(test, alias).url, signal)));
  }
  for (const [index, each] of proof.cases.entries()) {
    signal.throwIfAborted();
    await reopenOutputs(test, deployer, readers, stack, signal);
    const result = await driveCase(each, index === 0 ? firstTimeoutMs : laterTimeoutMs, {
      test,
      deployer,
      evaluator,
      readers,
      signal,
    });
    await onResult(result);
  }
}

/** An output whose container was started again is listened to anew; one that is not there any more fails the case that needs it. */
async function reopenOutputs(
  test: LiveTest,
  deployer: Deployer,
  readers: Map<string, EgressReader>,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<void> {
  for (const [alias, reader] of readers) {
    if (reader.closedReason === undefined) continue;
    const again = deployer
      .settled(test.deploymentId as string, signal)
      .then(() => EgressReader.open(endpointOf(test, alias).url, signal));
    const opened = await again.catch(() => undefined);
    signal.throwIfAborted();
    if (opened !== undefined) readers.set(alias, stack.use(opened));
  }
}

/** Expectations of severity `warn` that did not hold. */
export function warningsOf({ expressions }: Pick<CaseResult, 'expressions'>): number {
  return expressions.filter(({ severity, ok }) => severity === 'warn' && !ok).length;
}

/** The worst of the cases; a proof without a result failed. */
export function verdictOf(results: readonly CaseResult[]): Verdict {
  if (results.length === 0 || results.some(result => result.verdict === 'fail')) return 'fail';
  return results.some(result => result.verdict === 'mismatch') ? 'mismatch' : 'pass';
}

interface Drive {
  test: LiveTest;
  deployer: Deployer;
  evaluator: Evaluator;
  readers: ReadonlyMap<string, EgressReader>;
  signal: AbortSignal;
}

async function driveCase(each: ProofCase, timeoutMs: number, drive: Drive): Promise<CaseResult> {
  const { test, deployer, signal } = drive;
  const result: CaseResult = {
    name: each.name,
    verdict: 'pass',
    latency_ms: null,
    reasons: [],
    expressions: [],
    message_id: null,
    frames: [],
    sentAtMs: null,
    structuralOnly: each.expect.that.length > 0 && each.expect.that.every(({ expr }) => isStructural(expr)),
  };
  const deploymentId = test.deploymentId as string;
  const crash = new AbortController();
  let ended: AppError | undefined;
  const off = deployer.changed.on(change => {
    if (change.deployment_id !== deploymentId) return;
    ended ??= change.ended;
    if (ended !== undefined || !deployer.isUp(deploymentId)) crash.abort();
  });
  try {
    const fixture = test.fixtures.get(each.send.fixture);
    if (fixture === undefined) throw new AppError('not_found', `There is no fixture ${each.send.fixture}.`);
    const startedMs = performance.now();
    result.sentAtMs = Date.now();
    result.message_id = await sendFixture(
      endpointOf(test, each.send.to).url,
      deployer.blobPath(fixture.sha256),
      each.send.content_type ?? fixture.media_type,
      signal,
    );
    try {
      if (each.expect.from === undefined) await untilLogsSay(each, timeoutMs, drive);
      else {
        const reader = drive.readers.get(each.expect.from) as EgressReader;
        const { frames, firstMs } = await collect(
          reader,
          each,
          result.message_id,
          timeoutMs,
          AbortSignal.any([signal, crash.signal]),
        );
        result.frames = frames;
        result.latency_ms = firstMs === undefined ? null : Math.round((firstMs - startedMs) * 10) / 10;
      }
    } catch (error) {
      // What it was given is not done again when it is back: the case is over.
      throw ended ?? error;
    }
    if (ended !== undefined) throw ended;
    signal.throwIfAborted();
    await deployer.settled(deploymentId, signal);
    await judge(each, result, timeoutMs, drive);
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    // What the component's end looks like from outside (a closed socket) matters less than the end itself.
    const reason =
      ended ??
      (await deployer
        .settled(deploymentId, AbortSignal.timeout(5000))
        .then(() => AppError.from(thrown), AppError.from));
    result.verdict = 'fail';
    result.reasons.push(`${reason.code}: ${reason.message}`);
  } finally {
    off();
  }
  return result;
}

async function collect(
  reader: EgressReader,
  each: ProofCase,
  messageId: string,
  timeoutMs: number,
  signal: AbortSignal,
) {
  let frames: Frame[] = [];
  try {
    frames = await reader.collect(messageId, each.expect.frames, timeoutMs, settleMs, signal);
  } catch {
    frames = reader.framesOf(messageId);
  }
  return { frames, firstMs: frames[0]?.monotonicMs };
}

async function judge(each: ProofCase, result: CaseResult, timeoutMs: number, drive: Drive): Promise<void> {
  const { expect } = each;
  const mismatch = (reason: string) => {
    result.reasons.push(reason);
    if (result.verdict === 'pass') result.verdict = 'mismatch';
  };
  if (expect.from !== undefined) {
    const count = result.frames.length;
    if (count < expect.frames) {
      throw new AppError(
        'timed_out',
        `${count} of ${expect.frames} expected frames came from ${expect.from} within ${timeoutMs / 1000} s.`,
      );
    }
    if (count > expect.frames) mismatch(`frames from ${expect.from}: ${count}, expected: ${expect.frames}`);
    const { outputs, type } = outputsOf(result.frames, inputTypeOf(drive.test, expect.from));
    for (const { expr, severity } of expect.that) {
      const index = Math.max(0, expect.frames - 1);
      const answer = await drive.evaluator.evaluate({ expression: expr, outputs, index, type });
      result.expressions.push({ expr, severity, ...answer });
      if (answer.ok) continue;
      const reason = `${expr}${answer.error === undefined ? ' is false' : `: ${answer.error}`}`;
      if (severity === 'warn') result.reasons.push(`warning: ${reason}`);
      else mismatch(reason);
    }
  }
  for (const { vertex, present, absent } of expect.logs) {
    const text = logText(drive, vertex);
    if (present !== undefined && !matches(text, present)) mismatch(`the log of ${vertex} does not have ${present}`);
    if (absent !== undefined && matches(text, absent)) mismatch(`the log of ${vertex} has ${absent}`);
  }
  if (expect.within !== undefined && (result.latency_ms ?? Number.POSITIVE_INFINITY) > parseDuration(expect.within)) {
    mismatch(`the answer took ${result.latency_ms} ms, more than ${expect.within}`);
  }
}

/** For a sink: what it should say may come any time until the limit. */
async function untilLogsSay(each: ProofCase, timeoutMs: number, drive: Drive): Promise<void> {
  const wanted = each.expect.logs.filter(log => log.present !== undefined);
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; ) {
    drive.signal.throwIfAborted();
    if (wanted.every(log => matches(logText(drive, log.vertex), log.present as string))) break;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  await new Promise(resolve => setTimeout(resolve, settleMs));
}

function logText({ test, deployer }: Drive, alias: string): string {
  const container = test.plan?.vertices.find(vertex => vertex.alias === alias)?.container_id as string;
  const log = deployer.log(container);
  return `${log.text('stdout')}\n${log.text('stderr')}`;
}

/** `/…/` is a regular expression, anything else plain text. */
function matches(text: string, wanted: string): boolean {
  const pattern = /^\/(.+)\/$/s.exec(wanted)?.[1];
  return pattern === undefined ? text.includes(wanted) : new RegExp(pattern, 'm').test(text);
}

function endpointOf(test: LiveTest, alias: string): EndpointRow {
  const endpoint = test.endpoints.find(each => each.alias === alias);
  if (endpoint !== undefined) return endpoint;
  throw new AppError('not_found', `Vertex ${alias} has no endpoint.`, {
    hint: 'Name the vertex of a harness component.',
  });
}

function inputTypeOf(test: LiveTest, alias: string): WireType {
  return test.plan?.vertices.find(vertex => vertex.alias === alias)?.inputs[0]?.type ?? 'any';
}
