import { useNavigate } from '@tanstack/react-router';
import { ChevronRight, FolderOpen } from 'lucide-react';
import type { ReactNode } from 'react';
import { bridge } from '../host/host.ts';
import { Button, CopyButton } from '../ui/index.ts';
import { openDropped } from './drop.ts';
import { folderOf, nameOf } from './dropped.ts';

/** The head of the screen: which manifest, and how to take another. */
export function NewRunHead(props: { manifest?: string; fixture?: string | undefined; children?: ReactNode }) {
  const { manifest, fixture } = props;
  const navigate = useNavigate();
  const browse = async () => {
    const path = await bridge.choose('manifest');
    if (path !== null) await openDropped([path], navigate, fixture === undefined ? {} : { fixture });
  };
  return (
    <header className="flex min-h-12 flex-none items-center gap-2 border-line border-b px-4">
      <h1 className="flex-none font-semibold text-16">New run</h1>
      {manifest !== undefined && (
        <>
          <ChevronRight size={16} strokeWidth={1.75} className="flex-none text-fg-3" aria-hidden />
          <span className="flex min-w-0 items-baseline gap-2" title={manifest}>
            <span className="truncate font-mono text-12">{nameOf(manifest)}</span>
            <span className="truncate text-12 text-fg-2">{folderOf(manifest)}</span>
          </span>
          <CopyButton text={manifest} label="Copy path" />
        </>
      )}
      <span className="flex-1" />
      <Button icon={FolderOpen} onPress={() => void browse()}>
        {manifest === undefined ? 'Browse' : 'Other manifest'}
      </Button>
      {props.children}
    </header>
  );
}
