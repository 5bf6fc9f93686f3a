import type { ReactNode } from 'react';

/** The six statuses, each with its own shape and word. */
export type Status = 'pass' | 'mismatch' | 'fail' | 'running' | 'idle' | 'warn';

const words: Record<Status, string> = {
  pass: 'Pass',
  mismatch: 'Mismatch',
  fail: 'Fail',
  running: 'Running',
  idle: 'Not run',
  warn: 'Warning',
};

const colours: Record<Status, string> = {
  pass: 'text-pass',
  mismatch: 'text-mismatch',
  fail: 'text-fail',
  running: 'text-running',
  idle: 'text-idle',
  warn: 'text-warn',
};

/** What is cut out of a filled shape shows the ground it stands on. */
const ground = 'var(--ground, var(--bg-pane))';
const stroke = { fill: 'none', strokeLinecap: 'round', strokeLinejoin: 'round' } as const;

const shapes: Record<Status, ReactNode> = {
  pass: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="M5 8.3 7.1 10.4 11.1 5.8" stroke={ground} strokeWidth="1.7" {...stroke} />
    </>
  ),
  mismatch: (
    <>
      <path d="M8 .8 15.2 8 8 15.2.8 8z" fill="currentColor" />
      <path d="M5.4 6.8h5.2M5.4 9.3h5.2M9.5 4.8 6.5 11.2" stroke={ground} strokeWidth="1.4" {...stroke} />
    </>
  ),
  fail: (
    <>
      <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" fill="currentColor" />
      <path d="M5.8 5.8 10.2 10.2M10.2 5.8 5.8 10.2" stroke={ground} strokeWidth="1.7" {...stroke} />
    </>
  ),
  running: (
    <>
      <circle cx="8" cy="8" r="6.2" stroke="currentColor" strokeOpacity=".35" strokeWidth="1.6" fill="none" />
      <path d="M8 1.8A6.2 6.2 0 0 1 14.2 8" stroke="currentColor" strokeWidth="1.8" {...stroke} />
      <circle cx="8" cy="8" r="2" fill="currentColor" />
    </>
  ),
  idle: <circle cx="8" cy="8" r="6.2" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2.4 2.47" fill="none" />,
  warn: (
    <>
      <path d="M8 1.6 15 14.2H1z" fill="currentColor" stroke="currentColor" strokeWidth="1.2" strokeLinejoin="round" />
      <path d="M8 6v3.6" stroke={ground} strokeWidth="1.6" {...stroke} />
      <circle cx="8" cy="12" r="1" fill={ground} />
    </>
  ),
};

/** A status as its shape alone. Say its word beside it, or give a `label`. */
export function StatusMark({ status, size = 14, label }: { status: Status; size?: 12 | 14 | 16; label?: string }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      role={label === undefined ? undefined : 'img'}
      aria-label={label}
      aria-hidden={label === undefined}
      className={`flex-none ${colours[status]} ${status === 'running' ? 'animate-spin motion-reduce:animate-none' : ''}`}
    >
      {shapes[status]}
    </svg>
  );
}

/** A status as shape and word; `children` in place of the usual word. */
export function StatusText({ status, children }: { status: Status; children?: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap align-middle font-medium text-12">
      <StatusMark status={status} />
      {children ?? words[status]}
    </span>
  );
}

const badges: Record<Status, string> = {
  pass: 'text-pass bg-pass-bg border-pass-line [--ground:var(--pass-bg)]',
  mismatch: 'text-mismatch bg-mismatch-bg border-mismatch-line [--ground:var(--mismatch-bg)]',
  fail: 'text-fail bg-fail-bg border-fail-line [--ground:var(--fail-bg)]',
  running: 'text-running bg-running-bg border-running-line [--ground:var(--running-bg)]',
  idle: 'text-idle bg-idle-bg border-idle-line [--ground:var(--idle-bg)]',
  warn: 'text-warn bg-warn-bg border-warn-line [--ground:var(--warn-bg)]',
};

/** A status on a ground of its colour, 20 px high, or 24 as `l`. */
export function Badge({ status, size = 's', children }: { status: Status; size?: 's' | 'l'; children?: ReactNode }) {
  const sizes =
    size === 'l'
      ? 'h-6 pr-[9px] pl-1.5 gap-[5px] text-12 font-semibold'
      : 'h-5 pr-[7px] pl-[5px] gap-1 text-11 font-medium';
  return (
    <span className={`inline-flex items-center whitespace-nowrap rounded-1 border ${sizes} ${badges[status]}`}>
      <StatusMark status={status} size={size === 'l' ? 14 : 12} />
      {children ?? words[status]}
    </span>
  );
}

/** A neutral mark for ids and names that a machine wrote. */
export function Tag({ children }: { children: ReactNode }) {
  return (
    <span className="inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-1 bg-hover px-1.5 font-mono text-11 text-fg-2">
      {children}
    </span>
  );
}
