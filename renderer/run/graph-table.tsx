import type { RunPlan, RunVertex } from '../../shared/contract/index.ts';
import { Digest, StatusMark } from '../ui/index.ts';
import { useRun } from './run-store.ts';
import { useVertex } from './use-vertex.ts';

const head = 'h-8 px-2 text-left font-medium text-11 text-fg-2 first:pl-4 last:pr-4';
const cell = 'h-8 px-2 first:pl-4 last:pr-4';

/** The graph as a table: the same vertices, states and counts in words. */
export function GraphTable({ plan }: { plan: RunPlan }) {
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <table className="w-full whitespace-nowrap text-12">
        <thead className="sticky top-0 z-10 bg-pane shadow-[inset_0_-1px_var(--border)]">
          <tr>
            {['Vertex', 'State', 'Component', 'Version', 'To', 'In', 'Out', 'stderr', 'Restarts'].map(name => (
              <th key={name} scope="col" className={head}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {plan.vertices.map(vertex => (
            <VertexRow key={vertex.alias} vertex={vertex} to={targetsOf(plan, vertex.alias)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function VertexRow({ vertex, to }: { vertex: RunVertex; to: string }) {
  const view = useVertex(vertex);
  const selectVertex = useRun(state => state.selectVertex);
  const counts = [view.inCount, view.outCount, view.stderrCount, vertex.restarts];
  return (
    <tr
      className={`border-line border-b ${view.isSelected ? 'bg-accent-bg shadow-[inset_2px_0_var(--accent-fg)]' : ''}`}
    >
      <td className={cell}>
        <button
          type="button"
          aria-pressed={view.isSelected}
          onClick={() => selectVertex(view.isSelected ? null : vertex.alias)}
          className="-mx-1 h-6 rounded-1 px-1 font-mono font-semibold hover:bg-hover"
        >
          {vertex.alias}
        </button>
      </td>
      <td className={cell}>
        <span className="flex items-center gap-1.5">
          <StatusMark status={view.status} />
          {view.word}
        </span>
      </td>
      <td className={cell}>{vertex.component}</td>
      <td className={cell}>{vertex.version_id !== null && <Digest value={vertex.version_id} kind="id" />}</td>
      <td className={`${cell} font-mono text-11 text-fg-2`}>{to}</td>
      {counts.map((count, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a count is its column
        <td key={column} className={`${cell} text-right`}>
          {count ?? ''}
        </td>
      ))}
    </tr>
  );
}

function targetsOf(plan: RunPlan, alias: string): string {
  return plan.edges
    .filter(edge => edge.from === alias)
    .map(edge => `${edge.to}.${edge.to_input} ${edge.type ?? ''}`.trim())
    .join(', ');
}
