import { Download } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { EvidenceRow } from '../../shared/contract/index.ts';
import { bridge } from '../host/host.ts';
import { Button, screenEvents, toast } from '../ui/index.ts';
import { SaveDialog } from './save-dialog.tsx';
import { useSaveBundle } from './use-save-bundle.ts';

const why = 'There is no evidence yet. A proof writes it once its cases are done.';

/** Saves the evidence of a run as a file and checks that file; Ctrl S does too. Off, with the reason, until there is evidence. */
export function SaveBundleButton({ evidence }: { evidence: EvidenceRow | null }) {
  const flow = useSaveBundle();
  const isBusy = flow.stage?.kind === 'working';
  const save = () => {
    if (isBusy) return;
    if (evidence === null) toast({ kind: 'info', title: 'Nothing to save', detail: why });
    else void flow.save(evidence);
  };
  const latest = useRef(save);
  latest.current = save;
  useEffect(() => {
    const onSave = () => latest.current();
    window.addEventListener(screenEvents.saveBundle, onSave);
    return () => window.removeEventListener(screenEvents.saveBundle, onSave);
  }, []);
  return (
    <>
      <Button
        variant="primary"
        icon={Download}
        kbd={bridge.platform === 'darwin' ? '⌘ S' : 'Ctrl S'}
        isBusy={isBusy}
        isDisabled={evidence === null}
        {...(evidence === null ? { reason: why } : {})}
        onPress={save}
      >
        Save bundle
      </Button>
      <SaveDialog flow={flow} />
    </>
  );
}
