import { create } from 'zustand';
import type { LeaseRow, Progress, Receipt } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { host } from '../host/host.ts';
import { toast } from '../ui/index.ts';
import { receiptLine } from './receipt-groups.ts';

type Stage =
  | { kind: 'ask' }
  | { kind: 'working'; step: Progress }
  | { kind: 'receipt'; receipt: Receipt }
  | { kind: 'failed'; error: AppError };

interface LeaseDialogState {
  /** The lease that the dialog is about; null while there is none. */
  about: { lease: LeaseRow; name: string; stage: Stage } | null;
  ask: (lease: LeaseRow, name: string) => void;
  showReceipt: (lease: LeaseRow, name: string, receipt: Receipt) => void;
  tearDown: () => Promise<void>;
  close: () => void;
}

/**
 * The dialog of a lease. It is kept apart from the controls that open it: a lease that closes leaves the list they are in, and the
 * receipt is still to be shown.
 */
export const useLeaseDialog = create<LeaseDialogState>()((set, get) => ({
  about: null,
  ask: (lease, name) => set({ about: { lease, name, stage: { kind: 'ask' } } }),
  showReceipt: (lease, name, receipt) => set({ about: { lease, name, stage: { kind: 'receipt', receipt } } }),
  close: () => set({ about: null }),
  tearDown: async () => {
    const { about } = get();
    if (about === null) return;
    const { lease, name } = about;
    // Who closed the dialog meanwhile hears of the end by a toast.
    const isShown = () => get().about?.lease.id === lease.id;
    const show = (stage: Stage) => set({ about: { lease, name, stage } });
    show({ kind: 'working', step: { message: 'Removing what it owns' } });
    try {
      const { receipt } = await host.call(
        'lease.rollback',
        { lease: lease.id },
        { onProgress: step => isShown() && show({ kind: 'working', step }) },
      );
      if (isShown()) show({ kind: 'receipt', receipt });
      else {
        toast({
          kind: receipt.failed.length === 0 ? 'done' : 'error',
          title: `${name} is torn down`,
          detail: receiptLine(receipt),
          action: { label: 'Receipt', onPress: () => show({ kind: 'receipt', receipt }) },
        });
      }
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (isShown()) show({ kind: 'failed', error });
      else toast({ kind: 'error', title: error.message, detail: error.hint });
    }
  },
}));
