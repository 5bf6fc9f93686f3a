import { describe, expect, it } from 'vitest';
import {
  applyOperation,
  emptyGraph,
  type Graph,
  invertOperation,
  replay,
} from '../../../../electron/runtime/graph/graph.ts';
import { graphHash } from '../../../../electron/runtime/graph/hash.ts';
import {
  type ChainedOperation,
  follows,
  type GraphOperation,
  genesis,
  genesisHash,
  operationHash,
} from '../../../../electron/runtime/graph/operation.ts';
import { add, connect, fileLookup, graphOf, lookup, release } from './graphs.ts';

const files = fileLookup();
const releases = lookup(
  release('camera', [], ['Image']),
  release('show', ['Image'], [], { size: 'Int32' }),
  release('other', ['Image'], []),
);
const setSize = (value?: number): GraphOperation => ({
  type: 'change-parameter',
  payload: { vertex_id: 'vtx_out', name: 'size', type: 'Int32', ...(value === undefined ? {} : { value }) },
});
const log: GraphOperation[] = [
  { type: 'create', payload: { name: 'first' } },
  add('in', 'camera'),
  add('out', 'show'),
  connect('in', 'out'),
  setSize(3),
  setSize(4),
  { type: 'rename', payload: { name: 'second' } },
  setSize(),
  { type: 'disconnect', payload: connect('in', 'out').payload },
  { type: 'delete-vertex', payload: { vertex_id: 'vtx_in' } },
];

describe('the hash of a graph', () => {
  const one = graphOf(add('in', 'camera', 'vtx_1'), add('out', 'show', 'vtx_2'), add('more', 'show', 'vtx_3'));
  const edge = (from: string, to: string): GraphOperation => ({
    type: 'connect',
    payload: { from_vertex: from, from_output: 0, to_vertex: to, to_input: 0 },
  });

  it('is the same whatever the order, the ids and the name', () => {
    const first = [edge('vtx_1', 'vtx_2'), edge('vtx_1', 'vtx_3')].reduce(applyOperation, one);
    const second = graphOf(
      { type: 'create', payload: { name: 'another name' } },
      add('more', 'show', 'vtx_9'),
      add('out', 'show', 'vtx_7'),
      add('in', 'camera', 'vtx_8'),
      edge('vtx_8', 'vtx_9'),
      edge('vtx_8', 'vtx_7'),
    );
    expect(graphHash(second, releases, files)).toBe(graphHash(first, releases, files));
    expect(graphHash(first, releases, files)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is another one for another version, edge, alias or parameter', () => {
    const whole = graphOf(add('in', 'camera'), add('out', 'show'), connect('in', 'out'));
    const hashes = [
      whole,
      graphOf(add('in', 'camera'), add('out', 'other'), connect('in', 'out')),
      graphOf(add('in', 'camera'), add('out', 'show')),
      graphOf(add('in', 'camera'), add('Out', 'show', 'vtx_out'), connect('in', 'out')),
      applyOperation(whole, setSize(1)),
      applyOperation(whole, setSize(2)),
    ].map(graph => graphHash(graph, releases, files));
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(graphHash([setSize(1), setSize()].reduce(applyOperation, whole), releases, files)).toBe(hashes[0]);
  });
});

describe('the log of a graph', () => {
  it('replays to the graph, and a prefix of it to the graph at that point', () => {
    let graph = emptyGraph();
    for (const [index, operation] of log.entries()) {
      expect(replay(log.slice(0, index))).toEqual(graph);
      graph = applyOperation(graph, operation);
    }
    expect(replay(log)).toEqual(graph);
    expect(replay(log.slice(0, 5)).vertices.get('vtx_out')?.params).toEqual({ size: { type: 'Int32', value: 3 } });
    expect(graph).toMatchObject({ name: 'second', edges: [] });
    expect([...graph.vertices.keys()]).toEqual(['vtx_out']);
  });

  it('takes every operation back by its inverse', () => {
    let graph: Graph = emptyGraph();
    for (const operation of log) {
      const inverse = invertOperation(graph, operation);
      const after = applyOperation(graph, operation);
      if (operation.type === 'create') expect(inverse).toBeNull();
      else expect(applyOperation(after, inverse as GraphOperation), operation.type).toEqual(graph);
      graph = after;
    }
  });

  it('takes back a parameter named like a member of every object', () => {
    const before = graphOf(add('out', 'show'));
    const payload = { vertex_id: 'vtx_out', name: 'constructor', type: 'Int32' };
    const inverse = invertOperation(before, { type: 'change-parameter', payload: { ...payload, value: 1 } });
    expect(inverse).toEqual({ type: 'change-parameter', payload });
  });

  it('does not change the graph it was given', () => {
    const graph = replay(log.slice(0, 4));
    const before = structuredClone(graph);
    for (const operation of log.slice(4)) applyOperation(graph, operation);
    expect(graph).toEqual(before);
  });
});

describe('the chain of a log', () => {
  const chain = (): ChainedOperation[] => {
    let prev = genesisHash;
    return log.map((operation, index) => {
      const hash = operationHash(prev, index + 1, operation);
      const entry = { seq: index + 1, operation, prev_hash: prev, hash };
      prev = hash;
      return entry;
    });
  };
  const firstOff = (entries: ChainedOperation[]) =>
    entries.find((entry, index) => !follows(entry, entries[index - 1] ?? genesis))?.seq;

  it('holds as it was written', () => {
    expect(firstOff(chain())).toBeUndefined();
    expect(firstOff(JSON.parse(JSON.stringify(chain())))).toBeUndefined();
  });

  it('finds an operation that was changed', () => {
    const changed = chain();
    changed[4] = { ...(changed[4] as ChainedOperation), operation: setSize(30) };
    expect(firstOff(changed)).toBe(5);
  });

  it('finds one that was changed together with its hash, one that was taken out, and two that were swapped', () => {
    const rehashed = chain();
    const entry = rehashed[4] as ChainedOperation;
    rehashed[4] = { ...entry, operation: setSize(30), hash: operationHash(entry.prev_hash, 5, setSize(30)) };
    expect(firstOff(rehashed)).toBe(6);
    expect(firstOff(chain().toSpliced(2, 1))).toBe(4);
    const [a, b, ...rest] = chain();
    expect(firstOff([b as ChainedOperation, a as ChainedOperation, ...rest])).toBe(2);
  });
});
