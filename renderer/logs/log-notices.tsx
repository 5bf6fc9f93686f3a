import { type ReactNode, useEffect, useRef, useState } from 'react';
import { clock, ErrorText, StatusMark } from '../ui/index.ts';
import type { LogFeed } from './log-feed.ts';
import type { LogModel } from './log-model.ts';
import { figure, lineCount, summaryOf } from './log-text.ts';

/** What there is to know about the logs beside their lines: which could not be read, which went on late, which do not fit. */
export function LogNotices({ model, feed }: { model: LogModel; feed: LogFeed | undefined }) {
  const notices: ReactNode[] = [];
  const lost: string[] = [];
  const recovered: string[] = [];
  let recoveredAtMs = 0;
  for (const { id, alias } of model.containers) {
    const state = feed?.state(id);
    const atMs = feed?.recoveredAtMs(id);
    if (state?.kind === 'failed') {
      notices.push(
        <div key={id} className="p-2">
          <p className="pb-1 text-12 text-fg-2">The log of {alias} could not be read.</p>
          <ErrorText error={state.error} onRetry={() => feed?.retry(id)} />
        </div>,
      );
    } else if (state?.kind === 'lost') lost.push(alias);
    else if (atMs !== undefined) {
      recovered.push(alias);
      recoveredAtMs = Math.max(recoveredAtMs, atMs);
    }
  }
  if (lost.length > 0) notices.push(<Notice key="lost">Logs of {lost.join(', ')} go on when the host is back.</Notice>);
  if (recovered.length > 0) {
    notices.push(
      <Notice key="recovered">
        Logs of {recovered.join(', ')} were recovered at {clock(recoveredAtMs)}. What came while the host was away has
        that time.
      </Notice>,
    );
  }
  if (model.notHeld > 0 || model.isFull) {
    notices.push(
      <Notice key="full">
        {figure(model.total)} lines are held here, {lineCount(model.notHeld)} after them are not. Download raw has all.
      </Notice>,
    );
  }
  if (notices.length === 0) return null;
  return <div className="max-h-32 flex-none overflow-auto border-line border-b bg-pane">{notices}</div>;
}

function Notice({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="flex min-h-7 items-center gap-1.5 px-4 text-12 text-fg-2">
      <StatusMark status="warn" size={12} />
      <span>{children}</span>
    </p>
  );
}

const summaryMs = 5000;

/** Tells readers of the screen now and then how much came; the lines themselves are not announced. */
export function LogSummary({ model }: { model: LogModel }) {
  const told = useRef({ lines: 0, stderr: 0 });
  const [text, setText] = useState('');
  useEffect(() => {
    told.current = { lines: 0, stderr: 0 };
    const timer = setInterval(() => {
      const lines = model.containers.reduce((sum, each) => sum + each.lines, 0);
      const stderr = model.containers.reduce((sum, each) => sum + each.stderr, 0);
      setText(summaryOf(lines - told.current.lines, stderr - told.current.stderr));
      told.current = { lines, stderr };
    }, summaryMs);
    return () => clearInterval(timer);
  }, [model]);
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {text}
    </p>
  );
}
