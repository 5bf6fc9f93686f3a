import { describe, expect, it } from 'vitest';
import { inOrder } from '../../../../renderer/runs/plan-order.ts';
import type { RunEdge, RunVertex } from '../../../../shared/contract/index.ts';

const vertex = (alias: string) => ({ alias }) as RunVertex;
const edge = (from: string, to: string, from_output = 0): RunEdge => ({
  from,
  from_output,
  to,
  to_input: 0,
  type: null,
});
const order = (aliases: string[], edges: RunEdge[]) => {
  const { vertices, isChain } = inOrder({ vertices: aliases.map(vertex), edges });
  return [vertices.map(({ alias }) => alias).join(' '), isChain];
};

describe('the graph on one line', () => {
  it('goes the way of the data', () => {
    expect(order(['out', 'cut', 'in'], [edge('in', 'cut'), edge('cut', 'out')])).toEqual(['in cut out', true]);
  });
  it('draws no arrows where it is not one chain', () => {
    expect(order(['a', 'b', 'c'], [edge('a', 'c'), edge('b', 'c')])).toEqual(['a b c', false]);
  });
  it('takes two edges between the same two for one step, and comes to an end in a loop', () => {
    expect(order(['a', 'b'], [edge('a', 'b'), edge('a', 'b', 1)])).toEqual(['a b', true]);
    expect(order(['a', 'b'], [edge('a', 'b'), edge('b', 'a')])[0]).toBe('a b');
  });
});
