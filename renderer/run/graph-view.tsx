import { ReactFlow, type ReactFlowInstance } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useEffect, useMemo, useRef } from 'react';
import type { RunPlan } from '../../shared/contract/index.ts';
import { GraphEdge, type TypeEdge } from './graph-edge.tsx';
import { graphLayout, nodeHeight, nodeWidth } from './graph-layout.ts';
import { GraphNode, type VertexNode } from './graph-node.tsx';
import { useWidth } from './use-size.ts';

type Flow = ReactFlowInstance<VertexNode, TypeEdge>;

const nodeTypes = { vertex: GraphNode };
const edgeTypes = { type: GraphEdge };
const fit = { padding: '16px', minZoom: 0.5, maxZoom: 1 } as const;
const dots = {
  background: 'radial-gradient(var(--border-strong) .8px, transparent .9px) 8px 8px / 16px 16px, var(--bg-sunken)',
};
const hideAttribution = { hideAttribution: true };

/** The graph as it was at the playhead. It can be moved and zoomed, not changed; another `fitted` shows all of it again. */
export function GraphView({ plan, fitted }: { plan: RunPlan; fitted: number }) {
  const { vertices, edges } = plan;
  const frame = useRef<HTMLDivElement>(null);
  const flow = useRef<Flow>(undefined);
  const width = useWidth(frame);
  const shape = JSON.stringify([vertices.map(({ alias, outputs }) => [alias, outputs]), edges]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape says all that is laid out
  const layout = useMemo(() => graphLayout(vertices, edges), [shape]);
  const drawn = useMemo(
    () =>
      layout.nodes.flatMap(({ alias, x, y }): VertexNode[] => {
        const vertex = vertices.find(each => each.alias === alias);
        if (vertex === undefined) return [];
        const size = { width: nodeWidth, height: nodeHeight };
        return [{ id: alias, type: 'vertex', position: { x, y }, data: { vertex }, ...size }];
      }),
    [layout, vertices],
  );
  const lines = useMemo(
    () =>
      layout.edges.map(
        ({ id, from, to, label }): TypeEdge => ({ id, type: 'type', source: from, target: to, data: { label } }),
      ),
    [layout],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: fits again when one of these is another
  useEffect(() => {
    void flow.current?.fitView(fit);
  }, [layout, fitted, width]);
  return (
    <div ref={frame} className="min-h-0 flex-1" style={dots}>
      <ReactFlow<VertexNode, TypeEdge>
        nodes={drawn}
        edges={lines}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onInit={made => {
          flow.current = made;
          void made.fitView(fit);
        }}
        fitView
        fitViewOptions={fit}
        minZoom={0.2}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        deleteKeyCode={null}
        panActivationKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        zoomActivationKeyCode={null}
        zoomOnDoubleClick={false}
        zoomOnScroll={false}
        preventScrolling={false}
        proOptions={hideAttribution}
        aria-label="Graph of the backend"
      />
    </div>
  );
}
