import type { ReceiptItem } from '../../../shared/contract/index.ts';
import type { FrameRow } from '../../../shared/contract/run-rows.ts';
import { newId } from '../../../shared/ids.ts';
import type { Store } from '../store/store.ts';

const extensions: Readonly<Record<string, string>> = {
  'application/json': 'json',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'text/plain': 'txt',
};

/** Saves every frame that the lease's run captured as a file of the workspace; what is saved already is left as it is. */
export function collectOutputs(store: Store, leaseId: string): ReceiptItem[] {
  const run = store.runs.ofLease(leaseId);
  if (run === undefined) return [];
  return store.transaction(() =>
    store.runs.cases(run.id).flatMap(({ name, result }) => {
      const { frames } = result == null ? { frames: [] } : (JSON.parse(result) as { frames: FrameRow[] });
      return frames.flatMap(({ sha256, media_type }, index) => {
        const file = `${run.name}-${name}-${index + 1}.${extensions[media_type] ?? 'bin'}`;
        if (store.files.isSaved(file, sha256)) return [];
        const id = newId('file');
        store.files.insert({
          id,
          name: file,
          type: media_type.startsWith('image/') ? 'image' : media_type === 'application/json' ? 'json' : 'binary',
          media_type,
          sha256,
          readme: `What case ${name} of run ${run.id} gave.`,
          lease_id: null,
          created_at_ms: Date.now(),
        });
        return [{ kind: 'file' as const, id, name: file }];
      });
    }),
  );
}
