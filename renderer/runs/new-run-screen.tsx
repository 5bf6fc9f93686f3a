import { ChooseManifest } from './choose-manifest.tsx';
import { NewRun } from './new-run.tsx';
import { NewRunHead } from './new-run-head.tsx';

/** What a run is to be, before it is started. Without a `manifest` one is asked for; `fixture` are frozen files to add, by id. */
export function NewRunScreen({ manifest, fixture }: { manifest?: string; fixture?: string }) {
  if (manifest !== undefined) return <NewRun key={manifest} manifest={manifest} fixture={fixture} />;
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-pane">
      <NewRunHead fixture={fixture} />
      <ChooseManifest fixture={fixture} />
    </div>
  );
}
