import { contract, type Handlers, type ProcedureName } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';

/** A procedure about to be run: its input is of the contract's shape. */
export interface Prepared {
  input: unknown;
  handler: Handlers[ProcedureName];
}

/**
 * Finds the procedure that a caller named and checks what it gave. Every transport goes through here, for a caller may send anything.
 * @throws AppError `usage` when there is no such procedure of that kind, or the input is not of its shape.
 */
export function prepare(
  handlers: Handlers,
  call: { name: string; input: unknown },
  kind: 'unary' | 'stream',
): Prepared {
  const procedure = Object.hasOwn(contract, call.name) ? contract[call.name as ProcedureName] : undefined;
  if (procedure?.kind !== kind) throw new AppError('usage', `There is no procedure ${call.name}.`);
  const input = procedure.input.safeParse(call.input);
  if (!input.success) {
    const issue = input.error.issues[0];
    throw new AppError('usage', `${call.name}: ${issue?.path.join('.') || 'input'}: ${issue?.message ?? 'invalid'}.`);
  }
  return { input: input.data, handler: handlers[call.name as ProcedureName] };
}
