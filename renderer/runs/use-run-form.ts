import { useEffect, useRef, useState } from 'react';
import type { RunPlan } from '../../shared/contract/index.ts';
import { host } from '../host/host.ts';
import { bytes, toast, toastError } from '../ui/index.ts';
import {
  addFixture,
  emptyForm,
  type FrozenFile,
  kindOf,
  type RunForm,
  removeFixture,
  replaceFixture,
  restoreFixture,
} from './run-form.ts';
import { useFreezing } from './use-freezing.ts';

/** What is chosen for a run of `plan`; each change of its fixtures can be undone. `given` are frozen files by id, comma separated. */
export function useRunForm(plan: RunPlan | undefined, given: string | undefined) {
  const [form, setForm] = useState<RunForm>(emptyForm);
  const taken = useRef(new Set<string>());

  const place = (file: FrozenFile, fixture: string | null) => {
    if (plan === undefined) return;
    const before = fixture === null ? undefined : form.replaced[fixture];
    setForm(now => (fixture === null ? addFixture(now, plan, file) : replaceFixture(now, fixture, file)));
    toast({
      kind: 'done',
      title: fixture === null ? `${file.name} is added` : `${file.name} stands in for ${fixture}`,
      detail: `${bytes(file.bytes)}, SHA-256 ${file.sha256.slice(0, 8)}`,
      action: {
        label: 'Undo',
        onPress: () =>
          setForm(now => {
            if (fixture === null) return withoutFile(now, file.file_id);
            return before === undefined ? restoreFixture(now, fixture) : replaceFixture(now, fixture, before);
          }),
      },
    });
  };
  const freezing = useFreezing(place);

  const undoable = (title: string, next: RunForm) => {
    const before = form;
    setForm(next);
    const back = (now: RunForm): RunForm => ({ ...now, replaced: before.replaced, added: before.added });
    toast({ kind: 'done', title, action: { label: 'Undo', onPress: () => setForm(back) } });
  };

  useEffect(() => {
    if (plan === undefined || given === undefined) return;
    const ids = given.split(',').filter(id => id !== '' && !taken.current.has(id));
    if (ids.length === 0) return;
    for (const id of ids) taken.current.add(id);
    if (kindOf(plan) === 'live_test') return refuse();
    const add = async () => {
      const { items } = await host.call('file.list', {});
      const files = ids.flatMap(id => items.filter(item => item.id === id));
      setForm(now => files.reduce((form, { id, ...file }) => addFixture(form, plan, { ...file, file_id: id }), now));
    };
    add().catch(toastError);
  }, [plan, given]);

  return {
    form,
    setForm,
    freezing,
    /** Freezes a file to stand in for a fixture; null adds it. */
    take: (path: string, fixture: string | null) => {
      if (plan === undefined) return;
      if (fixture === null && kindOf(plan) === 'live_test') refuse();
      else void freezing.begin(path, fixture);
    },
    restore: (name: string) => undoable(`${name} is the manifest’s own again`, restoreFixture(form, name)),
    remove: (name: string) => undoable(`${name} is removed`, removeFixture(form, name)),
  };
}

function withoutFile(form: RunForm, fileId: string): RunForm {
  const name = form.added.find(({ file }) => file.file_id === fileId)?.name;
  return name === undefined ? form : removeFixture(form, name);
}

function refuse(): void {
  toast({
    kind: 'info',
    title: 'A live test has no cases for a new file',
    detail: 'Drop it on the fixture it stands in for.',
  });
}
