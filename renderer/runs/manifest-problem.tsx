import { FolderOpen, RefreshCw } from 'lucide-react';
import type { AppError } from '../../shared/errors.ts';
import { bridge } from '../host/host.ts';
import { Button, StatusText, VerbatimBlock } from '../ui/index.ts';

/** What is wrong with a manifest, verbatim, and where. */
export function ManifestProblem(props: { error: AppError; manifest: string; isChecking: boolean; onCheck(): void }) {
  const { error, manifest } = props;
  const places = placesOf(error);
  return (
    <section className="grid w-full max-w-[740px] gap-4 p-6" aria-label="What is wrong with the manifest">
      <StatusText status="fail">The manifest cannot be run</StatusText>
      <VerbatimBlock
        title={error.code}
        lines={[...error.message.split('\n'), ...(error.hint === undefined ? [] : error.hint.split('\n'))]}
      />
      {places.length > 0 && (
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-12">
          {places.map(([label, value]) => (
            <div key={label} className="contents">
              <dt className="text-fg-2">{label}</dt>
              <dd className="selectable break-all font-mono">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <div className="flex gap-2">
        <Button icon={RefreshCw} isBusy={props.isChecking} onPress={props.onCheck}>
          Check again
        </Button>
        <Button variant="ghost" icon={FolderOpen} onPress={() => bridge.showInFolder(manifest)}>
          Show in folder
        </Button>
      </div>
      <p className="text-12 text-fg-2">It is also checked again when you come back to this window.</p>
    </section>
  );
}

function placesOf({ details }: AppError): [label: string, value: string][] {
  const parts = [
    ['File', 'file'],
    ['Line', 'line'],
    ['Column', 'column'],
    ['Key', 'key'],
    ['Fixture', 'fixture'],
  ] as const;
  return parts.flatMap<[string, string]>(([label, key]) => {
    const value = details?.[key];
    return value === undefined || value === '' ? [] : [[label, String(value)]];
  });
}
