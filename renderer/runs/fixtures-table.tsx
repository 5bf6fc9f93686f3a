import { Plus } from 'lucide-react';
import type { RunPlan } from '../../shared/contract/index.ts';
import { bridge } from '../host/host.ts';
import { Button } from '../ui/index.ts';
import { AddedRow, FixtureRow, type FreezingActs, FreezingRows } from './fixture-row.tsx';
import { kindOf, type RunForm } from './run-form.ts';
import { useFileDrop } from './use-file-drop.ts';
import type { Freezing } from './use-freezing.ts';

/** The fixtures of a run. Files can be dropped on a row to stand in for it, or anywhere else on the table to be added. */
export function FixturesTable(props: {
  plan: RunPlan;
  form: RunForm;
  freezing: readonly Freezing[];
  acts: FreezingActs;
  isMeaningAsked: boolean;
  onFile(path: string, fixture: string | null): void;
  onRestore(name: string): void;
  onRemove(name: string): void;
  onMeaning(name: string, meaning: string): void;
}) {
  const { plan, form, freezing, acts, onFile } = props;
  const addAll = (paths: string[]) => {
    for (const path of paths) onFile(path, null);
  };
  const { isOver, target } = useFileDrop(addAll);
  const browse = async () => {
    const path = await bridge.choose('fixture');
    if (path !== null) onFile(path, null);
  };
  const isProof = kindOf(plan) === 'proof';
  return (
    <section
      {...target}
      aria-label="Fixtures"
      className={`border-line border-b ${isOver ? 'outline-1 outline-accent -outline-offset-1' : ''}`}
    >
      <header className="flex h-9 items-center gap-2 border-line border-b pr-4 pl-4">
        <h2 className="font-semibold text-12">Fixtures</h2>
        <span className="text-12 text-fg-3">{plan.fixtures.length + form.added.length}</span>
        <span className="flex-1" />
        <Button
          size="s"
          icon={Plus}
          onPress={() => void browse()}
          {...(isProof
            ? {}
            : { isDisabled: true, reason: 'A live test has no cases for a new file. Replace one of its fixtures.' })}
        >
          Add
        </Button>
      </header>
      <table className="w-full table-fixed text-left text-12">
        <thead>
          <tr className="h-8 border-line border-b text-11 text-fg-2 *:px-2 *:font-medium">
            <th className="w-14">
              <span className="sr-only">Picture</span>
            </th>
            <th>Name</th>
            <th className="w-28">Type</th>
            <th className="w-20 text-right">Size</th>
            <th className="w-36">SHA-256</th>
            <th className="w-48">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        {plan.fixtures.map(fixture => (
          <FixtureRow
            key={fixture.name}
            fixture={fixture}
            replaced={form.replaced[fixture.name]}
            freezing={freezing.filter(item => item.fixture === fixture.name)}
            acts={acts}
            onReplace={path => onFile(path, fixture.name)}
            onRestore={() => props.onRestore(fixture.name)}
          />
        ))}
        {form.added.map(added => (
          <AddedRow
            key={added.file.file_id}
            added={added}
            isMeaningAsked={props.isMeaningAsked}
            onMeaning={meaning => props.onMeaning(added.name, meaning)}
            onRemove={() => props.onRemove(added.name)}
          />
        ))}
        <tbody>
          <FreezingRows items={freezing.filter(item => item.fixture === null)} acts={acts} />
        </tbody>
      </table>
      <p className="px-4 py-3 text-12 text-fg-2">
        {isProof
          ? 'Drop a file on a row to let it stand in, or here to add a case. Its bytes are frozen at once.'
          : 'Drop a file on a row to let it stand in. Its bytes are frozen at once.'}
      </p>
    </section>
  );
}
