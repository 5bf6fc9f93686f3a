import { describe, expect, it } from 'vitest';
import { graphLayout, nodeHeight } from '../../../../renderer/run/graph-layout.ts';
import { plan, vertex } from './runs.ts';

describe('the graph on screen', () => {
  it('runs from left to right, as far apart as it is drawn', () => {
    const { vertices, edges } = plan();
    expect(graphLayout(vertices, edges).nodes).toEqual([
      { alias: 'in', x: 0, y: 0 },
      { alias: 'cut', x: 228, y: 0 },
      { alias: 'out', x: 456, y: 0 },
    ]);
  });

  it('labels an edge with its solved type, and before that with what its output declares', () => {
    const { vertices, edges } = plan();
    expect(graphLayout(vertices, edges).edges).toEqual([
      { id: 'in.0-cut.0', from: 'in', to: 'cut', label: 'Image' },
      { id: 'cut.0-out.0', from: 'cut', to: 'out', label: 'Image' },
    ]);
  });

  it('puts what runs side by side below each other, without overlap', () => {
    const edges = ['a', 'b'].map(to => ({ from: 'in', from_output: 0, to, to_input: 0, type: null }));
    const { nodes } = graphLayout([vertex('in'), vertex('a'), vertex('b')], edges);
    const [a, b] = nodes.slice(1);
    expect(a?.x).toBe(b?.x);
    expect(Math.abs((a?.y ?? 0) - (b?.y ?? 0))).toBeGreaterThanOrEqual(nodeHeight);
  });

  it('keeps two edges between the same vertices apart', () => {
    const edges = [0, 1].map(port => ({ from: 'in', from_output: port, to: 'cut', to_input: port, type: 'T' }));
    expect(graphLayout([vertex('in'), vertex('cut')], edges).edges.map(({ id }) => id)).toEqual([
      'in.0-cut.0',
      'in.1-cut.1',
    ]);
  });

  it('leaves out edges of vertices that are not there, and draws nothing of nothing', () => {
    const edge = { from: 'in', from_output: 0, to: 'gone', to_input: 0, type: null };
    expect(graphLayout([vertex('in')], [edge]).edges).toEqual([]);
    expect(graphLayout([], [])).toEqual({ nodes: [], edges: [] });
  });
});
