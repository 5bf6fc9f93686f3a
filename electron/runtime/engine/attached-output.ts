import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import type { AttachedOutput } from './engine.ts';
import { FrameParser } from './frame-parser.ts';

/**
 * Splits an attach stream into its two streams, with back-pressure. `confirmEnd` is asked when the connection ends:
 * it returns the error if the end was not the container's own.
 */
export function attachedOutput(
  source: Readable,
  fail: (cause: unknown) => Error,
  confirmEnd: () => Promise<Error | undefined>,
): AttachedOutput {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  let closed = false;

  void pump().catch(error => {
    if (closed) return;
    const failure = fail(error);
    stdout.destroy(failure);
    stderr.destroy(failure);
  });

  async function pump(): Promise<void> {
    const parser = new FrameParser();
    for await (const chunk of source) {
      for (const piece of parser.feed(chunk as Buffer)) {
        const target = piece.stderr ? stderr : stdout;
        // A reader that went away must not stall the container: what it would have read is dropped.
        if (target.destroyed || target.write(piece.data)) continue;
        await Promise.race([once(target, 'drain'), once(target, 'close')]);
      }
    }
    if (closed) return;
    const failure = parser.atBoundary ? await confirmEnd() : fail(undefined);
    if (failure) throw failure;
    stdout.end();
    stderr.end();
  }

  return {
    stdout,
    stderr,
    close() {
      if (closed) return;
      closed = true;
      source.destroy();
      stdout.end();
      stderr.end();
    },
  };
}
