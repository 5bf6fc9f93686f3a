import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import type { RunVertex } from '../../shared/contract/index.ts';
import { StatusMark, shortId } from '../ui/index.ts';
import { nodeHeight, nodeWidth } from './graph-layout.ts';
import { useRun } from './run-store.ts';
import { useVertex } from './use-vertex.ts';

export type VertexNode = Node<{ vertex: RunVertex }, 'vertex'>;

/** A vertex of the graph at the playhead; pressing it selects the vertex. */
export function GraphNode({ data: { vertex } }: NodeProps<VertexNode>) {
  const view = useVertex(vertex);
  const selectVertex = useRun(state => state.selectVertex);
  const { inCount, outCount, stderrCount } = view;
  const version = vertex.version_id === null ? (vertex.harness ? 'harness' : '') : shortId(vertex.version_id);
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} className="invisible" />
      <button
        type="button"
        aria-pressed={view.isSelected}
        onClick={() => selectVertex(view.isSelected ? null : vertex.alias)}
        style={{ width: nodeWidth, height: nodeHeight }}
        className={`nodrag nopan pointer-events-auto flex flex-col rounded-3 border bg-raised text-left shadow-1 [--ground:var(--bg-raised)] ${view.isSelected ? 'border-accent ring-1 ring-accent' : 'border-line-strong hover:border-line-control'}`}
      >
        <span className="flex h-8 w-full flex-none items-center gap-1.5 border-line border-b px-2">
          <StatusMark status={view.status} />
          <b className="min-w-0 flex-1 truncate font-mono font-semibold text-12">{vertex.alias}</b>
          <span className="max-w-[68px] flex-none truncate text-11 text-fg-3">{view.measure ?? view.word}</span>
          {view.measure !== null && <span className="sr-only">{view.word}</span>}
        </span>
        <span className="flex min-h-0 w-full flex-1 flex-col px-2 py-1.5">
          <span className="truncate font-medium text-12">{vertex.component}</span>
          <span className="truncate font-mono text-11 text-fg-2">{version}</span>
        </span>
        <span className="flex h-7 w-full flex-none items-center justify-between gap-1 border-line border-t px-2 text-11 text-fg-2">
          <span>{inCount === null ? '' : `${inCount} in`}</span>
          {stderrCount > 0 && <span className="font-medium text-stderr">{stderrCount} stderr</span>}
          <span>{outCount === null ? '' : `${outCount} out`}</span>
        </span>
      </button>
      <Handle type="source" position={Position.Right} isConnectable={false} className="invisible" />
    </>
  );
}
