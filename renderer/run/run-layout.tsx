import { type ReactNode, useState } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import type { RunDetail } from '../../shared/contract/index.ts';
import { LogPane } from '../logs/log-pane.tsx';
import { OutputPane } from '../outputs/output-pane.tsx';
import { PaneHead, Tabs } from '../ui/index.ts';
import { EventsPane } from './events-pane.tsx';
import { FixturesPane } from './fixtures-pane.tsx';
import { GraphPane } from './graph-pane.tsx';
import { useTimeline } from './run-timeline.tsx';
import { useIsNarrow } from './use-size.ts';

const leastWidth = 240;
const leastHeight = 120;
/** Head and canvas of the graph. */
const graphHeight = 36 + 136;
const fixturesWidth = 244;
const narrowTabs = [
  { id: 'run-output', label: 'Output' },
  { id: 'run-logs', label: 'Logs' },
];

/** The panes under the waterfall. Each line between two can be dragged, and a double click puts it back. */
export function RunLayout({ detail }: { detail: RunDetail }) {
  const isNarrow = useIsNarrow();
  const { onStderr } = useTimeline();
  const left = <LeftColumn detail={detail} />;
  const logs = <LogPane onStderr={onStderr} />;
  if (isNarrow) {
    return (
      <Group orientation="vertical" className="min-h-0 flex-1" key="narrow">
        <Panel id="left" defaultSize="60%" minSize={2 * leastHeight}>
          {left}
        </Panel>
        <Line isFlat />
        <Panel id="right" minSize={leastHeight}>
          <TabbedColumn output={<OutputPane />} logs={logs} />
        </Panel>
      </Group>
    );
  }
  return (
    <Group orientation="horizontal" className="min-h-0 flex-1" key="wide">
      <Panel id="left" defaultSize={620} minSize={2 * leastWidth}>
        {left}
      </Panel>
      <Line />
      <Panel id="right" minSize={leastWidth}>
        <Group orientation="vertical" className="h-full">
          <Panel id="output" defaultSize="58%" minSize={leastHeight}>
            <Cell>
              <OutputPane />
            </Cell>
          </Panel>
          <Line isFlat />
          <Panel id="logs" minSize={leastHeight}>
            <Cell>{logs}</Cell>
          </Panel>
        </Group>
      </Panel>
    </Group>
  );
}

function LeftColumn({ detail }: { detail: RunDetail }) {
  return (
    <Group orientation="vertical" className="h-full">
      <Panel id="graph" defaultSize={graphHeight} minSize={leastHeight} groupResizeBehavior="preserve-pixel-size">
        <GraphPane plan={detail.plan} />
      </Panel>
      <Line isFlat />
      <Panel id="low" minSize={leastHeight}>
        <Group orientation="horizontal" className="h-full">
          <Panel
            id="fixtures"
            defaultSize={fixturesWidth}
            minSize={leastWidth}
            groupResizeBehavior="preserve-pixel-size"
          >
            <FixturesPane detail={detail} />
          </Panel>
          <Line />
          <Panel id="events" minSize={leastWidth}>
            <EventsPane />
          </Panel>
        </Group>
      </Panel>
    </Group>
  );
}

/** Both stay mounted: logs go on being read behind the output. */
function TabbedColumn({ output, logs }: { output: ReactNode; logs: ReactNode }) {
  const [tab, setTab] = useState('run-output');
  return (
    <div className="flex h-full min-h-0 flex-col bg-pane">
      <PaneHead>
        <Tabs items={narrowTabs} selected={tab} onSelect={setTab} label="Output and logs" />
      </PaneHead>
      {narrowTabs.map(({ id, label }) => (
        <div
          key={id}
          id={`${id}-panel`}
          role="tabpanel"
          aria-label={label}
          hidden={id !== tab}
          className={id === tab ? 'flex min-h-0 flex-1 flex-col' : 'hidden'}
        >
          {id === 'run-output' ? output : logs}
        </div>
      ))}
    </div>
  );
}

function Cell({ children }: { children: ReactNode }) {
  return <div className="flex h-full min-h-0 min-w-0 flex-col">{children}</div>;
}

/** A 1 px line that can be dragged or moved by arrows. */
function Line({ isFlat = false }: { isFlat?: boolean }) {
  return (
    <Separator
      className={`${isFlat ? 'h-px' : 'w-px'} relative z-20 bg-line outline-none transition-colors duration-[var(--dur-1)] data-[separator=active]:bg-accent data-[separator=hover]:bg-line-control focus-visible:bg-accent`}
    />
  );
}
