import type { ReactNode } from 'react';
import { useAnswer } from '../host/host.ts';
import { bytes, CopyButton, ErrorText, PaneMessage } from '../ui/index.ts';

/** The engine that runs go to, in figures. */
export function EngineFacts() {
  const { data, error, refetch } = useAnswer('runtime.list', {});
  if (error !== null) return <ErrorText error={error} onRetry={() => void refetch()} />;
  const row = data?.items[0];
  if (row === undefined) return <PaneMessage status="running" title="Asking the engine" />;
  const { engine } = row;
  const platform = engine.os === null ? null : `${engine.os}/${engine.architecture ?? 'unknown'}`;
  return (
    <section className="flex-none overflow-hidden rounded-3 border border-line" aria-label="Engine">
      <header className="flex h-9 items-center border-line border-b px-4">
        <h2 className="font-semibold text-12">Engine</h2>
      </header>
      <dl className="text-12">
        <Fact name="Version">{engine.version}</Fact>
        <Fact name="Address" isMono copy={engine.host}>
          {engine.host}
        </Fact>
        <Fact name="Found by">{engine.source}</Fact>
        <Fact name="Platform" isMono>
          {platform}
        </Fact>
        <Fact name="Processors">{engine.cpus}</Fact>
        <Fact name="Memory">{engine.memory_bytes === null ? null : bytes(engine.memory_bytes)}</Fact>
        <Fact name="Runtime id" isMono>
          {row.id}
        </Fact>
      </dl>
    </section>
  );
}

function Fact(props: { name: string; isMono?: boolean; copy?: string; children: ReactNode }) {
  const { name, isMono = false, copy = '', children } = props;
  return (
    <div className="flex min-h-9 items-center gap-2 border-line px-4 not-last:border-b">
      <dt className="w-40 flex-none text-fg-2">{name}</dt>
      <dd className={`selectable flex min-w-0 items-center gap-1 break-all ${isMono ? 'font-mono' : ''}`}>
        {children ?? <span className="text-fg-3">not told</span>}
        {copy !== '' && <CopyButton text={copy} label={`Copy the ${name.toLowerCase()}`} />}
      </dd>
    </div>
  );
}
