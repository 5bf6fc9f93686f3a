import type { LeaseRow } from '../../shared/contract/index.ts';
import { shortId } from '../ui/index.ts';
import { LeaseActions } from './lease-actions.tsx';
import { LeaseRing, LeaseTime } from './lease-clock.tsx';
import { OwnedLine } from './owned-line.tsx';

/**
 * A lease: what is left of its time, Extend and Tear down; once it ended, its receipt. Compact is one line for a bar, where the name is
 * known already; otherwise a block with the name and what it owns. Needs LeaseDialog in the window.
 */
export function LeaseControls(props: { lease: LeaseRow; name?: string; isCompact?: boolean }) {
  const { lease, isCompact = false } = props;
  const name = props.name ?? lease.label ?? shortId(lease.id);
  if (isCompact) {
    return (
      // biome-ignore lint/a11y/useSemanticElements: a fieldset has a border and a legend of its own
      <div role="group" aria-label={`Lease of ${name}`} className="flex flex-none items-center gap-2 text-12">
        <span className="flex items-center gap-2">
          <LeaseRing lease={lease} />
          <span className="text-fg-2">Lease</span>
          <span className="text-13">
            <LeaseTime lease={lease} isStrong />
          </span>
        </span>
        <LeaseActions lease={lease} name={name} />
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a border and a legend of its own
    <div
      role="group"
      aria-label={`Lease of ${name}`}
      className="grid grid-cols-[16px_1fr] gap-x-2 [--ground:var(--bg-sunken)]"
    >
      <span className="flex h-5 items-center">
        <LeaseRing lease={lease} />
      </span>
      <div className="flex min-w-0 items-center gap-2 text-13">
        <span className="min-w-0 flex-1 truncate font-medium">{name}</span>
        <LeaseTime lease={lease} />
      </div>
      <div className="col-start-2 mt-0.5 min-h-4 text-12 text-fg-2">
        <OwnedLine lease={lease} />
      </div>
      <div className="col-start-2 mt-2">
        <LeaseActions lease={lease} name={name} />
      </div>
    </div>
  );
}
