import { useNavigate } from '@tanstack/react-router';
import { FileText, Upload } from 'lucide-react';
import type { ReactNode } from 'react';
import { useAnswer } from '../host/host.ts';
import { DropArea, ErrorText, LinkButton, PaneMessage } from '../ui/index.ts';
import { openDropped } from './drop.ts';

/** Asks which manifest to run: one from the disk, or an example. A fixture that was dropped before is kept. */
export function ChooseManifest({ fixture }: { fixture: string | undefined }) {
  const navigate = useNavigate();
  const { data, error, refetch } = useAnswer('example.list', {});
  const kept = fixture === undefined ? {} : { fixture };
  let examples: ReactNode;
  if (error !== null) examples = <ErrorText error={error} onRetry={() => void refetch()} />;
  else if (data === undefined) examples = <PaneMessage status="running" title="Reading the examples" />;
  else if (data.count === 0) examples = <p className="text-12 text-fg-2">None is part of this installation.</p>;
  else {
    examples = (
      <ul className="grid">
        {data.items.map(({ name, description, manifest }) => (
          <li key={manifest} className="flex items-center gap-3 border-line border-b py-3">
            <FileText size={16} strokeWidth={1.75} className="flex-none text-fg-2" aria-hidden />
            <div className="min-w-0 flex-1">
              <div className="font-medium text-13">{name}</div>
              <p className="text-12 text-fg-2">{description}</p>
            </div>
            <LinkButton to="/runs/new" search={{ manifest, ...kept }} size="s" aria-label={`Choose ${name}`}>
              Choose
            </LinkButton>
          </li>
        ))}
      </ul>
    );
  }
  const onFiles = (paths: string[]) => void openDropped(paths, navigate, kept);
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto grid w-full max-w-[740px] gap-6 p-6">
        {fixture !== undefined && (
          <p className="text-13">
            {fixture.includes(',') ? 'The files are frozen.' : 'The file is frozen.'} Choose the manifest to use{' '}
            {fixture.includes(',') ? 'them' : 'it'} with.
          </p>
        )}
        <DropArea accept="a manifest, or a folder that has a proof.yml or a live-test.yml" onFiles={onFiles}>
          <Upload size={20} strokeWidth={1.75} aria-hidden />
          <b className="font-semibold text-13 text-fg">Choose a manifest</b>
          <p className="text-12">
            Drop a manifest or the folder of a component that has a <span className="font-mono">proof.yml</span>.
          </p>
        </DropArea>
        <section>
          <h2 className="mb-1 font-semibold text-12">Examples</h2>
          {examples}
        </section>
      </div>
    </div>
  );
}
