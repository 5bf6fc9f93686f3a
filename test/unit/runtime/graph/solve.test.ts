import { describe, expect, it } from 'vitest';
import { edgeKey, solveGraph } from '../../../../electron/runtime/graph/solve.ts';
import { printType } from '../../../../shared/types/print.ts';
import type { Type } from '../../../../shared/types/type.ts';
import { add, connect, graphOf, lookup, release } from './graphs.ts';

const releases = lookup(
  release('camera', [], ['Image']),
  release('boxes', ['[BoundingBox]'], []),
  release('same', ['t'], ['t']),
  release('pair', ['t', 't'], ['[t]']),
  release('show', ['Image'], []),
  release('wrapped', ['{label: String, item: t}'], ['t']),
  release('labelled', [], ['{item: Int32, label: String}']),
);

describe('solving a graph', () => {
  it('names the edge, both types and the place where they part', () => {
    const graph = graphOf(add('in', 'camera'), add('cut', 'boxes'), connect('in', 'cut'));
    expect(() => solveGraph(graph, releases)).toThrow(
      expect.objectContaining({
        code: 'type_mismatch',
        message: 'type_mismatch: edge in.0 → cut.0: Image does not fit [BoundingBox] (expected a list)',
        details: expect.objectContaining({ edge: 'in.0 → cut.0', from_type: 'Image', to_type: '[BoundingBox]' }),
      }),
    );
  });

  it('solves a variable that is three edges away', () => {
    const graph = graphOf(
      ...['a', 'b', 'c'].map(alias => add(alias, 'same')),
      add('end', 'show'),
      connect('a', 'b'),
      connect('b', 'c'),
      connect('c', 'end'),
    );
    const { edgeTypes, ports } = solveGraph(graph, releases);
    expect([...edgeTypes.values()].map(printType)).toEqual(['Image', 'Image', 'Image']);
    expect(ports.get('vtx_a')?.inputs.map(printType)).toEqual(['Image']);
    expect(edgeTypes.has(edgeKey(connect('a', 'b').payload))).toBe(true);
  });

  it('finds a contradiction that is three edges away and names the edge that came last', () => {
    const graph = graphOf(
      ...['a', 'b', 'c'].map(alias => add(alias, 'same')),
      add('in', 'camera'),
      add('end', 'boxes'),
      connect('in', 'a'),
      connect('a', 'b'),
      connect('b', 'c'),
      connect('c', 'end'),
    );
    expect(() => solveGraph(graph, releases)).toThrow('edge c.0 → end.0: Image does not fit [BoundingBox]');
  });

  it('keeps the variables of two vertices of one version apart, and those of one vertex together', () => {
    const graph = graphOf(
      add('in', 'camera'),
      add('nums', 'labelled'),
      add('one', 'same'),
      add('two', 'wrapped'),
      connect('in', 'one'),
      connect('nums', 'two'),
    );
    const { ports } = solveGraph(graph, releases);
    expect(ports.get('vtx_one')?.outputs.map(printType)).toEqual(['Image']);
    expect(ports.get('vtx_two')?.outputs.map(printType)).toEqual(['Int32']);

    const both = graphOf(
      add('in', 'camera'),
      add('nums', 'labelled'),
      add('pair', 'pair'),
      connect('in', 'pair', 0, 0),
      connect('nums', 'pair', 0, 1),
    );
    expect(() => solveGraph(both, releases)).toThrow(expect.objectContaining({ code: 'type_mismatch' }));
  });

  it('shows no id of a vertex where a variable is left over', () => {
    const graph = graphOf(add('a', 'same'), add('b', 'pair'), connect('a', 'b'));
    expect([...solveGraph(graph, releases).edgeTypes.values()].map(printType)).toEqual(['t']);
    const loop = graphOf(add('a', 'pair'), connect('a', 'a'));
    expect(() => solveGraph(loop, releases)).toThrow(
      'type_mismatch: edge a.0 → a.0: [t] does not fit t (a type would contain itself)',
    );
  });

  it('names two variables apart, and neither by an id', () => {
    const two = lookup(
      release('source', [], ['t']),
      release('both', ['t', 'u'], ['(t, u)']),
      release('sink', ['t'], []),
    );
    const graph = graphOf(
      ...['x', 'y'].map(alias => add(alias, 'source')),
      add('both', 'both'),
      add('sink', 'sink'),
      connect('x', 'both', 0, 0),
      connect('y', 'both', 0, 1),
      connect('both', 'sink'),
    );
    const { ports } = solveGraph(graph, two);
    const [printed] = (ports.get('vtx_sink')?.inputs ?? []).map(printType);
    expect(printed).toMatch(/^\((\w+), (?!\1\))\w+\)$/);
    expect(printed).not.toContain('vtx');
  });

  it('hints at the port and the harness that would fit', () => {
    const images = release('Input Image HTTP', [], ['Image', '[BoundingBox]']);
    images.endpoints.push({ name: 'in', kind: 'ingress', transports: ['http'] });
    const json = release('Output JSON HTTP', ['Tensor'], []);
    json.endpoints.push({ name: 'out', kind: 'egress', transports: ['ws'] });
    const known = lookup(images, json, release('boxes', ['[BoundingBox]'], []));
    const hintOf = (...ways: string[]) => expect.objectContaining({ hint: expect.stringContaining(ways.join(' ')) });
    const first = graphOf(add('in', 'Input Image HTTP'), add('cut', 'boxes'), connect('in', 'cut'));
    expect(() => solveGraph(first, known)).toThrow(
      hintOf('Output 1 of in fits.', 'Use the harness Input JSON HTTP for in.'),
    );
    const second = graphOf(add('in', 'Input Image HTTP'), add('out', 'Output JSON HTTP'), connect('in', 'out'));
    expect(() => solveGraph(second, known)).toThrow(
      hintOf('Use the harness Input NumPy HTTP for in.', 'Use the harness Output Image HTTP for out.'),
    );
  });

  it('refuses in a moment a graph whose types double at every vertex', () => {
    const known = lookup(release('twice', ['t'], ['(t, t)']));
    const names = Array.from({ length: 60 }, (_, index) => `v${index}`);
    const edges = names.slice(1).map((name, index) => connect(names[index] as string, name));
    const graph = graphOf(...names.map(name => add(name, 'twice')), ...edges);
    expect(() => solveGraph(graph, known)).toThrow(expect.objectContaining({ code: 'type_invalid' }));
  });

  it('solves a chain of thousands of vertices', () => {
    const names = Array.from({ length: 3000 }, (_, index) => `v${index}`);
    const edges = names.slice(1).map((name, index) => connect(names[index] as string, name));
    const graph = graphOf(add('in', 'camera'), ...names.map(name => add(name, 'same')), ...edges, connect('in', 'v0'));
    expect(printType(solveGraph(graph, releases).ports.get('vtx_v2999')?.outputs[0] as Type)).toBe('Image');
  });
});
