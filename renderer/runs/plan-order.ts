import type { RunPlan, RunVertex } from '../../shared/contract/index.ts';

/** Vertices in the order that data takes; `isChain` when each leads to the next and to no other. */
export function inOrder({ vertices, edges }: Pick<RunPlan, 'vertices' | 'edges'>): {
  vertices: RunVertex[];
  isChain: boolean;
} {
  const left = [...vertices];
  const ordered: RunVertex[] = [];
  while (left.length > 0) {
    const waits = ({ alias }: RunVertex) =>
      edges.some(({ from, to }) => to === alias && from !== alias && left.some(each => each.alias === from));
    // In a loop somebody has to be first.
    const next = Math.max(
      0,
      left.findIndex(vertex => !waits(vertex)),
    );
    ordered.push(...left.splice(next, 1));
  }
  const pairs = new Set(edges.map(({ from, to }) => `${from}\n${to}`));
  const isChain =
    pairs.size === ordered.length - 1 &&
    ordered.slice(1).every(({ alias }, index) => pairs.has(`${ordered[index]?.alias}\n${alias}`));
  return { vertices: ordered, isChain };
}
