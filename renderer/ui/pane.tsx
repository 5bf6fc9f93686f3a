import type { ReactNode } from 'react';
import { type Status, StatusMark } from './status.tsx';

/** A part of a screen: panes meet at 1 px lines, which their neighbours draw. */
export function Pane({ children, className = '' }: { children: ReactNode; className?: string }) {
  return <section className={`flex min-h-0 min-w-0 flex-col bg-pane ${className}`}>{children}</section>;
}

/** The head of a pane, 36 px. */
export function PaneHead({ title, count, children }: { title?: string; count?: ReactNode; children?: ReactNode }) {
  return (
    <div className="flex h-9 flex-none items-center gap-2 border-line border-b pr-2 pl-4">
      {title !== undefined && <h2 className="font-semibold text-12">{title}</h2>}
      {count !== undefined && <span className="text-11 text-fg-3">{count}</span>}
      {children}
    </div>
  );
}

/** What a pane says when it has nothing to show: empty, loading, stopped. */
export function PaneMessage(props: { status?: Status; title: string; children?: ReactNode; action?: ReactNode }) {
  const { status, title, children, action } = props;
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center justify-center gap-2 overflow-auto p-4 text-center">
      <p className="flex items-center gap-1.5 font-medium text-13">
        {status !== undefined && <StatusMark status={status} />}
        {title}
      </p>
      {children !== undefined && <div className="max-w-[420px] text-12 text-fg-2">{children}</div>}
      {action}
    </div>
  );
}

/** What a whole screen says when it has nothing to show: one sentence, one primary action. */
export function EmptyState(props: { art?: ReactNode; title: string; text: ReactNode; children?: ReactNode }) {
  const { art, title, text, children } = props;
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center justify-center overflow-auto p-6">
      <div className="flex w-full max-w-[528px] flex-col items-center text-center">
        {art}
        <h2 className={`font-semibold text-20 tracking-[-.014em] ${art === undefined ? '' : 'mt-6'}`}>{title}</h2>
        <div className="mt-2 text-13 text-fg-2">{text}</div>
        {children !== undefined && <div className="mt-5 flex w-full flex-col items-center gap-4">{children}</div>}
      </div>
    </div>
  );
}
