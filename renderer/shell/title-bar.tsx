import { Link, useLocation } from '@tanstack/react-router';
import { ChevronRight, Command, Search } from 'lucide-react';
import { EngineBadge } from '../docker/engine-badge.tsx';
import { bridge, useAnswer } from '../host/host.ts';
import { Kbd } from '../ui/index.ts';
import { places } from './places.ts';

/** The bar on top: where one is, the palette, the engine. On a Mac the window's own buttons lie in it. */
export function TitleBar({ onPalette }: { onPalette: () => void }) {
  const isMac = bridge.platform === 'darwin';
  return (
    <header className="drag-region col-span-2 grid grid-cols-[1fr_320px_1fr] items-center gap-4 border-line border-b bg-app pr-3">
      <div className={`flex min-w-0 items-center ${isMac ? 'pl-20' : 'pl-4'}`}>
        <Crumbs />
      </div>
      <button
        type="button"
        onClick={onPalette}
        className="no-drag flex h-7 items-center gap-2 rounded-2 border border-line-strong bg-pane pr-1 pl-2 text-12 text-fg-3 hover:bg-hover"
      >
        <Search size={14} strokeWidth={2.1} aria-hidden />
        Search or run a command
        <span className="ml-auto flex gap-0.5">
          <Kbd>{isMac ? <Command size={10} strokeWidth={2.1} aria-label="Command" /> : 'Ctrl'}</Kbd>
          <Kbd>K</Kbd>
        </span>
      </button>
      <div className="no-drag flex items-center justify-end gap-2">
        <EngineBadge />
        {/* The run on screen puts its lease here. */}
        <span id="title-bar-lease" className="empty:hidden" />
      </div>
    </header>
  );
}

function Crumbs() {
  const { pathname } = useLocation();
  const [, first = 'runs', second] = pathname.split('/');
  const place = places.find(({ to }) => to === `/${first}`);
  return (
    <nav aria-label="Breadcrumbs" className="no-drag flex min-w-0 items-center gap-1 text-13 text-fg-2">
      {second === undefined ? (
        <b className="font-medium text-fg">{place?.label}</b>
      ) : (
        <>
          <Link to={place?.to ?? '/runs'} className="rounded-1 hover:text-fg">
            {place?.label}
          </Link>
          <ChevronRight size={14} strokeWidth={2.1} className="text-fg-3" aria-hidden />
          {second === 'new' ? <b className="font-medium text-fg">New run</b> : <RunName runId={second} />}
        </>
      )}
    </nav>
  );
}

function RunName({ runId }: { runId: string }) {
  const { data } = useAnswer('run.show', { run: runId });
  return (
    <b className="truncate font-medium text-fg">
      {data === undefined ? 'Run' : data.name}
      {data !== undefined && <span className="font-normal text-fg-2"> #{data.number}</span>}
    </b>
  );
}
