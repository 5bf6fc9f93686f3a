/**
 * Every code an error of Proofbench can carry. Codes are stable: scripts branch on them, so one is never renamed.
 * The value is the exit code of `ppl` (DESIGN §11): 1 the test failed, 2 wrong usage or manifest, 3 Docker not
 * reachable, 4 not found, 5 refused, 6 timed out, 70 a bug.
 */
export const exitCodeOf = {
  usage: 2,
  manifest_invalid: 2,
  component_invalid: 2,
  value_invalid: 2,
  type_invalid: 2,
  file_not_found: 2,
  bundle_invalid: 1,
  docker_unreachable: 3,
  docker_denied: 3,
  not_found: 4,
  ambiguous: 4,
  conflict: 5,
  type_mismatch: 5,
  topology_locked: 5,
  lease_closed: 5,
  in_use: 5,
  no_nodes_available: 5,
  port_in_use: 5,
  workspace_locked: 5,
  workspace_newer: 5,
  workspace_damaged: 70,
  disk_full: 5,
  build_failed: 1,
  image_missing: 5,
  offline: 5,
  deploy_failed: 1,
  container_exited: 1,
  fixture_rejected: 1,
  fixture_unavailable: 1,
  exec_failed: 1,
  cancelled: 1,
  host_lost: 1,
  lease_expired: 6,
  timed_out: 6,
  docker_error: 1,
  internal: 70,
} as const;

export type ErrorCode = keyof typeof exitCodeOf;

/** What an error is on every transport and in every `failed` event. */
export interface ErrorData {
  code: ErrorCode;
  /** What happened, naming the place. */
  message: string;
  /** What to do next. */
  hint?: string;
  details?: Record<string, unknown>;
}

/** The one error that crosses module and process boundaries. Callers branch on `code`, never on the text. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
  }

  get exitCode(): number {
    return exitCodeOf[this.code];
  }

  toData(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }

  static fromData(data: ErrorData): AppError {
    return new AppError(data.code, data.message, {
      ...(data.hint === undefined ? {} : { hint: data.hint }),
      ...(data.details === undefined ? {} : { details: data.details }),
    });
  }

  /** Any thrown value as an AppError: itself, an abort as `cancelled`, anything else as `internal`. */
  static from(thrown: unknown): AppError {
    if (thrown instanceof AppError) return thrown;
    if (thrown instanceof Error && thrown.name === 'AbortError') {
      return new AppError('cancelled', 'Cancelled.', { cause: thrown });
    }
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new AppError('internal', message, {
      hint: 'This is a bug in Proofbench; the stack is in host.log in the workspace folder.',
      cause: thrown,
    });
  }
}
