import { AppError } from '../../shared/errors.ts';
import { useRun } from '../run/run-store.ts';
import { Button, ErrorText, PaneMessage } from '../ui/index.ts';
import { CaseOutputPane } from './case-output-pane.tsx';

/** What the selected case should mean beside what came of it, or what it waits for. */
export function OutputPane() {
  const detail = useRun(state => state.detail);
  const error = useRun(state => state.error);
  const selected = useRun(state => state.selectedCase);
  const selectCase = useRun(state => state.selectCase);

  if (detail === undefined) {
    return (
      <section aria-label="Output" className="flex h-full min-h-0 flex-1 flex-col">
        {error === undefined ? (
          <PaneMessage status="running" title="Reading the run" />
        ) : (
          <PaneMessage status="fail" title="The run could not be read">
            <ErrorText error={AppError.from(error)} />
          </PaneMessage>
        )}
      </section>
    );
  }
  const { cases } = detail.plan;
  const each = cases.find(other => other.name === selected);
  if (each !== undefined) return <CaseOutputPane key={detail.id} detail={detail} of={each} />;
  const first = cases[0];
  return (
    <section aria-label="Output" className="flex h-full min-h-0 flex-1 flex-col">
      {first === undefined ? (
        <PaneMessage status="idle" title="This live test has no cases">
          Cases come from the proof block of its manifest. What you send to its endpoints yourself is not captured here.
        </PaneMessage>
      ) : (
        <PaneMessage
          status="idle"
          title="No case is selected"
          action={<Button onPress={() => selectCase(first.name)}>Show {first.name}</Button>}
        >
          Select a fixture or a case event to see what came of it.
        </PaneMessage>
      )}
    </section>
  );
}
