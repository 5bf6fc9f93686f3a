import { QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type Bridge, hostPortMessage } from '../../shared/bridge.ts';
import type { EngineStatus, Input, Output, Progress, UnaryName } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import { HostPort } from './host-port.ts';

declare global {
  interface Window {
    readonly proofbench: Bridge;
  }
}

/** The app around this window. */
export const bridge = window.proofbench;
/** The host of the workspace. */
export const host = new HostPort();

/** Answers of the host as they were last heard; `workspace.watch` says which are old (see `follow`). */
export const queries = new QueryClient({
  defaultOptions: { queries: { networkMode: 'always', staleTime: Number.POSITIVE_INFINITY, retry: false } },
});

/** A question to the host, asked again when what it is about has changed. */
export function useAnswer<N extends UnaryName>(
  name: N,
  input: Input<N>,
  options: { enabled?: boolean } = {},
): UseQueryResult<Output<N>, AppError> {
  return useQuery<Output<N>, AppError>({
    queryKey: [name, input],
    queryFn: ({ signal }) => host.call(name, input, { signal }),
    enabled: options.enabled ?? true,
  });
}

/** Which questions are old when a part of the workspace changed. */
const dependents: Record<string, readonly UnaryName[]> = {
  runs: ['run.list', 'run.show', 'deployment.list', 'container.list'],
  leases: ['lease.list', 'lease.show', 'run.show', 'run.list'],
  evidence: ['evidence.list', 'evidence.show', 'run.show', 'run.list'],
  files: ['file.list'],
};

/** Takes ports as they come and keeps answers true, for as long as the window is there. */
export function connect(): void {
  window.addEventListener('message', event => {
    const port = event.ports[0];
    if (event.source === window && event.data === hostPortMessage && port !== undefined) host.attach(port);
  });
  host.onHost(() => {
    void queries.invalidateQueries();
    void follow();
  });
  bridge.requestHost();
}

async function follow(): Promise<void> {
  const { generation } = host;
  try {
    for await (const { changed } of host.stream('workspace.watch', {})) {
      const names = new Set(changed.flatMap(part => dependents[part] ?? []));
      void queries.invalidateQueries({ predicate: ({ queryKey }) => names.has(queryKey[0] as UnaryName) });
    }
  } catch (error) {
    // A host that is gone is followed by another, which begins this anew.
    if (host.generation === generation) console.error(error);
  }
}

const checking: EngineStatus = {
  state: 'checking',
  version: null,
  host: '',
  source: '',
  said: [],
  looked: [],
  start_command: null,
  checked_at: '',
};

/** The engine as it is now. */
export function useEngine(): EngineStatus {
  const [status, setStatus] = useState(checking);
  useEffect(() => {
    let stop = new AbortController();
    const watch = async (signal: AbortSignal) => {
      for await (const each of host.stream('engine.watch', {}, { signal })) setStatus(each);
    };
    const begin = () => {
      stop.abort();
      stop = new AbortController();
      watch(stop.signal).catch(() => undefined);
    };
    begin();
    const off = host.onHost(begin);
    return () => {
      off();
      stop.abort();
    };
  }, []);
  return status;
}

/** One act on the host: its progress while it is under way, and its error after it. */
export function useAct<N extends UnaryName>(name: N) {
  const [state, setState] = useState<{ isBusy: boolean; step?: Progress; error?: AppError }>({ isBusy: false });
  const [abort, setAbort] = useState<AbortController>();
  const act = async (input: Input<N>): Promise<Output<N> | undefined> => {
    const stop = new AbortController();
    setAbort(stop);
    setState({ isBusy: true });
    try {
      const answer = await host.call(name, input, {
        signal: stop.signal,
        onProgress: step => setState({ isBusy: true, step }),
      });
      setState({ isBusy: false });
      return answer;
    } catch (thrown) {
      const error = AppError.from(thrown);
      setState(error.code === 'cancelled' ? { isBusy: false } : { isBusy: false, error });
      return undefined;
    }
  };
  return { ...state, act, cancel: () => abort?.abort() };
}
