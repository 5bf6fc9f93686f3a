import { spawn } from 'node:child_process';
import { AppError } from '../../shared/errors.ts';
import type { EndpointRow, RunEvent } from '../../shared/events.ts';
import type { Caller } from '../host/caller.ts';
import type { Context } from './context.ts';

interface RunOptions {
  runtime?: string;
  cutVersionId?: string;
  label?: string;
  ttl?: string;
  keepLease?: boolean;
  offline?: boolean;
}

/** `ppl lease run`: events to stdout, nothing else; exit 0 on `ready`, 1 on `failed` (docs/test-with-a-live-backend.txt). */
export async function runLiveTest(
  context: Context,
  options: RunOptions & { test: string; exec?: string },
): Promise<void> {
  const caller = await context.caller();
  // Until it is known to be ready: who leaves early, even by closing stdout, has not seen it.
  process.exitCode = 1;
  const { run_id, lease_id } = await start(context, 'live_test', options.test, {
    ...options,
    hold: options.exec !== undefined,
  });
  const last = await follow(context, caller, run_id);
  if (last?.type !== 'ready') return;
  if (options.exec === undefined) {
    process.exitCode = 0;
    return;
  }
  const passed = await execute(context, options.exec, last.endpoints);
  if (options.keepLease !== true) await rollback(caller, lease_id);
  if (passed) process.exitCode = 0;
}

/** The command may have ended the lease itself, and what it committed is meant to stay. */
async function rollback(caller: Caller, lease: string): Promise<void> {
  try {
    await caller.call('lease.rollback', { lease });
  } catch (error) {
    if (!(error instanceof AppError) || !['lease_closed', 'not_found'].includes(error.code)) throw error;
  }
}

/** `ppl proof run`: the same stream, then a `case` each and `proof`; exit 0 when the verdict is pass. */
export async function runProof(context: Context, manifest: string, options: RunOptions): Promise<void> {
  const caller = await context.caller();
  process.exitCode = 1;
  const { run_id } = await start(context, 'proof', manifest, options);
  const last = await follow(context, caller, run_id);
  process.exitCode = last?.type === 'proof' && last.verdict === 'pass' ? 0 : 1;
}

async function start(
  context: Context,
  kind: 'live_test' | 'proof',
  manifest: string,
  options: RunOptions & { hold?: boolean },
) {
  return context.call('run.start', {
    kind,
    manifest: context.path(manifest),
    cwd: context.cwd,
    runtime: options.runtime,
    cut_version_id: options.cutVersionId,
    label: options.label,
    ttl: options.ttl,
    keep_lease: options.keepLease,
    hold: options.hold,
    offline: options.offline,
  });
}

/** Prints every event to the end of the run. The first Ctrl-C cancels it and waits for its clean-up, the second leaves. */
async function follow(context: Context, caller: Caller, run: string): Promise<RunEvent | undefined> {
  let interrupts = 0;
  const interrupt = () => {
    if (++interrupts > 1) process.exit(130);
    context.out.hint(
      'Cancelling; what was made is being removed. Again to leave at once (the host goes on cleaning up).',
    );
    caller.call('run.cancel', { run }).catch(() => undefined);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  let last: RunEvent | undefined;
  try {
    for await (const event of caller.watch(run)) {
      context.out.line(process.stdout.isTTY ? masked(event) : event);
      if (event.type === 'failed' && event.debug_bundle !== undefined)
        context.out.hint(`debug bundle: ${event.debug_bundle}`);
      last = event;
    }
    return last;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** On a terminal, URLs and tokens are credentials that should not end up in a screen recording. */
function masked(event: RunEvent): RunEvent {
  if (event.type !== 'ready') return event;
  return {
    ...event,
    endpoints: event.endpoints.map(endpoint => ({
      ...endpoint,
      token: '…',
      url: endpoint.url.replace(endpoint.token, '…'),
    })),
  };
}

/** stdout belongs to the events, so the command's goes to stderr. */
async function execute(context: Context, command: string, endpoints: readonly EndpointRow[]): Promise<boolean> {
  const env = { ...context.env };
  for (const { alias, url, token } of endpoints) {
    const name = `PPL_ENDPOINT_${alias.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
    env[`${name}_URL`] = url;
    env[`${name}_TOKEN`] = token;
  }
  const child = spawn(command, { shell: true, cwd: context.cwd, env, stdio: ['inherit', 2, 2] });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', pass);
  process.on('SIGTERM', pass);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', cause =>
      reject(new AppError('exec_failed', `The command could not be started: ${cause.message}`, { cause })),
    );
    child.once('close', resolve);
  });
  process.off('SIGINT', pass);
  process.off('SIGTERM', pass);
  if (code !== 0) context.out.hint(`The command of --exec ended with ${code ?? 'a signal'}.`);
  return code === 0;
}
