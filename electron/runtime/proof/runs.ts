import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import { backoffMs } from '../base/backoff.ts';
import type { DebugBundles } from '../debug/debug-bundles.ts';
import type { Engine } from '../engine/engine.ts';
import type { Callers } from '../lease/callers.ts';
import type { Leases } from '../lease/leases.ts';
import type { KeptKind } from '../store/evidence.ts';
import type { Lease } from '../store/leases.ts';
import type { Run } from '../store/runs.ts';
import { iso } from '../store/time.ts';
import { type CaseResult, driveCases } from './cases.ts';
import { type FixtureOverride, withFixtures } from './edit-manifest.ts';
import {
  checkLiveTest,
  type LiveTest,
  type LiveTestRequest,
  type LiveTestServices,
  type LiveTestWatcher,
  setUpLiveTest,
} from './live-test.ts';
import { type ProofBlock, parseManifest, readManifest } from './manifest.ts';
import { recordCase } from './record-case.ts';
import type { RecordKeeper } from './record-keeper.ts';
import type { RunLog } from './run-log.ts';
import { declaredIn, planOf } from './run-plan.ts';

export interface StartRequest {
  kind: 'live_test' | 'proof';
  manifest: string;
  cwd: string;
  runtime?: string | undefined;
  cut_version_id?: string | undefined;
  label?: string | undefined;
  ttl?: string | undefined;
  keep_lease?: boolean | undefined;
  hold?: boolean | undefined;
  offline?: boolean | undefined;
  fixtures?: readonly FixtureOverride[] | undefined;
}

export interface RunsOptions extends LiveTestServices {
  engine: () => Promise<Engine>;
  leases: Leases;
  callers: Callers;
  runLog: RunLog;
  recordKeeper: RecordKeeper;
  debugBundles: DebugBundles;
  resolveRuntime: (ref: string | undefined) => string;
  /** Makes sure endpoints can be reached; throws `port_in_use`. */
  listening: () => Promise<void>;
  log: (line: string) => void;
}

/** How long at most until the end of a run that found no room on the disk is tried again. */
const lastRetryMs = 10_000;

interface Active {
  abort: AbortController;
  done: Promise<void>;
}

/** Live tests and proofs, from the manifest to the closed lease. */
export class Runs implements AsyncDisposable {
  readonly #options: RunsOptions;
  readonly #active = new Map<string, Active>();
  readonly #leaving = new AbortController();

