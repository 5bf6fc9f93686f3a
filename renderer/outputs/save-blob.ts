import { bridge, host } from '../host/host.ts';
import { toast, toastError } from '../ui/index.ts';

/** Asks where to, then writes the bytes of a digest there. The system's dialog has asked before it replaces a file. */
export async function saveBlob(sha256: string, suggestedName: string): Promise<void> {
  try {
    const to = await bridge.saveAs(suggestedName);
    if (to === null) return;
    const { path } = await host.call('blob.save', { sha256, to, overwrite: true });
    toast({
      kind: 'done',
      title: `${suggestedName} saved`,
      detail: path,
      action: { label: 'Show in folder', onPress: () => bridge.showInFolder(path) },
    });
  } catch (thrown) {
    toastError(thrown);
  }
}
