import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../../electron/runtime/graph/graph.ts';
import type { Converter } from '../../../../electron/runtime/graph/mismatch-hint.ts';
import { solveGraph } from '../../../../electron/runtime/graph/solve.ts';
import { AppError } from '../../../../shared/errors.ts';
import { parseType } from '../../../../shared/types/parse.ts';
import { printType } from '../../../../shared/types/print.ts';
import type { Type } from '../../../../shared/types/type.ts';
import { add, connect, graphOf, lookup, release } from './graphs.ts';

const releases = lookup(
  release('camera', [], ['Image']),
  release('numbers', [], ['Int32']),
  release('boxes', ['[BoundingBox]'], []),
  release('pictures', ['[Image]'], []),
  release('same', ['t'], ['t']),
  release('wrap', ['t'], ['[t]']),
  release('double', ['t'], ['(t, t)']),
  release('both', ['t', 't'], ['t']),
  release('either', [], ['t | u', 't']),
  release('sum', ['Int32 | String', 'String'], []),
  release('record', [], ['{a: Int32, b: Bool}']),
  release('fields', ['{a: t, b: t}'], []),
  release('optional', ['t'], ['t | String']),
  release('texts', ['Int32 | String'], []),
);

function mismatch(graph: Graph): AppError {
  try {
    solveGraph(graph, releases);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('the graph was solved');
}

function chain(vertices: string[], ...more: ReturnType<typeof connect>[]): Graph {
  const aliasOf = (vertex: string) => vertex.split(':')[0] as string;
  return graphOf(
    ...vertices.map(vertex => add(aliasOf(vertex), vertex.split(':')[1] as string)),
    ...vertices.slice(1).map((vertex, index) => connect(aliasOf(vertices[index] as string), aliasOf(vertex))),
    ...more,
  );
}

describe('a conflict of edges that are far apart', () => {
  it('names the edges that made the variable what it is, and the type each carries', () => {
    const error = mismatch(chain(['in:camera', 'a:same', 'mid:same', 'cut:boxes']));
    expect(error.message).toBe(
      'type_mismatch: edge mid.0 → cut.0: Image does not fit [BoundingBox] (expected a list); ' +
        't of mid is Image because of edge in.0 → a.0, a.0 → mid.0',
    );
    expect(error.details).toMatchObject({
      edge: 'mid.0 → cut.0',
      chain: [
        { edge: 'in.0 → a.0', type: 'Image' },
        { edge: 'a.0 → mid.0', type: 'Image' },
      ],
    });
  });

  it('names them in the order of the flow, in whatever order they were connected', () => {
    const vertices = [add('in', 'camera'), add('a', 'same'), add('mid', 'same'), add('cut', 'boxes')];
    const upstreamLast = graphOf(...vertices, connect('mid', 'cut'), connect('a', 'mid'), connect('in', 'a'));
    expect(mismatch(upstreamLast).message).toContain(
      'edge in.0 → a.0: Image does not fit [BoundingBox] (expected a list); ' +
        't of a is [BoundingBox] because of edge mid.0 → cut.0, a.0 → mid.0',
    );
    const middleLast = graphOf(...vertices, connect('mid', 'cut'), connect('in', 'a'), connect('a', 'mid'));
    expect(mismatch(middleLast).message).toContain(
      '; t of a is Image because of edge in.0 → a.0; t of mid is [BoundingBox] because of edge mid.0 → cut.0',
    );
  });

  it('leaves out the edges that have nothing to do with it', () => {
    const error = mismatch(
      chain(['in:camera', 'a:same', 'cut:boxes'], ...chain(['x:numbers', 'y:same', 'z:same']).edges.map(toConnect)),
    );
    expect(error.message).not.toMatch(/[xyz]\.0/);
  });

  it('finds the cause inside a type that was wrapped on the way', () => {
    const error = mismatch(chain(['in:numbers', 'a:same', 'w:wrap', 'b:same', 'cut:pictures']));
    expect(error.message).toContain(
      'edge b.0 → cut.0: [Int32] does not fit [Image] (at []: expected Image, found Int32)',
    );
    expect(error.message).toContain('t of b is [Int32] because of edge w.0 → b.0');
    expect(error.message).toContain('t of w is Int32 because of edge in.0 → a.0, a.0 → w.0');
  });

  it('names the other input of a vertex that wants the same on both', () => {
    const graph = graphOf(
      add('in', 'camera'),
      add('nums', 'numbers'),
      add('both', 'both'),
      connect('in', 'both', 0, 0),
      connect('nums', 'both', 0, 1),
    );
    expect(mismatch(graph).message).toContain('t of both is Image because of edge in.0 → both.0');
  });

  it('names the edges of a loop that would be a type within itself', () => {
    const graph = graphOf(add('a', 'same'), add('w', 'wrap'), connect('a', 'w'), connect('w', 'a'));
    expect(mismatch(graph).message).toContain('(a type would contain itself); t of a is t because of edge a.0 → w.0');
  });

  it('names the edge that solved a variable inside a union', () => {
    const graph = chain(['in:camera', 'o:optional', 'end:texts']);
    expect(mismatch(graph).message).toContain('t of o is Image because of edge in.0 → o.0');
  });

  it('says nothing of other edges where the two types part by themselves', () => {
    const alone = mismatch(chain(['in:camera', 'cut:boxes']));
    expect(alone.details).not.toHaveProperty('chain');
    expect(mismatch(chain(['r:record', 'f:fields'])).message).not.toContain('because');
  });

  it('keeps the message short and the details whole enough when the chain is long', () => {
    const middle = Array.from({ length: 300 }, (_, index) => `v${index}:same`);
    const error = mismatch(chain(['in:camera', ...middle, 'cut:boxes']));
    expect(error.message.length).toBeLessThan(500);
    expect(error.message).toContain('v298.0 → v299.0 and 192 more');
    expect(error.details?.chain).toHaveLength(200);
  });
});

describe('unions that can be matched in several ways', () => {
  it('are matched in the way that fits all edges', () => {
    for (const edges of [
      [connect('e', 's', 0, 0), connect('e', 's', 1, 1)],
      [connect('e', 's', 1, 1), connect('e', 's', 0, 0)],
    ]) {
      const graph = graphOf(add('e', 'either'), add('s', 'sum'), ...edges);
      expect(solveGraph(graph, releases).ports.get('vtx_e')?.outputs.map(printType)[1]).toBe('String');
    }
  });
});

describe('components that would convert', () => {
  const converters: Converter[] = [
    ['anything', ['t'], ['t']],
    ['wrong', ['Image'], ['Tensor']],
    ['detect', ['Image'], ['[BoundingBox]', 'Image']],
    ['detect', ['Image'], ['[BoundingBox]']],
    ['loose', ['Image | Image', 'Int32'], ['Int32', '[t]']],
    ['third', ['Image'], ['[BoundingBox]']],
    ['fourth', ['Image'], ['[BoundingBox]']],
  ].map(([component, inputs, outputs]) => ({
    component: component as string,
    inputs: (inputs as string[]).map(parseType),
    outputs: (outputs as string[]).map(parseType),
  }));
  const graph = chain(['in:camera', 'a:same', 'cut:boxes']);

  it('are named in the hint, three at most, each once', () => {
    expect(() => solveGraph(graph, releases, () => converters)).toThrow(
      expect.objectContaining({
        hint: expect.stringContaining('put one of these between the two: detect, loose, third.'),
      }),
    );
  });

  it('are not those that take anything, and are not looked for where all fits', () => {
    expect(() => solveGraph(graph, releases, () => converters.slice(0, 2))).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('put a component between the two that takes the one') }),
    );
    const fitting = chain(['in:camera', 'a:same']);
    const unasked = () => {
      throw new Error('asked');
    };
    expect(() => solveGraph(fitting, releases, unasked)).not.toThrow();
  });
});

describe('large graphs', () => {
  it('are refused in our words when every vertex wraps the type once more', () => {
    const wrapping = Array.from({ length: 1000 }, (_, index) => `v${index}:wrap`);
    expect(mismatch(chain(['in:camera', ...wrapping]))).toMatchObject({ code: 'type_invalid' });
  });

  it('are solved from the far end as well, where each variable leads to the next', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `v${index}`);
    const edges = names.slice(1).map((name, index) => connect(names[index] as string, name));
    const graph = graphOf(
      add('in', 'camera'),
      ...names.map(name => add(name, 'same')),
      ...edges.reverse(),
      connect('in', 'v0'),
    );
    expect(printType(solveGraph(graph, releases).ports.get('vtx_v999')?.outputs[0] as Type)).toBe('Image');
  });
});

function toConnect(edge: Graph['edges'][number]): ReturnType<typeof connect> {
  return { type: 'connect', payload: edge };
}
