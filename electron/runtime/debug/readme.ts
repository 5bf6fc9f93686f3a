import type { LeaseScope } from './lease-scope.ts';
import { maxLogBytes } from './log-entries.ts';

export interface ReadmeFacts {
  scope: LeaseScope;
  at: string;
  /** What could not be had, and why. */
  notes: readonly string[];
  /** Logs that are not whole, with their size. */
  cut: readonly { path: string; bytes: number }[];
  /** How many places of each file are masked. */
  masked: ReadonlyMap<string, number>;
}

/** What is in a debug bundle, what is not, and what was masked. */
export function readmeText({ scope, at, notes, cut, masked }: ReadmeFacts): string {
  const { lease, run } = scope;
  const mib = maxLogBytes / 2 ** 20;
  const count = [...masked.values()].reduce((sum, each) => sum + each, 0);
  const missing = [
    ...notes,
    ...(scope.backendIds.length === 0
      ? ['No backend of this lease is recorded (any more): no graph, no operations.']
      : []),
    ...(scope.deployments.length === 0 ? ['Nothing was deployed under this lease: no logs.'] : []),
    ...cut.map(({ path, bytes }) => `${path} has ${bytes} bytes: only the first and the last ${mib / 2} MiB are here.`),
  ];
  return `Debug bundle of lease ${lease.id}, ${lease.state}, written ${at}${
    run === undefined
      ? ''
      : `\n${run.kind === 'proof' ? 'Proof' : 'Live test'} ${run.name}, number ${run.number} (${run.id})`
  }

environment.json           versions of Proofbench, Node and the operating system
failure.json               why the run failed, where that is what this was written for
lease.json                 the lease, what it owns, its receipt
runs/                      the run, its manifest, its events
backends/                  graph and operations
deployments/               what was deployed, its containers, its events
versions/                  the components' versions
logs/<alias>-<container>/  all that a container wrote, byte for byte: stdout.log and stderr.log, and
                           both.log with both in the order in which they came (not beside logs of more than ${mib} MiB);
                           index.ndjson: a line a piece, [arrival in UTC ms, stream, offset in that stream, length]
docker/                    the engine, and what it tells of each container, network and volume that still existed
doctor.json                what ppl doctor says
host.log                   the last MiB of what the host wrote

Not here
${missing.length === 0 ? '  Nothing is missing.' : missing.map(each => `  ${each}`).join('\n')}

Masked
  Tokens and values of secret parameters are left out, or read [masked]. Where one turns up in a text or a log, each
  of its bytes is a *, so every offset holds. A value of fewer than four characters cannot be found in a log.
  Of a version that is gone nobody knows which parameters are secret: all of them are taken as such.
  ${count} ${count === 1 ? 'place' : 'places'} in ${masked.size} ${masked.size === 1 ? 'file' : 'files'}
${[...masked].map(([path, places]) => `  ${String(places).padStart(6)}  ${path}\n`).join('')}`;
}
