import type { ErrorData } from '../../shared/errors.ts';

/** What the app tells its host process when it starts it. */
export interface HostProcessData {
  home: string;
  resources: string;
  version: string;
  /** The window's session: it stays when the host process is started again. */
  session: string;
  appPid: number;
}

export type ToHostProcess = { kind: 'port' } | { kind: 'leave' };

export type FromHostProcess =
  /** It answers ports from now on; told again when it took over from a host that was busy. */
  { kind: 'ready' } | { kind: 'failed'; error: ErrorData };
