import { setTimeout as sleep } from 'node:timers/promises';
import type { Input, StreamEvent, StreamName } from '../../shared/contract/index.ts';
import { AppError } from '../../shared/errors.ts';
import type { Context } from './context.ts';

/** How often a stream that can be read on from where it was looks for the next host. */
const reconnects = 5;

interface StreamOptions<N extends StreamName> {
  /** What never ends by itself is ended with Ctrl-C, and that is no error. */
  follow: boolean | undefined;
  /** What to ask for after `last` when the host ended; without it, that is the end. */
  resume?: (last: StreamEvent<N>) => Input<N>;
}

/** Prints a stream's events as they come, no faster than they are read. */
export async function printStream<N extends StreamName>(
  context: Context,
  name: N,
  input: Input<N>,
  print: (event: StreamEvent<N>) => void,
  { follow, resume }: StreamOptions<N>,
): Promise<void> {
  const interrupt = new AbortController();
  const { signal } = interrupt;
  const { out } = context;
  let isEnough = follow === true;
  const onInterrupt = () => {
    out.abandoned = true;
    interrupt.abort();
  };
  const exit = out.readerLeft;
  // The host is told that it may stop, too.
  out.readerLeft = () => {
    isEnough = true;
    onInterrupt();
  };
  // Once: where nothing answers any more, the second one ends the process.
  process.once('SIGINT', onInterrupt);
  try {
    const caller = await context.caller();
    for (let failures = 0; ; ) {
      try {
        for await (const event of caller.stream(name, input, { signal })) {
          print(event);
          failures = 0;
          if (resume !== undefined) input = resume(event);
          await out.flowing(signal);
        }
        return;
      } catch (error) {
        if (isEnough && signal.aborted) return;
        const lost = error instanceof AppError && error.code === 'host_lost';
        if (!lost || resume === undefined || ++failures > reconnects) throw error;
        await sleep(100);
      }
    }
  } finally {
    process.off('SIGINT', onInterrupt);
    out.readerLeft = exit;
  }
}
