import type { RunPlan } from '../../../shared/contract/index.ts';
import { parseDuration } from '../../../shared/duration.ts';
import type { RunEvent } from '../../../shared/events.ts';
import { readComponentFile } from '../catalog/component-file.ts';
import type { Container } from '../store/deployments.ts';
import type { Run, RunCase } from '../store/runs.ts';
import type { LiveTestRequest, LiveTestServices } from './live-test.ts';
import { findCut, type Manifest } from './manifest.ts';

/** What a component says of itself. */
export interface Declared {
  component: string;
  inputs: string[];
  outputs: string[];
}

/** What a run has told, of the types that a plan is completed with, and recorded. */
export interface Known {
  events: readonly RunEvent[];
  fixtures: readonly Omit<RunPlan['fixtures'][number], 'source'>[];
  containers: readonly Container[];
  cases: readonly RunCase[];
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
export function completedPlan(plan: RunPlan, known: Known): RunPlan {
  const added = new Map(ofType(known.events, 'vertex_added').map(event => [event.alias, event]));
  const types = new Map(ofType(known.events, 'edge_connected').map(event => [edgeKey(event), event.edge_type]));
  const containers = new Map(known.containers.map(each => [each.vertex_id, each]));
  const fixtures = new Map(known.fixtures.map(frozen => [frozen.name, frozen]));
  const results = new Map(known.cases.map(driven => [driven.name, driven.result]));
  return {
    ...plan,
    vertices: plan.vertices.map(vertex => {
      const made = added.get(vertex.alias);
      if (made === undefined) return vertex;
      const { vertex_id, version_id } = made;
      const container = containers.get(vertex_id);
      if (container === undefined) return { ...vertex, vertex_id, version_id };
      const { id: container_id, status, exit_code, restarts } = container;
      return { ...vertex, vertex_id, version_id, container_id, status, exit_code, restarts };
    }),
    edges: plan.edges.map(edge => ({ ...edge, type: types.get(edgeKey(edge)) ?? edge.type })),
    fixtures: plan.fixtures.map(fixture => ({ ...fixture, ...fixtures.get(fixture.name) })),
    cases: plan.cases.map(each => {
      const result = results.get(each.name);
      return result == null ? each : { ...each, result: JSON.parse(result) as NonNullable<typeof each.result> };
    }),
  };
}

/** A plan of what a run has told and recorded, where nothing says any more what it was asked for. */
export function rememberedPlan(
  { name, mode, manifest_path, unit }: Pick<Run, 'name' | 'mode' | 'manifest_path' | 'unit'>,
  known: Pick<Known, 'events' | 'fixtures' | 'cases'>,
): RunPlan {
  return {
    name,
    mode,
    manifest_path,
    vertices: ofType(known.events, 'vertex_added').map(({ alias, vertex_id, version_id }) => {
      const under_test = version_id === unit?.version_id;
      return {
        alias,
        component: under_test ? unit.component : '',
        inputs: [],
        outputs: [],
        under_test,
        harness: false,
        vertex_id,
        version_id,
        container_id: null,
        status: null,
        exit_code: null,
        restarts: 0,
      };
    }),
    edges: ofType(known.events, 'edge_connected').map(({ from, from_output, to, to_input, edge_type }) => {
      return { from, from_output, to, to_input, type: edge_type };
    }),
    fixtures: known.fixtures.map(fixture => ({ ...fixture, source: null })),
    cases: known.cases.map(each => ({
      name: each.name,
      fixture: '',
      to: '',
      from: null,
      meaning: '',
      frames: 0,
      that: [],
      logs: [],
      within_ms: null,
      result: null,
    })),
    risks: [],
  };
}

function ofType<T extends RunEvent['type']>(events: readonly RunEvent[], type: T): Extract<RunEvent, { type: T }>[] {
  return events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
}

function edgeKey({ from, from_output, to, to_input }: Omit<RunPlan['edges'][number], 'type'>): string {
  return JSON.stringify([from, from_output, to, to_input]);
}

function isUnderTest(vertex: ManifestVertex): boolean {
  return vertex.harness === undefined && vertex.version === undefined;
}
