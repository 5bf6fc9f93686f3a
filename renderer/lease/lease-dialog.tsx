import type { ReactNode } from 'react';
import type { LeaseRow } from '../../shared/contract/index.ts';
import { useAnswer } from '../host/host.ts';
import { Button, Dialog, ErrorText, ProgressLine } from '../ui/index.ts';
import { useLeaseDialog } from './lease-dialog-store.ts';
import { Receipt } from './receipt.tsx';
import { groupItems } from './receipt-groups.ts';

/** Asks before a lease is torn down, then shows its receipt. Once in the window, beside the toasts. */
export function LeaseDialog() {
  const { about, close, tearDown } = useLeaseDialog();
  if (about === null) return null;
  const { lease, name, stage } = about;
  const again = () => void tearDown();
  if (stage.kind === 'receipt') {
    return (
      <Shown title={`Receipt of ${name}`} width={560} onClose={close} footer={<CloseButton onPress={close} />}>
        <Receipt receipt={stage.receipt} />
      </Shown>
    );
  }
  const title = `Tear down ${name}`;
  if (stage.kind === 'failed') {
    return (
      <Shown title={title} onClose={close} footer={<CloseButton onPress={close} />}>
        <ErrorText error={stage.error} onRetry={again} />
      </Shown>
    );
  }
  if (stage.kind === 'working') {
    return (
      <Shown title={title} onClose={close} footer={<CloseButton onPress={close} />}>
        <ProgressLine step={stage.step} />
        <p className="mt-3 text-12 text-fg-2">It goes on when this is closed; its end is told then.</p>
      </Shown>
    );
  }
  return (
    <Shown
      title={title}
      onClose={close}
      footer={
        <>
          <Button autoFocus onPress={close}>
            Cancel
          </Button>
          <Button variant="danger" onPress={again}>
            Tear down
          </Button>
        </>
      }
    >
      <GoesAndStays lease={lease} />
    </Shown>
  );
}

function Shown(props: {
  title: string;
  width?: 400 | 560;
  onClose: () => void;
  footer: ReactNode;
  children: ReactNode;
}) {
  return (
    <Dialog isOpen width={props.width ?? 400} title={props.title} onClose={props.onClose} footer={props.footer}>
      {props.children}
    </Dialog>
  );
}

function CloseButton({ onPress }: { onPress: () => void }) {
  return (
    <Button autoFocus onPress={onPress}>
      Close
    </Button>
  );
}

function GoesAndStays({ lease }: { lease: LeaseRow }) {
  const { data, error } = useAnswer('lease.show', { lease: lease.id });
  const owned = groupItems(data?.owned ?? []);
  return (
    <div className="grid gap-4">
      <section>
        <h3 className="mb-1 font-semibold text-12">What goes</h3>
        {error !== null && <ErrorText error={error} />}
        {error === null && data === undefined && <p className="text-fg-2">Reading what it owns</p>}
        {data !== undefined && owned.length === 0 && <p className="text-fg-2">It owns nothing now.</p>}
        <ul className="grid gap-0.5">
          {owned.map(({ kind, label }) => (
            <li key={kind}>
              {label}
              {kind === 'deployment' && <span className="text-fg-2">, with its containers, networks and volumes</span>}
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3 className="mb-1 font-semibold text-12">What stays</h3>
        <p className="text-fg-2">
          The run with its events, captured logs and outputs. Evidence, and what evidence names.
        </p>
      </section>
    </div>
  );
}
