import { useLayoutEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import { LeaseControls } from '../lease/lease-controls.tsx';
import { useRun } from './run-store.ts';

/** The lease of the run on screen: in the title bar where that has a place for it, else where it stands. */
export function RunLease() {
  const detail = useRun(state => state.detail);
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  useLayoutEffect(() => setSlot(document.getElementById('title-bar-lease')), []);
  if (detail === undefined) return null;
  const controls = <LeaseControls lease={detail.lease} name={`${detail.name} #${detail.number}`} isCompact />;
  if (slot !== null) return createPortal(controls, slot);
  return <span className="ml-1 flex-none border-line-strong border-l pl-3">{controls}</span>;
}
