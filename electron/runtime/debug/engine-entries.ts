import type { DoctorCheck } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { labels } from '../engine/labels.ts';
import { type ArchiveEntry, jsonEntry } from './archive.ts';
import type { LeaseScope } from './lease-scope.ts';

/** How long the engine is waited for. */
const engineLimitMs = 4000;
const secretVariable = /token|secret|passw|credential|api_?key|private_?key/i;

export interface EngineSource {
  engine: () => Promise<Engine>;
  doctor: () => Promise<DoctorCheck[]>;
  workspaceId: string;
}

/**
 * What the engine tells: of itself, and of every container, network and volume of the lease that still exists, and the gateway. What it does
 * not tell in time is said in `notes`; the rest of a bundle does not depend on it.
 */
export async function engineEntries(
  scope: LeaseScope,
  { engine, doctor, workspaceId }: EngineSource,
  signal: AbortSignal,
): Promise<{ entries: ArchiveEntry[]; notes: string[] }> {
  const notes: string[] = [];
  const entries: ArchiveEntry[] = [];
  const attempt = async (what: string, work: () => Promise<void>) => {
    try {
      await within(work(), what, signal);
    } catch (error) {
      signal.throwIfAborted();
      notes.push(`${what}: ${AppError.from(error).message}`);
    }
  };
  await Promise.all([
    attempt('Docker', async () => {
      const found = await engine();
      const { host, source } = found;
      entries.push(jsonEntry('docker/engine.json', { host, source, ...(await found.info(signal)) }));
      const own = { [labels.workspace]: workspaceId };
      const owners = [
        { ...own, [labels.lease]: scope.lease.id },
        ...scope.deployments.map(({ row }) => ({ ...own, [labels.deployment]: row.id })),
        { ...own, [labels.role]: 'gateway' },
      ];
      for (const { kind, id, name } of await thingsOf(found, owners)) {
        const told = await found.describe(kind, id, signal);
        if (told !== undefined) entries.push(jsonEntry(`docker/${kind}s/${name}.json`, withoutVariables(told)));
      }
    }),
    attempt('ppl doctor', async () => {
      entries.push(jsonEntry('doctor.json', await doctor()));
    }),
  ]);
  return { entries: entries.sort((a, b) => (a.path < b.path ? -1 : 1)), notes };
}

interface Thing {
  kind: 'container' | 'network' | 'volume';
  id: string;
  name: string;
}

/** Each once, whatever number of the labels it carries. */
async function thingsOf(engine: Engine, owners: Record<string, string>[]): Promise<Thing[]> {
  const found = await Promise.all(
    owners.flatMap(owner => [
      engine.listContainers(owner).then(all => all.map(({ id, name }): Thing => ({ kind: 'container', id, name }))),
      engine.listNetworks(owner).then(all => all.map(({ id, name }): Thing => ({ kind: 'network', id, name }))),
      engine.listVolumes(owner).then(all => all.map(({ name }): Thing => ({ kind: 'volume', id: name, name }))),
    ]),
  );
  const byId = new Map(found.flat().map(thing => [`${thing.kind} ${thing.id}`, thing]));
  return [...byId.values()].map(thing => ({ ...thing, name: thing.name.replace(/[^A-Za-z0-9._-]+/g, '') }));
}

/** What is in a variable whose name says that it is a secret is one, whoever put it there. */
function withoutVariables(told: Record<string, unknown>): Record<string, unknown> {
  const { Config } = told as { Config?: { Env?: string[] } };
  if (Config?.Env == null) return told;
  const Env = Config.Env.map(variable => {
    const [name = ''] = variable.split('=', 1);
    return secretVariable.test(name) ? `${name}=[masked]` : variable;
  });
  return { ...told, Config: { ...Config, Env } };
}

async function within<T>(work: Promise<T>, what: string, signal: AbortSignal): Promise<T> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(engineLimitMs)]);
  const late = Promise.withResolvers<never>();
  const onLimit = () => late.reject(new AppError('timed_out', `${what} took more than ${engineLimitMs / 1000} s.`));
  limit.addEventListener('abort', onLimit);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    limit.removeEventListener('abort', onLimit);
    work.catch(() => undefined);
  }
}
