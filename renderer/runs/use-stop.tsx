import { useState } from 'react';
import type { RunRow } from '../../shared/contract/index.ts';
import { host } from '../host/host.ts';
import { Button, Dialog, toast, toastError } from '../ui/index.ts';

/** How a live row is stopped: a run that is under way at once; a live test that is held only after it was asked about. */
export function useStop() {
  const [stopping, setStopping] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<RunRow | null>(null);
  const during = async (row: RunRow, act: () => Promise<unknown>) => {
    setStopping(now => new Set(now).add(row.id));
    try {
      await act();
    } catch (thrown) {
      toastError(thrown);
    }
    setStopping(now => new Set([...now].filter(id => id !== row.id)));
  };
  const stop = (row: RunRow) => {
    if (stopping.has(row.id)) return;
    if (row.state === 'ready') setAsked(row);
    else void during(row, () => host.call('run.cancel', { run: row.id }));
  };
  const tearDown = (row: RunRow) => {
    setAsked(null);
    void during(row, async () => {
      const { receipt } = await host.call('lease.rollback', { lease: row.lease_id });
      toast({
        kind: receipt.failed.length === 0 ? 'done' : 'error',
        title: `${row.name} #${row.number} is torn down`,
        detail: `${receipt.removed.length} removed, ${receipt.saved.length} saved, ${receipt.failed.length} could not be removed`,
      });
    });
  };
  const dialog = (
    <Dialog
      title={asked === null ? 'Stop' : `Stop ${asked.name} #${asked.number}`}
      isOpen={asked !== null}
      onClose={() => setAsked(null)}
      width={400}
      footer={
        <>
          <Button onPress={() => setAsked(null)}>Cancel</Button>
          <Button variant="danger" onPress={() => asked !== null && tearDown(asked)}>
            Tear down
          </Button>
        </>
      }
    >
      <p className="text-13">Its containers, network and files go. Captured logs and its events stay.</p>
    </Dialog>
  );
  return { stop, stopping, dialog };
}
