import type { EdgeRow, GraphChange, VertexRow } from '../../shared/contract/index.ts';
import { oneLine, tableOf } from './out.ts';

/** A graph for people: each vertex with what it was given, then the edges with their types. */
export function graphText({ vertices, edges }: { vertices: readonly VertexRow[]; edges: readonly EdgeRow[] }): string {
  if (vertices.length === 0) return 'No vertices.';
  const aliases = new Map(vertices.map(vertex => [vertex.vertex_id, vertex.alias]));
  const port = (vertex: string, number: number) => `${aliases.get(vertex) ?? vertex}.${number}`;
  const rows = tableOf(vertices, ['alias', 'component', 'version_id', 'vertex_id']);
  const lines = ['', rows[0] as string];
  for (const [number, vertex] of vertices.entries()) lines.push(rows[number + 1] as string, ...settingsOf(vertex));
  if (edges.length > 0) {
    const items = edges.map(edge => ({
      edge: `${port(edge.from_vertex, edge.from_output)} → ${port(edge.to_vertex, edge.to_input)}`,
      type: edge.edge_type,
    }));
    lines.push('', ...tableOf(items, ['edge', 'type']));
  }
  return lines.join('\n');
}

function settingsOf({ params, files, endpoint_aliases }: VertexRow): string[] {
  return [
    ...Object.entries(params).map(([name, { type, value }]) => `    ${name}: ${type} = ${literal(value)}`),
    ...Object.entries(files).map(([key, file]) => `    file ${key} = ${file}`),
    ...Object.entries(endpoint_aliases).map(([endpoint, alias]) => `    endpoint ${endpoint} = ${alias}`),
  ];
}

const signs = { added: '+', removed: '-', changed: '~' } as const;

/** One line a difference: what was added, removed or changed. */
export function diffText(changes: readonly GraphChange[]): string {
  return changes
    .map(({ kind, subject, change, before, after }) => {
      const sides = [before, after].filter(side => side !== undefined).map(side => sideText(kind, side));
      const what = kind === 'name' ? subject : `${kind.replace('_', ' ')} ${subject}`;
      return `${signs[change]} ${what}  ${sides.join(' → ')}`.trimEnd();
    })
    .join('\n');
}

/** One side of a difference, as far as its subject does not say it. */
function sideText(kind: GraphChange['kind'], side: unknown): string {
  const value = side as Record<string, unknown>;
  if (kind === 'vertex' || kind === 'version') return `${value.component} ${value.version_id}`;
  if (kind === 'parameter') return oneLine(`${JSON.stringify(value.value)}`);
  if (kind === 'file') return `${value.file_id}`;
  return kind === 'edge' ? '' : literal(side);
}

function literal(value: unknown): string {
  return oneLine(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}
