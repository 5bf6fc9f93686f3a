import { afterEach, describe, expect, it } from 'vitest';
import type { Context } from '../../../electron/cli/context.ts';
import { Out } from '../../../electron/cli/out.ts';
import { runLiveTest } from '../../../electron/cli/run.ts';
import { AppError } from '../../../shared/errors.ts';

const before = process.exitCode;
afterEach(() => {
  process.exitCode = before;
});

/** Runs a live test that is ready at once, with a command of the user's; returns the exit code. */
async function exitCodeOf(exec: string, rollback: () => Promise<unknown>): Promise<typeof process.exitCode> {
  const out = new Out();
  out.line = () => undefined;
  out.hint = () => undefined;
  const caller = {
    async *watch() {
      yield { type: 'ready', seq: 1, endpoints: [] };
    },
    call: rollback,
  };
  const context = {
    out,
    env: process.env,
    cwd: import.meta.dirname,
    path: (given: string) => given,
    caller: async () => caller,
    call: async () => ({ run_id: 'run_1', lease_id: 'lse_1' }),
  } as unknown as Context;
  await runLiveTest(context, { test: 'live-test.yml', exec });
  return process.exitCode;
}

const failing = (code: 'lease_closed' | 'not_found' | 'disk_full') => async () => {
  throw new AppError(code, 'No.');
};

describe('a live test with a command', () => {
  it('passes with it, also where the command has committed or deleted the lease itself', async () => {
    expect(await exitCodeOf('exit 0', async () => ({}))).toBe(0);
    expect(await exitCodeOf('exit 0', failing('lease_closed'))).toBe(0);
    expect(await exitCodeOf('exit 0', failing('not_found'))).toBe(0);
  });

  it('fails with it', async () => {
    expect(await exitCodeOf('exit 3', failing('lease_closed'))).toBe(1);
  });

  it('fails where its lease could not be rolled back', async () => {
    await expect(exitCodeOf('exit 0', failing('disk_full'))).rejects.toMatchObject({ code: 'disk_full' });
  });
});
