import { ArrowRight } from 'lucide-react';
import type { RunEdge, RunPlan } from '../../shared/contract/index.ts';
import { inOrder } from './plan-order.ts';

/** The graph of a plan on one line: its vertices in the order that data takes, and what goes where. */
export function PlanStrip({ plan }: { plan: Pick<RunPlan, 'vertices' | 'edges'> }) {
  const { vertices, isChain } = inOrder(plan);
  return (
    <section className="border-line border-b bg-sunken px-4 py-3" aria-label="Graph">
      <ul className="flex flex-wrap items-center gap-2">
        {vertices.map((vertex, index) => (
          <li key={vertex.alias} className="flex items-center gap-2">
            {index > 0 && isChain && (
              <ArrowRight size={16} strokeWidth={1.75} className="text-fg-3" aria-label="goes to" />
            )}
            <div
              className={`rounded-3 border bg-raised px-3 py-1.5 ${vertex.under_test ? 'border-accent' : 'border-line-strong'}`}
            >
              <div className="flex items-baseline gap-2">
                <span className="font-medium font-mono text-12">{vertex.alias}</span>
                <span className="text-11 text-fg-2">{vertex.under_test ? 'under test' : 'harness'}</span>
              </div>
              <div className="text-12 text-fg-2">{vertex.component}</div>
            </div>
          </li>
        ))}
      </ul>
      {plan.edges.length > 0 && (
        <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1" aria-label="Edges">
          {plan.edges.map(edge => (
            <li key={nameOf(edge)} className="font-mono text-11 text-fg-2">
              {nameOf(edge)}
              {edge.type !== null && <span className="text-fg-3"> {edge.type}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function nameOf({ from, from_output, to, to_input }: RunEdge): string {
  return `${from}.${from_output} → ${to}.${to_input}`;
}
