import { AppError } from '../../../shared/errors.ts';

/** Errors of the connection itself: the engine is not there, or went away while it was answering. */
const lostCodes = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** The error for an engine that does not answer, or no longer does. */
export function unreachable(message: string, cause?: unknown): AppError {
  return new AppError('docker_unreachable', message, {
    hint: 'Start Docker Desktop (or run: sudo systemctl start docker), then try again.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Whatever dockerode threw, as the one kind of error that leaves this folder. `doing` says what was asked of the engine. */
export function engineError(thrown: unknown, doing: string, host: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const error = thrown as { name?: string; code?: unknown; statusCode?: number; json?: unknown; message?: string };
  if (error.name === 'AbortError' || error.code === 'ABORT_ERR') {
    return new AppError('cancelled', `Cancelled: ${doing}.`, { cause: thrown });
  }
  if (typeof error.code === 'string') {
    if (lostCodes.has(error.code)) return unreachable(`Docker does not answer at ${host} (${error.code}).`, thrown);
    if (error.code === 'EACCES' || error.code === 'EPERM') {
      return new AppError('docker_denied', `No permission to use Docker at ${host}.`, {
        hint: 'Add yourself to the group that owns the socket (sudo usermod -aG docker $USER), log in again, then try again.',
        cause: thrown,
      });
    }
  }
  const words = engineWords(error);
  if (/no space left on device/i.test(words)) {
    return new AppError('disk_full', `The disk of the Docker engine is full (${doing}).`, {
      hint: 'Free space, e.g. with: docker system prune. Then try again.',
      details: { engine: words },
      cause: thrown,
    });
  }
  if (error.statusCode === 404 && /no such image/i.test(words)) {
    return new AppError('image_missing', `The engine lacks an image (${doing}): ${words}`, {
      hint: 'Publish the component again; that loads its image.',
      cause: thrown,
    });
  }
  return new AppError('docker_error', `Docker refused (${doing}): ${words}`, {
    details: { engine: words, ...(error.statusCode === undefined ? {} : { status: error.statusCode }) },
    cause: thrown,
  });
}

/** HTTP status of what dockerode threw, if the engine answered at all. */
export function statusOf(thrown: unknown): number | undefined {
  return (thrown as { statusCode?: number } | null)?.statusCode;
}

/** The engine's own words, without what dockerode puts around them. */
export function engineWords(thrown: unknown): string {
  const error = thrown as { json?: unknown; message?: string };
  const json = error.json as { message?: unknown } | undefined;
  if (json && typeof json.message === 'string') return json.message;
  return (error.message ?? String(thrown)).replace(/^\(HTTP code \d+\) .*? - /, '').trim();
}
