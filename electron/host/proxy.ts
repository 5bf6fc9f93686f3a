import {
  type CallContext,
  contract,
  type Handlers,
  type Input,
  type ProcedureName,
  type StreamName,
  type UnaryName,
} from '../../shared/contract/index.ts';
import type { HostClient } from './client.ts';

/** The contract answered by another host: what one serves that waits to become the host itself. */
export function proxyTo(client: HostClient): Handlers {
  const handlers: Record<string, unknown> = {};
  for (const name of Object.keys(contract) as ProcedureName[]) {
    handlers[name] =
      contract[name].kind === 'unary'
        ? (input: unknown, { signal, progress }: CallContext) =>
            client.call(name as UnaryName, input as Input<UnaryName>, { signal, onProgress: progress })
        : (input: unknown, { signal, progress }: CallContext) =>
            client.stream(name as StreamName, input as Input<StreamName>, { signal, onProgress: progress });
  }
  return handlers as Handlers;
}
