import { useEffect, useMemo, useReducer, useRef, useSyncExternalStore } from 'react';
import { host } from '../host/host.ts';
import { useRun } from '../run/run-store.ts';
import { LogFeed } from './log-feed.ts';
import { LogModel } from './log-model.ts';

/** The logs of the run on screen, read for as long as it is there. The component is drawn again, at most ten times a second, as they grow. */
export function useLogs(): { model: LogModel; feed: LogFeed | undefined; version: number } {
  const runId = useRun(state => state.runId);
  const vertices = useRun(state => state.detail?.plan.vertices);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run has other logs
  const model = useMemo(() => new LogModel(), [runId]);
  const feed = useRef<LogFeed>(undefined);
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const opened = new LogFeed(host, model, draw);
    feed.current = opened;
    return () => {
      opened.close();
      feed.current = undefined;
    };
  }, [model]);
  useEffect(() => {
    const followed = [];
    for (const { container_id: containerId, alias, status } of vertices ?? []) {
      if (containerId === null) continue;
      model.addContainer(containerId, alias);
      followed.push({ containerId, status: status ?? 'starting' });
    }
    feed.current?.follow(followed);
  }, [model, vertices]);
  const subscribe = useMemo(() => model.subscribe.bind(model), [model]);
  const version = useSyncExternalStore(subscribe, () => model.version);
  return { model, feed: feed.current, version };
}
