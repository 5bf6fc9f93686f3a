import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Receipt } from '../../../shared/contract/index.ts';
import { parseDuration } from '../../../shared/duration.ts';
import type { AppError } from '../../../shared/errors.ts';
import type { Verdict } from '../../../shared/events.ts';
import type { Backends } from '../backend/backends.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Deployer } from '../deploy/deployer.ts';
import type { Engine } from '../engine/engine.ts';
import { statementOf } from '../evidence/attestation.ts';
import { type DataFile, writeBundle } from '../evidence/bundle.ts';
import { junitXml } from '../evidence/junit.ts';
import { loadOrMakeKey } from '../evidence/keys.ts';
import type { EvidenceRecord } from '../evidence/record.ts';
import { reportHtml } from '../evidence/report.ts';
import type { Unrecorded } from '../evidence/unrecorded.ts';
import type { Leases } from '../lease/leases.ts';
import { operationRowOf } from '../store/backends.ts';
import type { Lease } from '../store/leases.ts';
import type { Run } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import { iso } from '../store/time.ts';
import { type CaseResult, verdictOf } from './cases.ts';
import { mediaTypeOf } from './frame-media.ts';
import type { LiveTest, LiveTestRequest } from './live-test.ts';
import type { ProofBlock } from './manifest.ts';
import {
  fixtureName,
  framesOf,
  linesOf,
  lockOf,
  logFacts,
  logPath,
  outputFiles,
  safeName,
  textOf,
  withoutCredentials,
} from './record-files.ts';
import { risksOf } from './risks.ts';
import type { RunLog } from './run-log.ts';

export interface RecordKeeperOptions {
  store: Store;
  catalog: Catalog;
  backends: Backends;
  deployer: Deployer;
  leases: Leases;
  runLog: RunLog;
  unrecorded: Unrecorded;
  engine: () => Promise<Engine>;
  version: string;
}

export interface ProofOutcome {
  /** What the run made is kept for it as it came to be. */
  evidenceId: string;
  run: Run;
  lease: Lease;
  request: LiveTestRequest;
  test: LiveTest;
  results: CaseResult[];
  failure: AppError | undefined;
  keepLease: boolean;
}

/** What an image inlined in the report may weigh. */
const maxInlineBytes = 2 * 2 ** 20;

/**
 * The last step of the proof loop: records the evidence. What it names is kept before the lease goes, the lease goes, and then,
 * with every log complete and the receipt known, the record is sealed into a bundle.
 */
export class RecordKeeper {
  readonly #options: RecordKeeperOptions;

  constructor(options: RecordKeeperOptions) {
    this.#options = options;
  }

  /** Lets go of all that evidence which could not be recorded would have kept of a lease's run. */
  forget(leaseId: string): Promise<void> {
    return this.#options.unrecorded.dropOf(leaseId);
  }

  /** When it throws, what it had begun stays until it is forgotten. */
  async record(outcome: ProofOutcome): Promise<void> {
    const { store, leases, runLog } = this.#options;
    const { run, lease, evidenceId } = outcome;
    const engine = await this.#engineFacts();
    // It may have ended under the run.
    const { state, receipt: ended } = leases.get(lease.id);
    const receipt = outcome.keepLease || state === 'committed' ? ended : await leases.rollback(lease.id);

    const record = this.#recordOf(evidenceId, outcome, engine, receipt);
    const bundles = join(store.home, 'bundles');
    mkdirSync(bundles, { recursive: true, mode: 0o700 });
    const bundle = join(bundles, `${evidenceId}.proof`);
    const written = await writeBundle(
      {
        evidenceId,
        data: this.#dataFiles(record, outcome),
        key: loadOrMakeKey(store.home),
        statement: digests => statementOf(record, digests),
        to: bundle,
      },
      { signal: new AbortController().signal },
    );
    const { verdict } = record.conclusion;
    store.transaction(() => {
      store.evidence.insert({
        id: evidenceId,
        run_id: run.id,
        name: run.name,
        verdict,
        record: JSON.stringify(record),
        bundle,
        sha256: written.sha256,
        supersedes: null,
        created_at_ms: Date.parse(record.created_at),
      });
      store.runs.update(run.id, {
        state: outcome.failure === undefined ? 'done' : 'failed',
        verdict,
        evidence_id: evidenceId,
      });
      runLog.append(run, { type: 'proof', run_id: run.id, evidence_id: evidenceId, verdict, bundle });
    });
  }

