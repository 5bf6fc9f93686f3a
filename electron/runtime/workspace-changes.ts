import type { Signal } from './base/signal.ts';
import type { WorkspaceChange } from './store/store.ts';

/** What comes within this time is told at once. */
const settleMs = 50;

/** What changed, in batches, until `signal` aborts; what changes while nobody takes a batch is in the next. */
export async function* watchChanges(
  changed: Signal<WorkspaceChange>,
  signal: AbortSignal,
): AsyncGenerator<{ changed: WorkspaceChange[] }> {
  const pending = new Set<WorkspaceChange>();
  using _ = listen(changed, change => pending.add(change));
  while (!signal.aborted) {
    if (pending.size === 0) await changed.next({ signal });
    if (pending.size === 0) continue;
    await new Promise(resolve => setTimeout(resolve, settleMs));
    const batch = [...pending];
    pending.clear();
    yield { changed: batch };
  }
}

function listen<T>(signal: Signal<T>, listener: (value: T) => void): Disposable {
  return { [Symbol.dispose]: signal.on(listener) };
}