  constructor(options: RunsOptions) {
    this.#options = options;
    options.leases.changed.on(leaseId => this.#onLease(leaseId));
  }

  get(ref: string): Run {
    const run = this.#options.store.runs.get(ref) ?? this.#options.store.runs.ofLease(ref);
    if (run === undefined)
      throw new AppError('not_found', `There is no run ${ref}.`, { hint: 'See them all: ppl run list.' });
    return run;
  }

  /** Whether a run is under way in this host. */
  get isRunning(): boolean {
    return this.#active.size > 0;
  }

  /** Checks everything that can be checked with nothing made, then opens the lease and goes on in the background. */
  async start(request: StartRequest, session: string): Promise<{ run_id: string; lease_id: string }> {
    const { store, leases, callers, runLog, engine } = this.#options;
    const text = withFixtures(readManifest(request.manifest), request.manifest, request.fixtures ?? [], ref =>
      this.#options.files.resolve(ref),
    );
    const manifest = parseManifest(text, request.manifest);
    if (request.kind === 'proof' && manifest.proof === undefined) {
      throw new AppError(
        'manifest_invalid',
        `${request.manifest}: there is no \`proof:\` block, so nothing says what the output should mean.`,
        {
          hint: 'Add one (see the help page on manifests), or run it as a live test: ppl lease run --test=…',
          details: { file: request.manifest, key: 'proof' },
        },
      );
    }
    const runtimeId = this.#options.resolveRuntime(request.runtime);
    await (await engine()).info();
    await this.#options.listening();
    const liveTest: LiveTestRequest = {
      manifest,
      manifestPath: request.manifest,
      cwd: request.cwd,
      cutVersionId: request.cut_version_id,
      runtimeId,
      offline: request.offline ?? false,
    };
    checkLiveTest(liveTest, this.#options);
    const plan = planOf(manifest, {
      name: manifest.proof?.name ?? request.label ?? 'live test',
      manifestPath: request.manifest,
      declared: declaredIn(liveTest, this.#options),
    });

    const keep = request.keep_lease === true;
    const { lease, run } = store.transaction(() => {
      const lease = leases.open({
        ttl: request.ttl ?? manifest.deploy?.lease_ttl,
        label: request.label,
        runtimeId,
        ...(keep ? {} : { tie: { session, pid: callers.pidOf(session) } }),
      });
      const run = {
        id: newId('run'),
        kind: request.kind,
        name: plan.name,
        mode: plan.mode,
        state: 'running' as const,
        lease_id: lease.id,
        keep_lease: keep ? (1 as const) : (0 as const),
        manifest_path: request.manifest,
        manifest: text,
        plan: JSON.stringify(plan),
        vertex_count: plan.vertices.length,
        created_at_ms: Date.now(),
      };
      const cases = request.kind === 'proof' ? plan.cases.map(each => each.name) : [];
      store.runs.insert(run, cases);
      runLog.append(run, { type: 'lease_created', expires_at: iso(lease.expires_at_ms) });
      return { lease, run };
    });
    runLog.begin(run.id);
    const abort = new AbortController();
    const begun = this.get(run.id);
    const done = this.#execute(begun, lease, liveTest, request, abort.signal)
      .catch(thrown => this.#breakOff(begun, 'record', AppError.from(thrown), abort.signal))
      .catch(error => this.#options.log(`${run.id}: ${error instanceof Error ? error.stack : error}`));
    this.#active.set(run.id, { abort, done });
    // A caller that was gone before its lease was there ties nothing to anyone.
    if (!keep && callers.pidOf(session) === null) abort.abort(new AppError('cancelled', 'The caller is gone.'));
    void done.finally(() => {
      this.#active.delete(run.id);
      runLog.end(run.id);
    });
    return { run_id: run.id, lease_id: lease.id };
  }

  /** Ends a run early; its clean-up goes on and its watchers see it. */
  cancel(ref: string): void {
    const run = this.get(ref);
    this.#active.get(run.id)?.abort.abort(new AppError('cancelled', 'The run was cancelled.'));
  }

  /** Runs that a former host was working on: they cannot go on, so they say so and their leases roll back. */
  async recover(): Promise<void> {
    const { store, runLog } = this.#options;
    const lost = new AppError('host_lost', 'The host that was running this test ended before it was over.', {
      hint: 'Run it again. What it had made has been removed.',
    });
    await Promise.all(
      store.runs.unfinished().map(async run => {
        runLog.begin(run.id);
        await this.#breakOff(run, 'host', lost).finally(() => runLog.end(run.id));
      }),
    );
  }

  /** Ends what is under way, and waits no longer for room on the disk. */
  leave(): void {
    this.#leaving.abort();
    for (const { abort } of this.#active.values()) abort.abort(new AppError('host_lost', 'The host is leaving.'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
    await Promise.allSettled([...this.#active.values()].map(({ done }) => done));
  }

  async #execute(
    run: Run,
    lease: Lease,
    liveTest: LiveTestRequest,
    request: StartRequest,
    signal: AbortSignal,
  ): Promise<void> {
    const { store, leases, runLog } = this.#options;
    const evidenceId = newId('evidence');
    const test: LiveTest = { stage: 'start', fixtures: new Map(), vertices: new Map(), endpoints: [] };
    const work = { signal, progress: (step: Progress) => this.#options.log(`${run.id}: ${step.message}`) };
    let failure: AppError | undefined;
    const results: CaseResult[] = [];
    try {
      await setUpLiveTest(liveTest, this.#options, lease, test, this.#watcherOf(run, evidenceId), work);
      if (run.kind === 'proof') {
        const proof = liveTest.manifest.proof as ProofBlock;
        await driveCases(proof, test, this.#options.deployer, signal, async result => {
          // Evidence has what there is: also when the run breaks before its next case is over.
          results.push(result);
          await recordCase(run, result, store, runLog);
        });
      } else if (request.hold === true) return;
    } catch (thrown) {
      failure = AppError.from(signal.aborted && signal.reason instanceof AppError ? signal.reason : thrown);
      await this.#fail(run, test.stage, failure, signal, run.kind === 'live_test');
    }
    if (run.kind === 'proof') {
      const keepLease = run.keep_lease === 1;
      const outcome = { evidenceId, run, lease, request: liveTest, test, results, failure, keepLease };
      await this.#options.recordKeeper.record(outcome);
      return;
    }
    if (run.keep_lease === 0) await leases.rollback(lease.id);
  }

  /** Writes down what a run learns, so that it can be shown when its lease has taken the rest along. */
  #watcherOf(run: Run, evidenceId: string): LiveTestWatcher {
    const { store, catalog, runLog } = this.#options;
    // Version, fixtures and the operation log outlive the lease of a proof, however that ends (DESIGN §10).
    const keep = (kind: KeptKind, id: string) => {
      if (run.kind === 'proof') store.evidence.keep(evidenceId, run.lease_id, { kind, id });
    };
    return {
      event: body =>
        store.transaction(() => {
          if (body.type === 'backend_created') keep('backend', body.backend_id);
          if (body.type === 'vertex_added') keep('version', body.version_id);
          if (body.type === 'deploy_started') store.runs.update(run.id, { deployment_id: body.deployment_id });
          if (body.type === 'ready' && run.kind === 'live_test') store.runs.update(run.id, { state: 'ready' });
          runLog.append(run, body);
        }),
      unit: versionId => {
        const { component_id, image_digest } = catalog.version(versionId);
        const component = store.components.get(component_id)?.name ?? '';
        store.transaction(() => {
          keep('version', versionId);
          store.runs.update(run.id, { unit: { component, version_id: versionId, image_digest } });
        });
      },
      fixture: (name, file) =>
        store.transaction(() => {
          keep('file', file.id);
          store.runs.freeze(run.id, name, file);
        }),
    };
  }

  /**
   * Ends a run that does not come to an end of its own, with its lease. Where there is no room to write that down, whoever watches the run
   * hears so now, and it is tried until there is.
   */
  async #breakOff(run: Run, stage: string, error: AppError, signal?: AbortSignal): Promise<void> {
    const { leases, runLog, recordKeeper, log } = this.#options;
    for (let failures = 1; ; failures++) {
      try {
        if (this.get(run.id).state === 'running') await this.#fail(run, stage, error, signal, true);
        await recordKeeper.forget(run.lease_id);
        const { state } = leases.get(run.lease_id);
        const isKept = run.keep_lease === 1 && stage !== 'host';
        if (!isKept && (state === 'open' || state === 'closing')) await leases.rollback(run.lease_id);
        return;
      } catch (thrown) {
        const why = AppError.from(thrown);
        if (why.code !== 'disk_full' || this.#leaving.signal.aborted) throw thrown;
        log(`${run.id}: how it ended is not written down yet: ${why.message}`);
        runLog.stall(run.id, why);
      }
      await sleep(backoffMs(failures, lastRetryMs), undefined, { signal: this.#leaving.signal }).catch(() => undefined);
    }
  }

  /**
   * Tells once that a run failed, with a debug bundle of what there is before it goes, unless somebody wanted the run to end. A run is over
   * when its evidence is recorded, or is known never to be.
   */
  async #fail(
    run: Run,
    stage: string,
    error: AppError,
    signal: AbortSignal | undefined,
    isOver: boolean,
  ): Promise<void> {
    const { store, runLog } = this.#options;
    const over = () => {
      if (isOver) store.runs.update(run.id, { state: 'failed', ...(run.kind === 'proof' ? { verdict: 'fail' } : {}) });
    };
    if (store.runs.eventsOfTypes(run.id, ['failed']).length > 0) return store.transaction(over);
    if (error.code === 'internal')
      this.#options.log(`${run.id}: ${error.cause instanceof Error ? error.cause.stack : error.stack}`);
    const failure = { stage, error: error.toData() };
    const isWanted = signal?.aborted === true && (error.code === 'cancelled' || error.code === 'host_lost');
    const bundle = isWanted ? undefined : await this.#options.debugBundles.ofFailure(run.lease_id, failure);
    store.transaction(() => {
      runLog.append(run, { type: 'failed', ...failure, ...(bundle === undefined ? {} : { debug_bundle: bundle }) });
      over();
    });
  }

  /** A lease that ends under a run ends the run. */
  #onLease(leaseId: string): void {
    const run = this.#options.store.runs.ofLease(leaseId);
    const active = run === undefined ? undefined : this.#active.get(run.id);
    if (active === undefined || active.abort.signal.aborted) return;
    const lease = this.#options.store.leases.get(leaseId);
    if (lease === undefined || lease.state === 'open') return;
    active.abort.abort(
      lease.outcome === 'expired'
        ? new AppError('lease_expired', `Lease ${leaseId} reached its deadline before the test was over.`, {
            hint: 'Give it longer: --ttl=1h, or deploy.lease_ttl in the manifest.',
          })
        : new AppError('cancelled', `Lease ${leaseId} was closed before the test was over.`),
    );
  }
}
