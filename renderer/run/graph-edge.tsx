import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react';

export type TypeEdge = Edge<{ label: string }, 'type'>;

/** An edge with the type that flows on it, above its line. */
export function GraphEdge(props: EdgeProps<TypeEdge>) {
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data } = props;
  const tip = 6;
  const [path, labelX, labelY] = getBezierPath({
    sourceX: sourceX + 2,
    sourceY,
    targetX: targetX - tip - 2,
    targetY,
    sourcePosition,
    targetPosition,
  });
  const label = data?.label ?? '';
  return (
    <>
      <BaseEdge path={path} style={{ stroke: 'var(--text-3)', strokeWidth: 1.5 }} />
      <path d={`M${targetX - tip - 2} ${targetY - 4}l${tip} 4-${tip} 4z`} fill="var(--text-3)" />
      {label !== '' && (
        <EdgeLabelRenderer>
          <span
            title={label}
            className="absolute max-w-[92px] truncate rounded-[3px] bg-sunken px-0.5 font-mono text-11 text-fg-2 tracking-[-.03em]"
            style={{
              transform: `translate(-50%, -100%) translate(${labelX}px, ${labelY - 4}px)`,
              pointerEvents: 'all',
            }}
          >
            {label}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
}
