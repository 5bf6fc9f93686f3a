import { ReceiptText } from 'lucide-react';
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { LeaseRow } from '../../shared/contract/index.ts';
import { host } from '../host/host.ts';
import { Button, countdown, toast, toastError } from '../ui/index.ts';
import { useLeaseDialog } from './lease-dialog-store.ts';
import { extended, extensions, leftMs } from './lease-time.ts';

/** What can be done with a lease: Extend and Tear down while it is open, then its receipt. */
export function LeaseActions({ lease, name }: { lease: LeaseRow; name: string }) {
  const ask = useLeaseDialog(state => state.ask);
  const showReceipt = useLeaseDialog(state => state.showReceipt);
  if (lease.state === 'open') {
    return (
      <span className="flex flex-none gap-2">
        <ExtendMenu lease={lease} name={name} />
        <Button size="s" variant="danger" onPress={() => ask(lease, name)} aria-label={`Tear down ${name}`}>
          Tear down
        </Button>
      </span>
    );
  }
  const { receipt } = lease;
  if (receipt === null) return null;
  return (
    <Button
      size="s"
      icon={ReceiptText}
      onPress={() => showReceipt(lease, name, receipt)}
      aria-label={`Receipt of ${name}`}
    >
      Receipt
    </Button>
  );
}

function ExtendMenu({ lease, name }: { lease: LeaseRow; name: string }) {
  return (
    <MenuTrigger>
      <Button size="s" aria-label={`Extend the lease of ${name}`}>
        Extend
      </Button>
      <Popover placement="bottom end" className="min-w-36 rounded-2 border border-line-strong bg-raised p-1 shadow-2">
        <Menu
          aria-label="Extend by"
          onAction={by => void extend(lease, name, String(by))}
          className="outline-none focus-visible:shadow-none"
        >
          {extensions.map(({ by, label }) => (
            <MenuItem
              key={by}
              id={by}
              textValue={label}
              className="flex h-7 items-center rounded-1 px-2 text-12 outline-none data-[focused]:bg-hover"
            >
              {label}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

async function extend(lease: LeaseRow, name: string, by: string): Promise<void> {
  const { ttl, isCut } = extended(lease, by, Date.now());
  try {
    const { expires_at } = await host.call('lease.renew', { lease: lease.id, ttl });
    const left = countdown(leftMs({ expires_at }, Date.now()));
    toast({
      kind: 'done',
      title: `${name} has ${left} left`,
      ...(isCut ? { detail: 'A lease lasts 24 h from now at most; it was cut to that.' } : {}),
    });
  } catch (thrown) {
    toastError(thrown);
  }
}
