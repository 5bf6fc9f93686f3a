import { useRef, useState } from 'react';
import type { Progress } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { nameOf } from './dropped.ts';
import { freeze } from './freeze.ts';
import type { FrozenFile } from './run-form.ts';

/** A file whose bytes are being kept. */
export interface Freezing {
  key: number;
  /** The fixture it is to stand in for; null for a new one. */
  fixture: string | null;
  name: string;
  path: string;
  step?: Progress;
  error?: AppError;
}

/** Freezes files side by side; each can be cancelled, and one that failed stays until it is dismissed. */
export function useFreezing(onFrozen: (file: FrozenFile, fixture: string | null) => void) {
  const [items, setItems] = useState<readonly Freezing[]>([]);
  const nextKey = useRef(1);
  const aborts = useRef(new Map<number, AbortController>());
  // The form has changed by the time a large file is done.
  const latest = useRef(onFrozen);
  latest.current = onFrozen;
  const set = (key: number, part: Partial<Freezing>) =>
    setItems(now => now.map(item => (item.key === key ? { ...item, ...part } : item)));
  const drop = (key: number) => setItems(now => now.filter(item => item.key !== key));

  const begin = async (path: string, fixture: string | null) => {
    const key = nextKey.current++;
    const abort = new AbortController();
    aborts.current.set(key, abort);
    setItems(now => [
      ...now.filter(item => item.error === undefined || fixture === null || item.fixture !== fixture),
      { key, fixture, path, name: nameOf(path) },
    ]);
    try {
      const file = await freeze(path, { signal: abort.signal, onProgress: step => set(key, { step }) });
      drop(key);
      latest.current(file, fixture);
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (error.code === 'cancelled') drop(key);
      else set(key, { error });
    }
    aborts.current.delete(key);
  };
  const cancel = (key: number) => aborts.current.get(key)?.abort();
  const busy = items.filter(({ error }) => error === undefined).length;
  return { items, busy, begin, cancel, dismiss: drop };
}
