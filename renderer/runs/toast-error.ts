import { AppError } from '../../shared/errors.ts';
import { toast } from '../ui/index.ts';

/** Tells of an act that failed, verbatim with its hint; being cancelled is nothing to tell of. */
export function toastError(thrown: unknown): void {
  const error = AppError.from(thrown);
  if (error.code !== 'cancelled') toast({ kind: 'error', title: error.message, detail: error.hint });
}
