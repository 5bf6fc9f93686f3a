import { Link } from '@tanstack/react-router';
import { Keyboard } from 'lucide-react';
import { useAnswer } from '../host/host.ts';
import { Kbd, Tooltip } from '../ui/index.ts';
import { type Place, places } from './places.ts';

/** The way to each screen: a sidebar, or a rail of icons where the screen needs the room. */
export function Navigation({ isRail, onKeys }: { isRail: boolean; onKeys: () => void }) {
  const counts = useCounts();
  if (isRail) {
    return (
      <nav aria-label="Screens" className="flex w-12 flex-col items-center gap-1 border-line border-r bg-app py-2">
        {places.map(place => (
          <RailLink key={place.to} place={place} isMarked={place.to === '/leases' && counts['/leases'] > 0} />
        ))}
        <span className="flex-1" />
        <Tooltip text="Keys" kbd="?">
          <button
            type="button"
            aria-label="Keys"
            onClick={onKeys}
            className="grid size-8 place-items-center rounded-2 text-fg-2 hover:bg-hover"
          >
            <Keyboard size={18} strokeWidth={1.75} aria-hidden />
          </button>
        </Tooltip>
      </nav>
    );
  }
  return (
    <nav aria-label="Screens" className="flex w-52 flex-col gap-0.5 border-line border-r bg-app p-2">
      {places
        .filter(({ group }) => group === 'work')
        .map(place => (
          <SideLink key={place.to} place={place} count={counts[place.to as keyof typeof counts]} />
        ))}
      <h2 className="px-2 pt-4 pb-1 font-medium text-11 text-fg-3">Machine</h2>
      {places
        .filter(({ group }) => group === 'machine')
        .map(place => (
          <SideLink key={place.to} place={place} />
        ))}
      <span className="flex-1" />
      <button
        type="button"
        onClick={onKeys}
        className="flex h-7 items-center gap-2 rounded-2 px-2 font-medium text-13 text-fg-2 hover:bg-hover"
      >
        <Keyboard size={16} strokeWidth={1.75} aria-hidden />
        Keys
        <span className="ml-auto">
          <Kbd>?</Kbd>
        </span>
      </button>
    </nav>
  );
}

function useCounts() {
  const runs = useAnswer('run.list', {}).data?.count ?? 0;
  const leases = useAnswer('lease.list', { state: 'open' }).data?.count ?? 0;
  const bundles = useAnswer('evidence.list', {}).data?.count ?? 0;
  return { '/runs': runs, '/leases': leases, '/bundles': bundles };
}

function SideLink({ place, count = 0 }: { place: Place; count?: number }) {
  const Icon = place.icon;
  return (
    <Link
      to={place.to}
      className="group flex h-7 items-center gap-2 rounded-2 px-2 font-medium text-13 text-fg-2 hover:bg-hover data-[status=active]:bg-active data-[status=active]:text-fg"
    >
      <Icon size={16} strokeWidth={1.75} aria-hidden />
      {place.label}
      {count > 0 && (
        <span className="ml-auto font-normal text-11 text-fg-3 group-data-[status=active]:text-fg-2">{count}</span>
      )}
    </Link>
  );
}

function RailLink({ place, isMarked }: { place: Place; isMarked: boolean }) {
  const Icon = place.icon;
  return (
    <Tooltip text={place.label}>
      <Link
        to={place.to}
        aria-label={isMarked ? `${place.label}, some are open` : place.label}
        className="relative grid size-8 place-items-center rounded-2 text-fg-2 hover:bg-hover data-[status=active]:bg-active data-[status=active]:text-fg"
      >
        <Icon size={18} strokeWidth={1.75} aria-hidden />
        {isMarked && (
          <span className="absolute top-0.5 right-0.5 size-2 rounded-full bg-running ring-2 ring-[var(--bg-app)]" />
        )}
      </Link>
    </Tooltip>
  );
}