  /** Evidence of a run that failed because Docker went away is evidence still. */
  async #engineFacts(): Promise<{ version: string; os: string; architecture: string } | null> {
    try {
      const info = await (await this.#options.engine()).info();
      return { version: info.version, os: info.os, architecture: info.architecture };
    } catch {
      return null;
    }
  }

  #recordOf(
    evidenceId: string,
    { request, test, results, failure }: ProofOutcome,
    engine: { version: string; os: string; architecture: string } | null,
    receipt: Receipt | null,
  ): EvidenceRecord {
    const { catalog, store } = this.#options;
    const proof = request.manifest.proof as ProofBlock;
    const verdict: Verdict = failure === undefined ? verdictOf(results) : 'fail';
    const sent = new Set(proof.cases.slice(0, results.length).map(each => each.send.fixture));
    const pinned = (alias: string, id: string) => {
      const version = catalog.version(id);
      const component = store.components.get(version.component_id)?.name ?? '';
      return {
        alias,
        component,
        version_id: id,
        image_digest: version.image_digest,
        source_sha256: version.source_sha256,
      };
    };
    const cut = test.cutVersionId === undefined ? undefined : pinned('cut', test.cutVersionId);
    const containers = this.#containers(test);
    const latencies = results.map(result => result.latency_ms);
    return {
      schema: 'https://proofbench.dev/evidence/v1',
      evidence_id: evidenceId,
      created_at: iso(Date.now()),
      supersedes: null,
      proofbench: { version: this.#options.version },
      unit_under_test: {
        component:
          cut === undefined
            ? null
            : {
                name: cut.component,
                version_id: cut.version_id,
                image_digest: cut.image_digest,
                source_sha256: cut.source_sha256,
              },
        versions: test.plan?.vertices.map(vertex => pinned(vertex.alias, vertex.version_id)) ?? [],
        backend:
          test.plan === undefined
            ? null
            : {
                backend_id: test.plan.backend_id,
                operations: { from: 1, to: test.plan.head_seq },
                head_hash: test.plan.head_hash,
                graph_hash: test.plan.graph_hash,
              },
        runtime: {
          runtime_id: request.runtimeId,
          engine,
          host: {
            node: process.version,
            platform: platform(),
            architecture: arch(),
            cpus: cpus().length,
            memory_bytes: totalmem(),
          },
        },
      },
      input: {
        fixtures: [...test.fixtures.entries()].map(([name, file]) => ({
          name,
          file_id: file.id,
          sha256: file.sha256,
          bytes: file.bytes,
          media_type: file.media_type,
          sent: sent.has(name),
        })),
      },
      expected: {
        cases: proof.cases.map(({ name, send, expect }) => ({
          name,
          fixture: send.fixture,
          meaning: expect.meaning,
          ...(expect.from === undefined ? {} : { from: expect.from }),
          frames: expect.frames,
          that: expect.that,
          logs: expect.logs,
          ...(expect.within === undefined ? {} : { within_ms: parseDuration(expect.within) }),
        })),
      },
      observed: {
        cases: results.map(result => ({
          name: result.name,
          message_id: result.message_id,
          frames: framesOf(result).map(({ path, frame, sha256 }) => ({
            path,
            sha256,
            bytes: frame.bytes.length,
            media_type: mediaTypeOf(frame),
            ...(frame.metadata === undefined ? {} : { metadata: frame.metadata }),
            message_ids: frame.message_ids,
            at: iso(frame.atMs),
          })),
        })),
      },
      runtime_signal: {
        containers: containers.map(({ row, log }) => ({
          alias: row.alias,
          container_id: row.id,
          status: row.status,
          exit_code: row.exit_code,
          oom_killed: row.oom_killed === 1,
          restarts: row.restarts,
          stdout: logFacts(row.alias, log, 'stdout'),
          stderr: { ...logFacts(row.alias, log, 'stderr'), lines: linesOf(log.text('stderr')).length },
        })),
        latency_ms: {
          first: latencies[0] ?? null,
          rest: latencies.slice(1).filter(latency => latency !== null),
          by_case: Object.fromEntries(results.map(result => [result.name, result.latency_ms])),
        },
        receipt,
      },
      conclusion: {
        verdict,
        cases: results.map(({ name, verdict: of, reasons, expressions }) => ({
          name,
          verdict: of,
          reasons,
          expressions,
        })),
        failure: failure === undefined ? null : { stage: test.stage, code: failure.code, message: failure.message },
        risks: risksOf({
          proof,
          results,
          fixtures: [...test.fixtures.keys()],
          containers: containers.map(({ row, log }) => ({
            alias: row.alias,
            restarts: row.restarts,
            stderr: linesOf(log.text('stderr')),
          })),
        }),
      },
    };
  }

  #dataFiles(record: EvidenceRecord, { run, test, results }: ProofOutcome): DataFile[] {
    const { store, catalog, backends, runLog } = this.#options;
    const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
    const ndjson = (values: readonly unknown[]) =>
      Buffer.from(values.map(value => `${JSON.stringify(value)}\n`).join(''));
    const events = runLog.events(run.id).map(withoutCredentials);
    const containers = this.#containers(test);
    const files: DataFile[] = [
      { path: 'evidence.json', source: json(record) },
      { path: 'manifest.yml', source: Buffer.from(run.manifest) },
      { path: 'events.ndjson', source: ndjson(events) },
      { path: 'junit.xml', source: Buffer.from(junitXml(record)) },
      { path: 'lock.json', source: json(lockOf(record)) },
      {
        path: 'report.html',
        source: Buffer.from(
          reportHtml({
            record,
            events,
            images: new Map(
              [...test.fixtures]
                .filter(([, file]) => file.media_type.startsWith('image/') && file.bytes <= maxInlineBytes)
                .map(([name, file]) => [
                  name,
                  {
                    mediaType: file.media_type,
                    base64: readFileSync(store.blobs.path(file.sha256)).toString('base64'),
                  },
                ]),
            ),
            outputs: new Map(
              results
                .flatMap(framesOf)
                .map(({ path, frame }) => [path, textOf(frame)] as const)
                .filter((each): each is readonly [string, string] => each[1] !== undefined),
            ),
            pictures: new Map(
              results
                .flatMap(framesOf)
                .filter(({ frame }) => mediaTypeOf(frame).startsWith('image/') && frame.bytes.length <= maxInlineBytes)
                .map(({ path, frame }) => [
                  path,
                  { mediaType: mediaTypeOf(frame), base64: frame.bytes.toString('base64') },
                ]),
            ),
            logs: containers.map(({ row, log }) => ({
              alias: row.alias,
              stdout: log.text('stdout'),
              stderr: log.text('stderr'),
            })),
          }),
        ),
      },
    ];
    if (test.backendId !== undefined && store.backends.get(test.backendId) !== undefined) {
      files.push({
        path: 'operations.ndjson',
        source: ndjson(store.backends.operations(test.backendId).map(operationRowOf)),
      });
      files.push({ path: 'graph.json', source: json(backends.graphJson(test.backendId)) });
    }
    for (const [name, file] of test.fixtures)
      files.push({ path: `fixtures/${fixtureName(name, file)}`, source: store.blobs.path(file.sha256) });
    for (const result of results) files.push(...outputFiles(result));
    for (const { row, log } of containers) {
      for (const stream of ['stdout', 'stderr'] as const) {
        files.push({
          path: logPath(row.alias, stream),
          source: existsSync(log.path(stream)) ? log.path(stream) : Buffer.alloc(0),
        });
      }
      if (existsSync(log.indexPath))
        files.push({ path: `logs/${safeName(row.alias)}/index.ndjson`, source: log.indexPath });
    }
    for (const id of new Set(record.unit_under_test.versions.map(version => version.version_id))) {
      const version = catalog.version(id);
      files.push({ path: `components/${id}/component.yml`, source: Buffer.from(version.component_yml) });
      files.push({ path: `components/${id}/source.tar`, source: store.blobs.path(version.source_sha256) });
    }
    return files;
  }

  #containers(test: LiveTest) {
    const { store, deployer } = this.#options;
    if (test.deploymentId === undefined) return [];
    return store.deployments.containers(test.deploymentId).map(row => ({ row, log: deployer.log(row.id) }));
  }
}
