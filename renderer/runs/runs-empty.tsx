import { useNavigate } from '@tanstack/react-router';
import { FolderOpen, Package, Play, Upload } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ExampleRow } from '../../shared/contract/index.ts';
import { bridge, useAct, useAnswer, useEngine } from '../host/host.ts';
import { Button, DropArea, EmptyState, ErrorText } from '../ui/index.ts';
import { CommandLine } from './command-line.tsx';
import { openDropped } from './drop.ts';
import { folderOf } from './dropped.ts';
import { EmptyArt } from './empty-art.tsx';
import { commandLine, emptyForm, engineReason } from './run-form.ts';

/** Where there are no runs yet: the ways to the first one. */
export function RunsEmpty({ onOpenBundle }: { onOpenBundle(): void }) {
  const navigate = useNavigate();
  const engine = useEngine();
  const examples = useAnswer('example.list', {});
  const start = useAct('run.start');
  const sample = sampleOf(examples.data?.items ?? []);
  const run = async () => {
    if (sample === undefined) return;
    const { manifest } = sample;
    const begun = await start.act({ kind: 'proof', manifest, cwd: folderOf(manifest) });
    if (begun !== undefined) await navigate({ to: '/runs/$runId', params: { runId: begun.run_id }, search: {} });
  };
  const fromComponent = async () => {
    const path = await bridge.choose('manifest');
    if (path !== null) await openDropped([path], navigate);
  };
  const noSample = examples.isPending ? 'The examples are being read.' : 'The sample is not part of this installation.';
  const reason = sample === undefined ? noSample : engineReason(engine.state);
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <EmptyState art={<EmptyArt />} title="Nothing proved yet" text={about}>
        <div className="mx-auto flex w-132 max-w-full flex-col items-center">
          <div className="flex flex-wrap justify-center gap-2">
            <Button
              variant="primary"
              size="l"
              icon={Play}
              isBusy={start.isBusy}
              {...(reason === undefined ? {} : { isDisabled: true, reason })}
              onPress={() => void run()}
            >
              Run the sample
            </Button>
            <Button size="l" icon={FolderOpen} onPress={onOpenBundle}>
              Open a bundle
            </Button>
            <Button size="l" icon={Package} onPress={() => void fromComponent()}>
              From component.yml
            </Button>
          </div>
          <p className="mt-3 text-12 text-fg-2">
            {reason ?? 'The sample finds animals in four photos, offline, and says what each output should mean.'}
          </p>
          <Problem>
            {start.error !== undefined && <ErrorText error={start.error} onRetry={() => void run()} />}
            {examples.error !== null && <ErrorText error={examples.error} onRetry={() => void examples.refetch()} />}
          </Problem>
          {sample !== undefined && (
            <div className="mt-8 w-full">
              <CommandLine command={commandLine('proof', sample.manifest, emptyForm)} />
            </div>
          )}
          <div className="mt-4 w-full">
            <DropArea
              isCompact
              accept="a .proof bundle, a manifest or a component folder"
              onFiles={paths => void openDropped(paths, navigate)}
            >
              <Upload size={16} strokeWidth={1.75} aria-hidden />
              <span>
                Or drop a <span className="font-mono">.proof</span> bundle, a manifest or a component folder
              </span>
            </DropArea>
          </div>
        </div>
      </EmptyState>
    </div>
  );
}

const about =
  'A run sends real fixtures through a component in real containers, and keeps what came out, what was logged and what it did not exercise.';

function Problem({ children }: { children: ReactNode }) {
  return <div className="mt-4 w-full text-left empty:hidden">{children}</div>;
}

function sampleOf(examples: readonly ExampleRow[]): ExampleRow | undefined {
  return examples.find(({ name }) => name === 'pets') ?? examples[0];
}
