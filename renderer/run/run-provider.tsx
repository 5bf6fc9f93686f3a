import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { AppError } from '../../shared/errors.ts';
import { host } from '../host/host.ts';
import { createRunStore, RunContext, type RunStore } from './run-store.ts';

/** Follows one run: its events as they come, whatever hosts come and go, and its details whenever they changed. */
export function RunProvider({ runId, children }: { runId: string; children: ReactNode }) {
  const [store] = useState(() => createRunStore(runId));
  const { data, error } = useQuery({
    queryKey: ['run.show', { run: runId }],
    queryFn: ({ signal }) => host.call('run.show', { run: runId }, { signal }),
  });
  useEffect(() => {
    if (data !== undefined) store.setState({ detail: data, error: undefined });
  }, [store, data]);
  useEffect(() => {
    if (error !== null) store.setState({ error: AppError.from(error) });
  }, [store, error]);
  useEffect(() => {
    let stop = new AbortController();
    const begin = () => {
      stop.abort();
      stop = new AbortController();
      void follow(store, stop.signal);
    };
    begin();
    const off = host.onHost(begin);
    return () => {
      off();
      stop.abort();
    };
  }, [store]);
  return <RunContext value={store}>{children}</RunContext>;
}

async function follow(store: RunStore, signal: AbortSignal): Promise<void> {
  const { runId, events, append } = store.getState();
  store.setState({ isLive: true });
  try {
    const after_seq = events.at(-1)?.seq ?? 0;
    for await (const batch of host.batches('run.watch', { run: runId, after_seq }, { signal })) append(batch);
    if (!signal.aborted) store.setState({ isLive: false });
  } catch (thrown) {
    const error = AppError.from(thrown);
    // After a lost host the next one is asked from where this one stopped.
    if (!signal.aborted && error.code !== 'host_lost') store.setState({ error, isLive: false });
  }
}
