import { describe, expect, it } from 'vitest';
import type { Context } from '../../../electron/cli/context.ts';
import { Out } from '../../../electron/cli/out.ts';
import { printStream } from '../../../electron/cli/stream.ts';
import type { DeploymentEvent, Input } from '../../../shared/contract/index.ts';
import { AppError } from '../../../shared/errors.ts';

function event(seq: number): DeploymentEvent {
  return { seq, at: '2026-11-21T10:00:00Z', deployment_id: 'dep_1', type: 'status', detail: {} };
}

/** A deployment whose events never end: each host dies after `perHost` of them. */
function endless(perHost = Number.POSITIVE_INFINITY) {
  const out = new Out();
  out.readerLeft = () => undefined;
  const asked: Input<'deployment.events'>[] = [];
  async function* stream(_: string, input: Input<'deployment.events'>, { signal }: { signal: AbortSignal }) {
    asked.push(input);
    for (let sent = 1; ; sent++) {
      await new Promise(resolve => setImmediate(resolve));
      if (signal.aborted) throw new AppError('cancelled', 'Cancelled.');
      if (sent > perHost) throw new AppError('host_lost', 'The host ended.');
      yield event((input.after ?? 0) + sent);
    }
  }
  const context = { out, caller: async () => ({ stream }) } as unknown as Context;
  return { context, out, asked };
}

const input = { deployment: 'dep_1' };

describe('a stream on the command line', () => {
  it('that is followed ends with Ctrl-C as it should', async () => {
    const { context, out } = endless();
    const seen: number[] = [];
    const print = ({ seq }: DeploymentEvent) => {
      seen.push(seq);
      if (seq === 3) process.emit('SIGINT');
    };
    await printStream(context, 'deployment.events', input, print, { follow: true });
    expect(seen).toEqual([1, 2, 3]);
    expect(out.abandoned).toBe(true);
  });

  it('that is not followed says it was cancelled: its end is missing', async () => {
    const { context } = endless();
    const print = () => void process.emit('SIGINT');
    await expect(printStream(context, 'deployment.events', input, print, { follow: false })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('ends quietly when its reader has left', async () => {
    const { context, out } = endless();
    const before = out.readerLeft;
    await printStream(context, 'deployment.events', input, () => out.readerLeft(), { follow: false });
    expect(out.readerLeft).toBe(before);
  });

  it('goes on from the last event when its host ended', async () => {
    const { context, asked } = endless(2);
    const seen: number[] = [];
    const print = ({ seq }: DeploymentEvent) => {
      seen.push(seq);
      if (seq === 5) process.emit('SIGINT');
    };
    await printStream(context, 'deployment.events', input, print, {
      follow: true,
      resume: ({ seq }) => ({ ...input, after: seq }),
    });
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(asked.map(({ after }) => after)).toEqual([undefined, 2, 4]);
  });

  it('that cannot be read on from where it was fails with its host', async () => {
    const { context } = endless(2);
    await expect(
      printStream(context, 'deployment.events', input, () => undefined, { follow: true }),
    ).rejects.toMatchObject({ code: 'host_lost' });
  });
});
