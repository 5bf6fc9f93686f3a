import { useState } from 'react';
import type { Theme } from '../../shared/bridge.ts';
import { bridge, useAnswer } from '../host/host.ts';
import { CopyButton, ErrorText, Segmented } from '../ui/index.ts';
import { currentTheme, setTheme } from './theme.ts';

const themes: { id: Theme; label: string }[] = [
  { id: 'system', label: 'System' },
  { id: 'light', label: 'Light' },
  { id: 'dark', label: 'Dark' },
  { id: 'contrast', label: 'High contrast' },
];

/** What can be chosen, and the facts of this workspace. */
export function SettingsScreen() {
  const [theme, choose] = useState(currentTheme());
  const { data, error } = useAnswer('host.info', {});
  return (
    <>
      <header className="flex h-12 flex-none items-center border-line border-b px-4">
        <h1 className="font-semibold text-16">Settings</h1>
      </header>
      <div className="flex max-w-[740px] flex-col gap-8 overflow-auto p-6">
        <section className="flex flex-col gap-2">
          <h2 className="font-semibold text-14">Theme</h2>
          <Segmented
            label="Theme"
            items={themes}
            selected={theme}
            onSelect={id => {
              choose(id as Theme);
              setTheme(id as Theme);
            }}
          />
        </section>
        <section className="flex flex-col gap-2">
          <h2 className="font-semibold text-14">Workspace</h2>
          {error !== null && <ErrorText error={error} />}
          {data !== undefined && (
            <dl className="grid grid-cols-[120px_1fr] text-12 [&>dd]:flex [&>dd]:h-8 [&>dd]:items-center [&>dt]:flex [&>dt]:h-8 [&>dt]:items-center [&>dt]:text-fg-2">
              <dt>Folder</dt>
              <dd className="gap-1">
                <code className="selectable truncate">{data.home}</code>
                <CopyButton text={data.home} label="Copy the folder" />
              </dd>
              <dt>Id</dt>
              <dd>
                <code className="selectable">{data.workspace_id}</code>
              </dd>
              <dt>Version</dt>
              <dd>Proofbench {bridge.version}</dd>
            </dl>
          )}
        </section>
      </div>
    </>
  );
}
