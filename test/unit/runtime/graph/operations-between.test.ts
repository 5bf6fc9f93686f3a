import { describe, expect, it } from 'vitest';
import { emptyGraph, type Graph, replay } from '../../../../electron/runtime/graph/graph.ts';
import type { GraphOperation } from '../../../../electron/runtime/graph/operation.ts';
import { operationsBetween } from '../../../../electron/runtime/graph/operations-between.ts';
import { add, connect, told } from './graphs.ts';

const create: GraphOperation = { type: 'create', payload: { name: 'one' } };
const set = (alias: string, type: string, value?: unknown): GraphOperation => ({
  type: 'change-parameter',
  payload: { vertex_id: `vtx_${alias}`, name: 'size', type, ...(value === undefined ? {} : { value }) },
});
const version = (alias: string, component: string): GraphOperation => ({
  type: 'change-version',
  payload: { vertex_id: `vtx_${alias}`, version_id: `ver_${component}` },
});
const name = (vertex: string, endpoint: string, alias: string | null): GraphOperation => ({
  type: 'change-endpoint-alias',
  payload: { vertex_id: `vtx_${vertex}`, endpoint, alias },
});
const start: GraphOperation[] = [
  create,
  add('in', 'camera'),
  add('out', 'show'),
  connect('in', 'out'),
  set('out', 'Int32', 1),
];

function typesBetween(before: Graph, after: Graph, mayLand?: Parameters<typeof operationsBetween>[2]): string[] {
  const operations = operationsBetween(before, after, mayLand);
  expect(told(replay(operations, before))).toBe(told(after));
  return operations.map(({ type }) => type);
}

describe('the operations between two graphs', () => {
  it('are none between a graph and itself', () => {
    expect(typesBetween(replay(start), replay(start))).toEqual([]);
  });

  it('build a graph from nothing, and take all of one away', () => {
    const graph = replay(start);
    expect(typesBetween(emptyGraph(), graph)).toEqual([
      'create',
      'add-vertex',
      'add-vertex',
      'change-parameter',
      'connect',
    ]);
    expect(typesBetween(graph, replay([create]))).toEqual([
      'disconnect',
      'delete-vertex',
      'change-parameter',
      'delete-vertex',
    ]);
  });

  it('leave out what came and went', () => {
    const after = replay([
      ...start,
      set('out', 'Int32', 2),
      set('out', 'Int32', 1),
      add('more', 'show'),
      { type: 'rename', payload: { name: 'two' } },
    ]);
    expect(typesBetween(replay(start), after)).toEqual(['rename', 'add-vertex']);
  });

  it('take a parameter of another type off before the version changes, and put it on after', () => {
    const after = replay([...start, set('out', 'Int32'), version('out', 'other'), set('out', 'Int64', 1)]);
    expect(typesBetween(replay(start), after)).toEqual(['change-parameter', 'change-version', 'change-parameter']);
  });

  it('take off what a version may not change under', () => {
    const after = replay([...start, version('in', 'tensors'), version('out', 'plots')]);
    expect(typesBetween(replay(start), after)).toEqual(['change-version', 'change-version']);
    const mayLand = (graph: Graph) => graph.edges.length === 0;
    expect(typesBetween(replay(start), after, mayLand)).toEqual([
      'disconnect',
      'change-version',
      'change-version',
      'connect',
    ]);
  });

  it('let two endpoints swap their aliases', () => {
    const before = replay([...start, name('in', 'in', 'a'), name('out', 'out', 'b')]);
    const after = replay([...start, name('in', 'in', 'b'), name('out', 'out', 'a')]);
    expect(typesBetween(before, after)).toHaveLength(4);
    const moved = replay([...start, name('in', 'in', 'c'), name('out', 'out', 'b')]);
    expect(typesBetween(before, moved)).toEqual(['change-endpoint-alias']);
  });
});
