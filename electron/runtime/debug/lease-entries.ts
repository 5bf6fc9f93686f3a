import { parseDocument } from 'yaml';
import type { Backends } from '../backend/backends.ts';
import { operationRowOf } from '../store/backends.ts';
import { containerRowOf } from '../store/deployments.ts';
import { leaseRowOf } from '../store/leases.ts';
import type { Run } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import { type ArchiveEntry, jsonEntry, linesEntry, textEntry } from './archive.ts';
import type { LeaseScope, ScopedDeployment } from './lease-scope.ts';
import type { LeaseSecrets } from './lease-secrets.ts';

const hidden = '[masked]';

/** What is recorded of a lease: itself, its runs, backends, deployments and versions. Tokens and secret parameters are left out. */
export function leaseEntries(
  scope: LeaseScope,
  secrets: LeaseSecrets,
  { store, backends }: { store: Store; backends: Backends },
): ArchiveEntry[] {
  const { lease, run } = scope;
  return [
    jsonEntry('lease.json', { ...leaseRowOf(lease), owned: store.leases.owned(lease.id) }),
    ...(run === undefined ? [] : runEntries(run, secrets, store)),
    ...scope.backendIds.flatMap(id => backendEntries(id, secrets, store, backends)),
    ...scope.deployments.flatMap(deployment => deploymentEntries(deployment, secrets, store)),
    ...scope.versionIds.flatMap(id => versionEntries(id, store)),
  ];
}

function runEntries(run: Run, { isSecretInManifest }: LeaseSecrets, store: Store): ArchiveEntry[] {
  const { manifest, plan: _, ...row } = run;
  return [
    jsonEntry(`runs/${run.id}/run.json`, {
      ...row,
      fixtures: store.runs.fixtures(run.id),
      cases: store.runs.cases(run.id),
    }),
    textEntry(`runs/${run.id}/manifest.yml`, withoutSecrets(manifest, isSecretInManifest)),
    linesEntry(`runs/${run.id}/events.ndjson`, function* () {
      for (let page = store.runs.eventsAfter(run.id, 0); page.length > 0; ) {
        yield* page;
        page = store.runs.eventsAfter(run.id, page.at(-1)?.seq ?? 0);
      }
    }),
  ];
}

/** As it was written where it gives no secret; else with these values replaced. */
function withoutSecrets(manifest: string, isSecret: LeaseSecrets['isSecretInManifest']): string {
  const document = parseDocument(manifest);
  if (document.errors.length > 0) return manifest;
  const vertices = (document.toJS() as { graph?: { vertices?: Record<string, { params?: object } | null> } } | null)
    ?.graph?.vertices;
  const given = Object.entries(vertices ?? {}).flatMap(([alias, vertex]) =>
    Object.keys(vertex?.params ?? {})
      .filter(name => isSecret(alias, name))
      .map(name => ({ alias, name })),
  );
  if (given.length === 0) return manifest;
  try {
    for (const { alias, name } of given) document.setIn(['graph', 'vertices', alias, 'params', name, 'value'], hidden);
    return document.toString({ lineWidth: 0 });
  } catch {
    return '# Left out: it gives secret parameters in a way in which they cannot be replaced.\n';
  }
}

function backendEntries(id: string, { isSecret }: LeaseSecrets, store: Store, backends: Backends): ArchiveEntry[] {
  const withoutValue = (of: Record<string, unknown>) =>
    'value' in of && isSecret(String(of.vertex_id), String(of.name)) ? { ...of, value: hidden } : of;
  return [
    textEntryOf(`backends/${id}/graph.json`, () => `${JSON.stringify(backends.graphJson(id), null, 2)}\n`),
    linesEntry(`backends/${id}/operations.ndjson`, function* () {
      for (const operation of store.backends.log(id)) {
        const row = operationRowOf(operation);
        if (row.type !== 'change-parameter') yield row;
        else {
          const { payload: back, ...inverse } = row.inverse as { payload?: Record<string, unknown> };
          yield {
            ...row,
            payload: withoutValue(row.payload),
            inverse: back === undefined ? inverse : { ...inverse, payload: withoutValue(back) },
          };
        }
      }
    }),
  ];
}

function deploymentEntries(
  { row, plan, containers }: ScopedDeployment,
  { isSecret }: LeaseSecrets,
  store: Store,
): ArchiveEntry[] {
  const vertices = plan.vertices.map(({ token: _, config, ...vertex }) => ({
    ...vertex,
    config: Object.fromEntries(
      Object.entries(config).map(([name, value]) => [name, isSecret(vertex.vertex_id, name) ? hidden : value]),
    ),
  }));
  const facts = { network_name: row.network_name, subnet: row.subnet, plan: { ...plan, vertices } };
  return [
    jsonEntry(`deployments/${row.id}/deployment.json`, { ...store.deployments.deploymentRow(row), ...facts }),
    jsonEntry(
      `deployments/${row.id}/containers.json`,
      containers.map(each => ({ ...containerRowOf(each), generation: each.generation, engine_id: each.engine_id })),
    ),
    linesEntry(`deployments/${row.id}/events.ndjson`, () => store.deployments.events(row.id)),
  ];
}

function versionEntries(id: string, store: Store): ArchiveEntry[] {
  const version = store.components.version(id);
  if (version === undefined) return [];
  const { image_ref, sdk_version, note } = version;
  return [
    jsonEntry(`versions/${id}/version.json`, { ...store.components.versionRow(version), image_ref, sdk_version, note }),
    textEntry(`versions/${id}/component.yml`, version.component_yml),
  ];
}

/** Made when its turn comes; what cannot be made says why. */
function textEntryOf(path: string, text: () => string): ArchiveEntry {
  return {
    path,
    read: function* () {
      try {
        yield Buffer.from(text());
      } catch (error) {
        yield Buffer.from(`Not to be had: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    },
  };
}
