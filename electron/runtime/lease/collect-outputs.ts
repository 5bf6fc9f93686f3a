import type { CaseResultRow, ReceiptItem } from '../../../shared/contract/index.ts';
import { newId } from '../../../shared/ids.ts';
import { fileTypeOf } from '../file/media-type.ts';
import type { Store } from '../store/store.ts';

const endings: Readonly<Record<string, string>> = {
  'application/json': 'json',
  'application/x-npy': 'npy',
  'audio/wav': 'wav',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'text/plain': 'txt',
};

/** Saves every frame that the lease's run captured as a file of the workspace; what is saved already is left as it is. */
export function collectOutputs(store: Store, leaseId: string): ReceiptItem[] {
  const run = store.runs.ofLease(leaseId);
  if (run === undefined) return [];
  return store.runs.cases(run.id).flatMap(({ name: of, result }) => {
    const { frames } = result == null ? { frames: [] } : (JSON.parse(result) as CaseResultRow);
    return frames.flatMap(({ sha256, media_type }, index) => {
      const name = `${run.name}-${of}-${index + 1}.${endings[media_type] ?? 'bin'}`;
      if (store.files.isSaved(name, sha256)) return [];
      const id = newId('file');
      store.files.insert({
        id,
        name,
        type: fileTypeOf(name),
        media_type,
        sha256,
        readme: `What case ${of} of run ${run.id} gave.`,
        lease_id: null,
        created_at_ms: Date.now(),
      });
      return [{ kind: 'file' as const, id, name }];
    });
  });
}
