import { Maximize } from 'lucide-react';
import { useState } from 'react';
import type { RunPlan } from '../../shared/contract/index.ts';
import { useAnswer } from '../host/host.ts';
import { IconButton, Pane, PaneHead, PaneMessage, Tabs } from '../ui/index.ts';
import { shortDigest } from './event-summary.ts';
import { GraphTable } from './graph-table.tsx';
import { GraphView } from './graph-view.tsx';
import { useRun } from './run-store.ts';

const tabs = [
  { id: 'graph', label: 'Graph' },
  { id: 'table', label: 'Table' },
];

/** The backend at the playhead, drawn or as a table. */
export function GraphPane({ plan }: { plan: RunPlan }) {
  const [tab, setTab] = useState('graph');
  const [fitted, setFitted] = useState(0);
  return (
    <Pane className="h-full">
      <PaneHead>
        <Tabs items={tabs} selected={tab} onSelect={setTab} label="How the graph is shown" />
        <span className="flex-1" />
        <GraphHash />
        {tab === 'graph' && <IconButton icon={Maximize} label="Fit graph" onPress={() => setFitted(fitted + 1)} />}
      </PaneHead>
      <div id={`${tab}-panel`} role="tabpanel" aria-label={tab} className="flex min-h-0 flex-1 flex-col">
        {plan.vertices.length === 0 ? (
          <PaneMessage status="idle" title="The graph is empty">
            The manifest of this run names no vertices.
          </PaneMessage>
        ) : tab === 'graph' ? (
          <GraphView plan={plan} fitted={fitted} />
        ) : (
          <GraphTable plan={plan} />
        )}
      </div>
    </Pane>
  );
}

/** The hash of the graph, while its backend is there to be asked. */
function GraphHash() {
  const backendId = useRun(state => state.index.marks.backendId);
  const { data } = useAnswer('backend.show', { backend: backendId ?? '' }, { enabled: backendId !== null });
  if (data === undefined) return null;
  return (
    <span title={data.graph_hash} className="font-mono text-11 text-fg-3">
      graph {shortDigest(data.graph_hash)}
    </span>
  );
}
