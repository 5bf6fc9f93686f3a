import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { I18nProvider, RouterProvider } from 'react-aria-components';
import { bridge } from '../host/host.ts';
import { LeaseDialog } from '../lease/lease-dialog.tsx';
import { useLeaseWarnings } from '../lease/lease-warnings.ts';
import { openDropped } from '../runs/drop.ts';
import { Toasts, useHotkeys } from '../ui/index.ts';
import { onCommand } from './commands.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { Navigation } from './navigation.tsx';
import { Palette } from './palette.tsx';
import { StatusBar } from './status-bar.tsx';
import { TitleBar } from './title-bar.tsx';

/** What is around every screen: title bar, navigation, key line, palette, and the drop of anything anywhere. */
export function Shell() {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [overlay, setOverlay] = useState<'palette' | 'keys' | null>(null);
  useLeaseWarnings();
  useEffect(() => {
    const stop = bridge.onCommand(command =>
      onCommand(command, {
        navigate: to => void navigate({ to }),
        showPalette: () => setOverlay('palette'),
        showKeys: () => setOverlay('keys'),
        open: paths => openDropped(paths, navigate),
      }),
    );
    bridge.listening();
    return stop;
  }, [navigate]);
  useEffect(() => acceptDrops(paths => openDropped(paths, navigate)), [navigate]);
  useHotkeys({
    '$mod+k': () => setOverlay('palette'),
    '?': () => setOverlay('keys'),
    n: () => void navigate({ to: '/runs/new' }),
    o: () => void browse(paths => openDropped(paths, navigate)),
  });
  // The run screen needs the room: there the navigation is a rail.
  const isWide = /^\/runs\/run_/.test(pathname);

  return (
    <I18nProvider locale="en-GB">
      <RouterProvider navigate={to => void navigate({ to })}>
        <div className="grid h-full grid-cols-[auto_1fr] grid-rows-[40px_1fr_24px]">
          <TitleBar onPalette={() => setOverlay('palette')} />
          <Navigation isRail={isWide} onKeys={() => setOverlay('keys')} />
          <main className="flex min-h-0 min-w-0 flex-col bg-pane" id="screen" tabIndex={-1}>
            <Outlet />
          </main>
          <StatusBar pathname={pathname} />
        </div>
        <Palette isOpen={overlay === 'palette'} onClose={() => setOverlay(null)} onKeys={() => setOverlay('keys')} />
        <KeysDialog isOpen={overlay === 'keys'} onClose={() => setOverlay(null)} />
        <LeaseDialog />
        <Toasts />
      </RouterProvider>
    </I18nProvider>
  );
}

async function browse(open: (paths: string[]) => void): Promise<void> {
  const path = await bridge.choose('any');
  if (path !== null) open([path]);
}

/** A file that is dropped where no drop zone is would otherwise replace the page. */
function acceptDrops(open: (paths: string[]) => void): () => void {
  const over = (event: DragEvent) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  };
  const drop = (event: DragEvent) => {
    // A drop zone on the way has dealt with it.
    if (event.defaultPrevented || event.dataTransfer === null) return;
    event.preventDefault();
    const paths = [...event.dataTransfer.files].map(file => bridge.pathOf(file)).filter(path => path !== '');
    if (paths.length > 0) open(paths);
  };
  window.addEventListener('dragover', over);
  window.addEventListener('drop', drop);
  return () => {
    window.removeEventListener('dragover', over);
    window.removeEventListener('drop', drop);
  };
}
