import { memberOf } from '../graph/graph.ts';
import type { ReleaseLookup } from '../graph/release.ts';
import { parseManifest } from '../proof/manifest.ts';
import type { Operation } from '../store/backends.ts';
import type { Run } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import type { LeaseScope } from './lease-scope.ts';

/** A number shorter than this is everywhere and tells nothing. */
const minNumberLength = 6;

/** What must not be told of a lease. */
export interface LeaseSecrets {
  /** Tokens, and values of secret parameters, wherever they turn up. */
  texts: ReadonlySet<string>;
  /** Whether a vertex's parameter is one whose value is told to nobody; so is one of which nothing is known any more. */
  isSecret(vertexId: string, name: string): boolean;
  /** The same of a vertex of the run's manifest, by its alias. */
  isSecretInManifest(alias: string, name: string): boolean;
}

export function secretsOf(
  scope: LeaseScope,
  { store, releases }: { store: Store; releases: ReleaseLookup },
): LeaseSecrets {
  const texts = new Set<string>();
  const vertices = new VersionsByVertex(releases);
  const byAlias = new VersionsByVertex(releases);
  const take = (value: unknown) => {
    for (const text of leaves(value)) texts.add(text);
  };

  for (const { plan } of scope.deployments) {
    for (const { vertex_id, alias, version_id } of plan.vertices) {
      vertices.add(vertex_id, version_id);
      byAlias.add(alias, version_id);
    }
  }
  for (const id of scope.backendIds) {
    for (const operation of store.backends.log(id)) {
      if (operation.type !== 'add-vertex' && operation.type !== 'change-version') continue;
      const { vertex_id, version_id } = JSON.parse(operation.payload) as { vertex_id: string; version_id: string };
      vertices.add(vertex_id, version_id);
    }
  }
  if (scope.run !== undefined) {
    for (const event of store.runs.eventsOfTypes(scope.run.id, ['vertex_added', 'ready'])) {
      if (event.type === 'vertex_added') byAlias.add(event.alias, event.version_id);
      if (event.type === 'ready') for (const { token } of event.endpoints) texts.add(token);
    }
  }

  for (const { plan } of scope.deployments) {
    for (const { vertex_id, token, config } of plan.vertices) {
      texts.add(token);
      for (const [name, value] of Object.entries(config)) if (vertices.isSecret(vertex_id, name)) take(value);
    }
  }
  for (const id of scope.backendIds) {
    for (const { token } of store.backends.endpoints(id)) texts.add(token);
    for (const operation of store.backends.log(id)) {
      for (const { vertex_id, name, value } of parametersOf(operation))
        if (vertices.isSecret(vertex_id, name)) take(value);
    }
  }
  const isSecretInManifest = (alias: string, name: string) => byAlias.isSecret(alias, name);
  for (const literal of literalsOf(scope.run, isSecretInManifest)) take(literal);
  return { texts, isSecret: (vertexId, name) => vertices.isSecret(vertexId, name), isSecretInManifest };
}

class VersionsByVertex {
  readonly #releases: ReleaseLookup;
  readonly #versions = new Map<string, Set<string>>();

  constructor(releases: ReleaseLookup) {
    this.#releases = releases;
  }

  add(vertex: string, versionId: string): void {
    const versions = this.#versions.get(vertex) ?? new Set();
    this.#versions.set(vertex, versions.add(versionId));
  }

  /** In any version that the vertex ever had. */
  isSecret(vertex: string, name: string): boolean {
    const versions = this.#versions.get(vertex);
    if (versions === undefined) return true;
    return [...versions].some(id => {
      try {
        return memberOf(this.#releases(id).parameters, name)?.secret === true;
      } catch {
        return true;
      }
    });
  }
}

interface GivenParameter {
  vertex_id: string;
  name: string;
  value?: unknown;
}

/** The values that an operation gives, and takes back to when it is undone. */
function parametersOf({ type, payload, inverse }: Operation): GivenParameter[] {
  if (type !== 'change-parameter') return [];
  const back = JSON.parse(inverse) as { payload?: GivenParameter } | null;
  return [JSON.parse(payload) as GivenParameter, ...(back?.payload?.name === undefined ? [] : [back.payload])];
}

/** What the manifest says of secrets: literals of the type language, and the strings in them. */
function literalsOf(run: Run | undefined, isSecret: (alias: string, name: string) => boolean): string[] {
  if (run === undefined) return [];
  try {
    const { graph } = parseManifest(run.manifest, run.manifest_path);
    return Object.entries(graph.vertices).flatMap(([alias, { params }]) =>
      Object.entries(params ?? {})
        .filter(([name]) => isSecret(alias, name))
        .flatMap(([, { value }]) => {
          const strings = [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(match => match[1] as string);
          return strings.length > 0 ? strings : [value].filter(text => text.length >= minNumberLength);
        }),
    );
  } catch {
    return [];
  }
}

function leaves(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)].filter(text => text.length >= minNumberLength);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(leaves);
}
