import type { RunRow } from '../../shared/contract/index.ts';
import { useAnswer } from '../host/host.ts';
import { Button, Meter, useNow } from '../ui/index.ts';
import { GridCell } from './grid-cell.tsx';
import { liveStep } from './run-row.ts';

/** In place of the figures: what a live run does now, how far it is, and how to stop it. */
export function LiveCells({ row, isStopping, onStop }: { row: RunRow; isStopping: boolean; onStop(): void }) {
  const now = useNow(100);
  const { data } = useAnswer('run.show', { run: row.id });
  const { title, detail, done, total } = liveStep(row, data?.plan.vertices, now);
  return (
    <>
      <GridCell span={3} className="col-span-3 grid gap-1.5">
        <div className="flex gap-2">
          <span className="min-w-0 flex-1 truncate">{isStopping ? 'Stopping' : title}</span>
          <span className="text-fg-2">{detail}</span>
        </div>
        <Meter value={done} {...(total === undefined ? {} : { total })} label={title} />
      </GridCell>
      <GridCell className="text-right">
        <Button size="s" kbd="." isBusy={isStopping} onPress={onStop} aria-label={`Stop ${row.name} #${row.number}`}>
          Stop
        </Button>
      </GridCell>
    </>
  );
}
