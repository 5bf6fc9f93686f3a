import { Checkbox, Segmented } from '../ui/index.ts';
import { CommandLine } from './command-line.tsx';
import { commandLine, type RunForm, type Ttl, ttls } from './run-form.ts';

const fromManifest = 'default';

/** Beside the plan: how long the lease lasts, what is kept, and the same as a command. */
export function RunOptions(props: {
  kind: 'proof' | 'live_test';
  manifest: string;
  form: RunForm;
  onChange(form: RunForm): void;
}) {
  const { kind, manifest, form, onChange } = props;
  const differs = Object.keys(form.replaced).length + form.added.length;
  return (
    <aside className="w-80 flex-none overflow-y-auto border-line border-l bg-sunken" aria-label="Options">
      <section className="grid gap-3 border-line border-b p-4">
        <h2 className="font-semibold text-12">Lease</h2>
        <Segmented
          label="Lease time"
          items={[
            { id: fromManifest, label: 'Default' },
            ...ttls.map(id => ({ id, label: id.replace('m', ' min').replace('h', ' h') })),
          ]}
          selected={form.ttl ?? fromManifest}
          onSelect={id => onChange({ ...form, ttl: id === fromManifest ? null : (id as Ttl) })}
        />
        <p className="text-12 text-fg-2">
          {form.ttl === null
            ? 'As long as the manifest says, else 30 min. It can be extended.'
            : 'Whatever is left is torn down when it ends. It can be extended.'}
        </p>
        {kind === 'proof' ? (
          <Checkbox isSelected={form.keepLease} onChange={keepLease => onChange({ ...form, keepLease })}>
            Keep containers running after the proof
          </Checkbox>
        ) : (
          <p className="text-12 text-fg-2">
            A live test keeps its containers until you tear it down, or leave the app.
          </p>
        )}
      </section>
      <section className="grid gap-3 p-4">
        <h2 className="font-semibold text-12">As a command</h2>
        <CommandLine command={commandLine(kind, manifest, form)} />
        {differs > 0 && (
          <p className="text-12 text-fg-2">
            The command runs the manifest’s own fixtures: without {differs === 1 ? 'the file' : `the ${differs} files`}{' '}
            you chose here.
          </p>
        )}
      </section>
    </aside>
  );
}
