import type { RunPlan } from '../../../shared/contract/index.ts';
import { parseDuration } from '../../../shared/duration.ts';
import type { RunEvent } from '../../../shared/events.ts';
import { readComponentFile } from '../catalog/component-file.ts';
import type { Container } from '../store/deployments.ts';
import type { RunCase } from '../store/runs.ts';
import type { LiveTestRequest, LiveTestServices } from './live-test.ts';
import { findCut, type Manifest } from './manifest.ts';

/** What a component says of itself. */
export interface Declared {
  component: string;
  inputs: string[];
  outputs: string[];
}

type ManifestVertex = Manifest['graph']['vertices'][string];

/** A manifest as the plan of a run that has not begun. */
export function planOf(
  manifest: Manifest,
  of: { name: string; manifestPath: string; declared: (vertex: ManifestVertex) => Declared },
): RunPlan {
  return {
    name: of.name,
    mode: manifest.proof?.mode ?? 'live_fixture',
    manifest_path: of.manifestPath,
    vertices: Object.entries(manifest.graph.vertices).map(([alias, vertex]) => ({
      alias,
      ...of.declared(vertex),
      under_test: isUnderTest(vertex),
      harness: vertex.harness !== undefined,
      vertex_id: null,
      version_id: vertex.version ?? null,
      container_id: null,
      status: null,
      exit_code: null,
      restarts: 0,
    })),
    edges: manifest.graph.edges.map(edge => ({ ...edge, type: null })),
    fixtures: manifest.fixtures.map(({ name, path, url, file_id }) => ({
      name,
      source: path ?? url ?? null,
      file_id: file_id ?? null,
      sha256: null,
      bytes: null,
      media_type: null,
    })),
    cases: (manifest.proof?.cases ?? []).map(({ name, send, expect }) => ({
      name,
      fixture: send.fixture,
      to: send.to,
      from: expect.from ?? null,
      meaning: expect.meaning,
      frames: expect.frames,
      that: expect.that,
      logs: expect.logs.map(({ vertex, present, absent }) => ({
        vertex,
        ...(present === undefined ? {} : { present }),
        ...(absent === undefined ? {} : { absent }),
      })),
      within_ms: expect.within === undefined ? null : parseDuration(expect.within),
      result: null,
    })),
    risks: manifest.proof?.risks ?? [],
  };
}

/** Reads what the components of a manifest declare: built-in ones and the one under test from their sources. */
export function declaredIn(
  { cwd, manifestPath, cutVersionId }: Pick<LiveTestRequest, 'cwd' | 'manifestPath' | 'cutVersionId'>,
  { catalog }: Pick<LiveTestServices, 'catalog'>,
): (vertex: ManifestVertex) => Declared {
  return vertex => {
    const versionId = isUnderTest(vertex) ? cutVersionId : vertex.version;
    const { name, inputs, outputs } =
      vertex.harness !== undefined
        ? catalog.harnessDefinition(vertex.harness)
        : versionId !== undefined
          ? catalog.definition(catalog.version(versionId))
          : readComponentFile(findCut(cwd, manifestPath));
    return { component: name, inputs, outputs };
  };
}

/** What became of a plan, from what a run has told and recorded; nothing here is lost with the lease. */
export function completedPlan(
  plan: RunPlan,
  known: {
    events: readonly RunEvent[];
    fixtures: readonly Omit<RunPlan['fixtures'][number], 'source'>[];
    containers: readonly Container[];
    cases: readonly RunCase[];
  },
): RunPlan {
  const { events, fixtures, containers, cases } = known;
  return {
    ...plan,
    vertices: plan.vertices.map(vertex => {
      const added = events.find(event => event.type === 'vertex_added' && event.alias === vertex.alias);
      if (added?.type !== 'vertex_added') return vertex;
      const { vertex_id, version_id } = added;
      const container = containers.find(each => each.vertex_id === vertex_id);
      if (container === undefined) return { ...vertex, vertex_id, version_id };
      const { id: container_id, status, exit_code, restarts } = container;
      return { ...vertex, vertex_id, version_id, container_id, status, exit_code, restarts };
    }),
    edges: plan.edges.map(edge => {
      const connected = events.find(
        event =>
          event.type === 'edge_connected' &&
          event.from === edge.from &&
          event.from_output === edge.from_output &&
          event.to === edge.to &&
          event.to_input === edge.to_input,
      );
      return connected?.type === 'edge_connected' ? { ...edge, type: connected.edge_type } : edge;
    }),
    fixtures: plan.fixtures.map(fixture => ({
      ...fixture,
      ...fixtures.find(frozen => frozen.name === fixture.name),
    })),
    cases: plan.cases.map(each => {
      const result = cases.find(driven => driven.name === each.name)?.result;
      return result == null ? each : { ...each, result: JSON.parse(result) as NonNullable<typeof each.result> };
    }),
  };
}

function isUnderTest(vertex: ManifestVertex): boolean {
  return vertex.harness === undefined && vertex.version === undefined;
}
